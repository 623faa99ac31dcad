"""Who answers, and how, as the owner and the controls have it: told without numpy."""

from enum import StrEnum

import msgspec

MOST_BARS = 1024  # half an hour at 120 quarters a minute


class Mode(StrEnum):
    """What a duet does with what it hears."""

    ANSWER = "answer"  # a call, then the model's answer
    TRADE = "trade"  # so many bars the player, so many the model, on one grid without an end
    ACCOMPANY = "accompany"  # the model plays along, a step ahead of the player
    ECHO = "echo"  # the call comes back as it was


class AnswerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which model answers (`model`: a shipped one's name, or a file), and how long (`bars`; 0: as long as the call).

    `models`: others that a control may choose, by name, or by number from 1 on (`model` is number 0).
    `loop`: the answer is repeated until it is off. `overlap`: a hit during an answer is heard and takes no turn.
    `thru`: every hit is beaten at once. `mute`: the drum is silent. `memory`: the network carries its state over from
    call to call. Raises: ValueError when no answer can be so long.
    """

    model: str
    bars: int
    mode: Mode = Mode.ANSWER
    loop: bool = False
    overlap: bool = False
    thru: bool = False
    mute: bool = False
    memory: bool = False
    models: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.bars <= MOST_BARS:
            raise ValueError(f"an answer has 1 to {MOST_BARS} bars, or 0 to be as long as its call, not {self.bars}")
