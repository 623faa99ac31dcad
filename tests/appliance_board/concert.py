"""A call on the pad, and where the lines must move for its answer; by the settings in ghostnote.toml beside this."""

from collections.abc import Sequence
from typing import Any

from tests.appliance_board.board import Board

KICK, SNARE, HI_HAT = 36, 38, 42
# The line that throws each drum's stick, and the one that fetches it.
FORWARD = {16: KICK, 23: SNARE, 26: HI_HAT}
BACK = {17: KICK, 24: SNARE, 27: HI_HAT}
LINES = [*FORWARD, *BACK]
LAMP = 5
SHUTDOWN = 6  # a button to ground

# 120 quarters a minute, 4/4: seconds of a sixteenth and of a bar.
SIXTEENTH, BAR = 0.125, 2.0
# Seconds from a push to the stick on the head, for the hardest and the softest stroke (boot/ghostnote.toml).
LEADS = {KICK: (0.030, 0.040), SNARE: (0.024, 0.034), HI_HAT: (0.024, 0.034)}
# Seconds: what the settings let a stroke be late, and what the watcher needs to see an edge.
SLACK = 0.014 + 0.012

CALL = [
    (step * SIXTEENTH, key)
    for key, steps in ((KICK, (0, 8)), (SNARE, (4, 12)), (HI_HAT, range(0, 16, 2)))
    for step in steps
]
THRU = "b0507f"  # the control `thru`, by cc 80: on
NO_THRU = "b05000"
LOOP = "b0527f"  # the control `loop`, by cc 82: an answer goes round until somebody plays


def messages(call: list[tuple[float, int]] = CALL) -> list[tuple[float, str]]:
    """Note-ons of a pad."""
    return [(at, f"99{key:02x}64") for at, key in call]


def play(board: Board, seconds: float = 2.6 * BAR, bars: Sequence[int] = (0,), **harm: Any) -> dict[str, Any]:
    """A call in each of some bars, and what the lines did; `harm`: done to a process meanwhile (watcher.py)."""
    call = [(at + bar * BAR, key) for bar in bars for at, key in CALL]
    words = {"messages": messages(call), "gpios": LINES, "seconds": seconds, "harm": harm or None}
    heard: dict[str, Any] = board.ask("play", limit=10 * seconds + 120.0, **words)
    return heard


def pushes(heard: dict[str, Any]) -> list[tuple[float, int]]:
    """Instants at which a stick was thrown, and its drum."""
    return [(at, FORWARD[gpio]) for at, gpio, level in heard["edges"] if level and gpio in FORWARD]


def off_the_grid(at: float, key: int, first_hit: float) -> float:
    """How far (s) from where it may be a push is: a lead before a sixteenth that is counted from the first hit."""
    hard, soft = LEADS[key]
    early = (at + hard - first_hit) % SIXTEENTH  # the arrival of the hardest stroke
    late = (at + soft - first_hit) % SIXTEENTH
    if early > late:  # a sixteenth lies between the two
        return 0.0
    return min(early, SIXTEENTH - late)


def bars_of(heard: dict[str, Any]) -> dict[int, list[tuple[int, int]]]:
    """The sixteenth and the drum of each stroke, by the bar behind the first hit that it is heard in."""
    bars: dict[int, list[tuple[int, int]]] = {}
    for at, key in pushes(heard):
        lead = sum(LEADS[key]) / 2
        bar, step = divmod(round((at + lead - heard["sent"][0]) / SIXTEENTH), round(BAR / SIXTEENTH))
        bars.setdefault(bar, []).append((step, key))
    return {bar: sorted(strokes) for bar, strokes in bars.items()}


def check_answer(heard: dict[str, Any]) -> list[float]:
    """How far each stroke of the answer was off its place (s). Raises: AssertionError."""
    assert len(heard["sent"]) == len(CALL), f"the pad took {len(heard['sent'])} of {len(CALL)} hits"
    first = heard["sent"][0]
    moved = pushes(heard)
    assert moved, "no line moved"
    begin, end = first + BAR - 0.06, first + 2 * BAR + 0.06
    astray = [(at - first, key) for at, key in moved if not begin < at < end]
    assert not astray, f"strokes outside the answer: {astray}"
    assert len(moved) >= 3, f"an answer of {len(moved)} strokes: {moved}"
    off = [off_the_grid(at, key, first) for at, key in moved]
    assert max(off) < SLACK, f"off the grid: {[(round(at - first, 4), key) for at, key in moved]}"
    return off
