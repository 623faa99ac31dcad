"""A file that is brought: it goes to the disk as it comes, never longer than it may be, and never into memory."""

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import Any

from tornado.web import stream_request_body

from appliance.drivers.panel_http import Api, House
from appliance.panel.api import Operation, Refusal

_DRAFT = ".draft-"  # a file that was not looked into yet begins so
_MEGABYTE = 10**6
_SPARE = 32 * _MEGABYTE  # bytes of the disk that no upload takes: journals and settings are written there, too


class UploadPlace:
    """Where the files of one path lie until they are looked into; one at a time."""

    def __init__(self, what: str, folder: Path | None, most: float, limit: str, patience: float) -> None:
        """`what`: it is, in a sentence; `folder`: None where none is taken; `most`: MB; `limit`: who says so.

        `patience`: seconds that one may take to come.
        """
        self.what = what
        self.folder = folder
        self.most = int(most * _MEGABYTE)
        self.limit = limit
        self.patience = patience
        self.taken = False
        if folder is not None:
            with contextlib.suppress(OSError):
                for left in folder.glob(f"{_DRAFT}*"):  # by a panel that was ended in the middle
                    left.unlink()

    def begin(self, length: int) -> Path:
        """The folder, for a file of so many bytes; 0 where that is not said. Raises: Refusal."""
        if self.folder is None:
            raise Refusal(503, "no_spool", f"no service of this box takes {self.what}: see docs/update.md")
        if length > self.most:
            raise self.too_large()
        if self.taken:
            raise Refusal(409, "busy", f"{self.what} is just being brought: try again in a moment")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(self.folder).free
        except OSError as error:
            raise Refusal(503, "unavailable", f"nothing can be kept: {error.strerror}") from None
        if free < (length or self.most) + _SPARE:
            raise Refusal(503, "unavailable", f"the box's disk has {free // _MEGABYTE} MB left: too few for it")
        self.taken = True
        return self.folder

    def too_large(self) -> Refusal:
        """What is said to who brings more."""
        return Refusal(413, "too_large", f"{self.what} has at most {self.most // _MEGABYTE} MB{self.limit}")


@stream_request_body
class Upload(Api):
    """The methods of a path that takes a file."""

    def initialize(self, house: House, **more: Any) -> None:
        """`place`: where it is kept until it is looked into."""
        super().initialize(house, **more)
        self._place: UploadPlace = more["place"]
        self._draft: Path | None = None
        self._file: Any = None
        self._came = 0
        self._refused: Refusal | None = None

    def prepare(self) -> None:
        """Raises: Refusal for who may not ask, and for what is too large."""
        super().prepare()
        if self.request.method != "PUT":
            return
        said = self.request.headers.get("Content-Length", "0")
        folder = self._place.begin(int(said) if said.isdecimal() else 0)
        connection: Any = self.request.connection
        # A little more, so that one who does not say how long it is can still be answered.
        connection.set_max_body_size(self._place.most + _MEGABYTE)
        connection.set_body_timeout(self._place.patience)
        try:
            self._file = tempfile.NamedTemporaryFile(dir=folder, prefix=_DRAFT, delete=False)  # noqa: SIM115
        except OSError as error:
            self._place.taken = False
            raise Refusal(503, "unavailable", f"nothing can be kept: {error.strerror}") from None
        self._draft = Path(self._file.name)

    def data_received(self, chunk: bytes) -> None:
        """A part of it; what is wrong with it is said when it is over."""
        self._came += len(chunk)
        if self._came > self._place.most:
            self._refused = self._place.too_large()
        if self._refused is not None:
            self._let_go()
        elif self._file is not None:
            try:
                self._file.write(chunk)
            except OSError as error:
                self._refused = Refusal(503, "unavailable", f"it cannot be kept: {error.strerror}")

    def taken(self, operation: Operation) -> Any:
        """The file, or what else the operation takes."""
        if operation.body is not bytes or self._file is None:
            return super().taken(operation)
        if self._refused is not None:
            raise self._refused
        try:
            self._file.close()
        except OSError as error:
            raise Refusal(503, "unavailable", f"it cannot be kept: {error.strerror}") from None
        return self._draft

    def refuse(self, refusal: Refusal) -> None:
        """Say no, when nothing is left of it."""
        self._forget()
        super().refuse(refusal)

    def on_finish(self) -> None:
        """Whatever became of it, the draft goes."""
        self._forget()

    def on_connection_close(self) -> None:
        """It will not come to its end."""
        super().on_connection_close()
        self._forget()

    def _forget(self) -> None:
        if self._draft is not None:
            self._let_go()
            self._draft = None
            self._place.taken = False

    def _let_go(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        if self._draft is not None:
            self._draft.unlink(missing_ok=True)
