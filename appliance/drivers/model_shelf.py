"""The models that are loaded, by the names under which the settings and the controls know them."""

from appliance.drivers.model_file import find_model
from appliance.drivers.tflite import TfliteModel


class ModelShelf:
    """A Shelf of model files; each is read when it is first asked for, and stays."""

    def __init__(self) -> None:
        self._models: dict[str, TfliteModel] = {}

    def holds(self, name: str) -> bool:
        """Whether `model` has it at once."""
        return name in self._models

    def model(self, name: str) -> TfliteModel:
        """The model of a shipped one's name, or of a file. Raises: ModelError."""
        if name not in self._models:
            self._models[name] = TfliteModel(find_model(name))
        return self._models[name]

    def drop(self, name: str) -> None:
        """Forget a model: the next who asks has it read anew."""
        self._models.pop(name, None)
