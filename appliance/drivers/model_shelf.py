"""The models that are loaded, by the names under which the settings and the controls know them."""

from appliance.answer.groove_settings import GrooveSettings
from appliance.drivers.model_file import find_model
from appliance.drivers.tflite import TfliteModel
from appliance.drivers.tflite_autoencoder import TfliteAutoencoder
from appliance.groove.groove_answerer import Grooves


class ModelShelf:
    """A Shelf of model files; each is read when it is first asked for, and stays."""

    def __init__(self) -> None:
        self._models: dict[str, TfliteModel] = {}
        self._autoencoders: dict[str, TfliteAutoencoder] = {}

    def holds_autoencoder(self, name: str) -> bool:
        """Whether `autoencoder` has it at once."""
        return name in self._autoencoders

    def load_autoencoder(self, name: str) -> None:
        """Have it at once from now on. Raises: ModelError."""
        self.autoencoder(name)

    def autoencoder(self, name: str) -> TfliteAutoencoder:
        """The groove model of a shipped one's name, or of a file. Raises: ModelError."""
        if name not in self._autoencoders:
            self._autoencoders[name] = TfliteAutoencoder(find_model(name))
        return self._autoencoders[name]

    def holds(self, name: str) -> bool:
        """Whether `model` has it at once."""
        return name in self._models

    def model(self, name: str) -> TfliteModel:
        """The model of a shipped one's name, or of a file. Raises: ModelError."""
        if name not in self._models:
            self._models[name] = TfliteModel(find_model(name))
        return self._models[name]

    def grooves(self, settings: GrooveSettings) -> Grooves:
        """Those of the settings that are loaded."""
        named = (settings.humaniser, settings.tap, settings.hi_hat, settings.space)
        return Grooves(*(self._autoencoders.get(name) for name in named))

    def drop(self, name: str) -> None:
        """Forget a model: the next who asks has it read anew."""
        self._models.pop(name, None)
