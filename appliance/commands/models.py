"""The models in this very process: for what is answered faster than real time, where nobody waits for a beat."""

from appliance.answer.answerer import Answerer
from appliance.answer.card import Card
from appliance.drivers.model_shelf import ModelShelf
from appliance.notation.timeline import Meter


class Models(ModelShelf):
    """A shelf of models, and the answerers that use them."""

    def engage(self, model: str, seed: int, meter: Meter) -> Answerer:
        """Who answers with a model. Raises: ModelError."""
        return Answerer(self.model, model, seed, meter)

    def card(self, model: str) -> Card:
        """What a model says of itself. Raises: ModelError."""
        return self.model(model).card
