"""The models in this very process: for what is answered faster than real time, where nobody waits for a beat."""

from appliance.answer.answerer import Answerer
from appliance.answer.card import Card
from appliance.answer.groove_settings import GrooveSettings
from appliance.drivers.model_shelf import ModelShelf
from appliance.groove.groove_answerer import GrooveAnswerer
from appliance.notation.timeline import Meter

_NO_GROOVES = GrooveSettings()


class Models(ModelShelf):
    """A shelf of models, and the answerers that use them."""

    def __init__(self, grooves: GrooveSettings = _NO_GROOVES) -> None:
        super().__init__()
        self._named = grooves

    def engage(self, model: str, seed: int, meter: Meter) -> GrooveAnswerer:
        """Who answers with a model, and with the groove models of the settings. Raises: ModelError."""
        for name in self._named.names:
            self.load_autoencoder(name)
        return GrooveAnswerer(Answerer(self.model, model, seed, meter), self.grooves(self._named), seed)

    def card(self, model: str) -> Card:
        """What a model says of itself. Raises: ModelError."""
        return self.model(model).card
