"""Which model can play in which duet: by where it is heard, and by what the model says of itself."""

from collections.abc import Callable, Mapping, Sequence

from appliance.answer.card import Card, unfit_for_motors, unfit_for_pads
from appliance.hearing import Resolution
from appliance.routes import MOTORS, DuetSettings

# What a model says of itself; None while it is not read.
Cards = Callable[[str], Card | None]

# Steps a quarter, as all of Magenta's drum_kit models have, of a model that is not read yet.
_RESOLUTION = 4


class Casting:
    """The duets' outputs, as they are now."""

    def __init__(self, duets: Mapping[str, DuetSettings], cards: Cards) -> None:
        self._outputs = {name: duet.outputs for name, duet in duets.items()}
        self._cards = cards

    def refusal(self, duet: str, model: str, outputs: Sequence[str] | None = None) -> str:
        """Why the model cannot play there, in a sentence; empty where it can, or is not known. None: as it is now."""
        card = self._cards(model)
        if card is None:
            return ""
        heard = self._outputs.get(duet, ()) if outputs is None else outputs
        return unfit_for_pads(card) or (unfit_for_motors(card) if MOTORS in heard else "")

    def redraw(self, duet: str, outputs: Sequence[str]) -> None:
        """From now on the duet is heard there."""
        self._outputs[duet] = tuple(outputs)

    def resolution(self, duet: str) -> Resolution:
        """The steps a quarter of a model in this duet; one that cannot play there raises ValueError."""

        def steps_per_quarter(model: str) -> int:
            if reason := self.refusal(duet, model):
                raise ValueError(reason)
            card = self._cards(model)
            return _RESOLUTION if card is None else card.steps_per_quarter

        return steps_per_quarter
