"""Piano Genie's answer: the call's own rhythm and contour once more, on the keys that the model finds for them.

The decoder turns presses of eight buttons into keys; it does not say when one is pressed. So each tone of the call is
a press: the lowest pitch the first button, the highest the last, when and as long as it was played.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from appliance.answer.model import Model
from appliance.answer.piano_genie_encoding import BUTTONS, ButtonPressed, PianoGenieEncoding
from appliance.answer.sampling import choose
from appliance.answer.sampling_settings import SamplingSettings
from appliance.notation.hit import Stroke


class Played(NamedTuple):
    """The strokes, their natural-log likelihood at temperature 1, and how many presses they took."""

    strokes: list[Stroke]
    log_likelihood: float
    events: int


def buttons_of(pitches: Sequence[int]) -> list[int]:
    """The buttons, 0 to 7, of pitches: the lowest to the highest spread over them; one pitch alone is in the middle."""
    low, high = min(pitches), max(pitches)
    spread = BUTTONS - 1
    return [round((pitch - low) / (high - low) * spread) if high > low else spread // 2 for pitch in pitches]


def play_genie(
    model: Model, presses: Sequence[Stroke], sampling: SamplingSettings, throw: Callable[[], float]
) -> Played:
    """Keys for the presses, in order. Raises: ModelError."""
    encoding, state = PianoGenieEncoding(model.card.encoding), model.initial_state()
    strokes: list[Stroke] = []
    likelihood, before = 0.0, None
    for press, button in zip(presses, buttons_of([one.pitch for one in presses]), strict=True):
        waited = press.time - before.time if before else 0.0
        pressed = ButtonPressed(button, waited, strokes[-1].pitch if strokes else None)
        logits, state = model.step(encoding.inputs(pressed), state)
        choice = choose(logits, sampling, throw())
        strokes.append(Stroke(press.time, encoding.pitch(choice.label), press.velocity, press.length))
        likelihood, before = likelihood + choice.log_likelihood, press
    return Played(strokes, likelihood, len(strokes))
