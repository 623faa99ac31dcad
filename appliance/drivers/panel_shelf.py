"""The models that were uploaded: files of ours, each named by a word that cannot be a path."""

import os
import re
from pathlib import Path

from appliance.errors import ModelError
from appliance.panel.api import MODEL
from appliance.shipped import MODELS, shipped

_NAME = re.compile(MODEL)

MOST = 8  # the player loads each of them


class UploadedModels:
    """A folder of models, which may not exist yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    def paths(self) -> dict[str, str]:
        """Each by its name."""
        try:
            found = sorted(path for path in self.folder.glob("*.tflite") if _NAME.fullmatch(path.stem))
        except OSError:
            return {}
        return {path.stem: str(path) for path in found}

    def path_of(self, name: str) -> str:
        """What the player calls a model: the file of an uploaded one, else the name as it is."""
        path = self.folder / f"{name}.tflite"
        return str(path) if _NAME.fullmatch(name) and path.is_file() else name

    def shown_as(self, model: str) -> str:
        """What a page calls a model of the player's."""
        path = Path(model)
        return path.stem if path.suffix == ".tflite" else model

    def shipped(self) -> dict[str, str]:
        """Those that came with the program, each by its name."""
        return {path.stem: str(path) for path in sorted(shipped(MODELS).glob("*.tflite"))}

    def put(self, name: str, checked: Path) -> Path:
        """Take a file that was checked in. Raises: ModelError when there is no room, OSError."""
        here = self.paths()
        if name not in here and len(here) >= MOST:
            raise ModelError(f"{MOST} models are here, and all of them are kept ready: delete one first")
        path = self.folder / f"{name}.tflite"
        os.chmod(checked, 0o640)  # noqa: PTH101
        checked.replace(path)
        return path

    def take_away(self, name: str) -> bool:
        """Whether there was one to be deleted. Raises: OSError."""
        if name not in self.paths():
            return False
        (self.folder / f"{name}.tflite").unlink()
        return True
