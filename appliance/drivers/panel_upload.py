"""A file that is brought: it goes to the disk as it comes, never longer than it may be, and never into memory."""

import contextlib
import tempfile
from pathlib import Path
from typing import Any

from tornado.web import stream_request_body

from appliance.drivers.panel_http import Api, House
from appliance.drivers.panel_shelf import DRAFT
from appliance.panel.api import Operation, Refusal

_MEGABYTE = 10**6


@stream_request_body
class Upload(Api):
    """The methods of a path that takes a file."""

    def initialize(self, house: House, **more: Any) -> None:
        """`folder`: where it is kept until it is looked into; `most`: MB."""
        super().initialize(house, **more)
        self._folder: Path = more["folder"]
        self._most = int(more["most"] * _MEGABYTE)
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
        if said.isdecimal() and int(said) > self._most:
            raise self._too_large()
        connection: Any = self.request.connection
        # A little more, so that one who does not say how long it is can still be answered.
        connection.set_max_body_size(self._most + _MEGABYTE)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.NamedTemporaryFile(dir=self._folder, prefix=DRAFT, delete=False)  # noqa: SIM115
        except OSError as error:
            raise Refusal(503, "unavailable", f"nothing can be kept: {error.strerror}") from None
        self._draft = Path(self._file.name)

    def data_received(self, chunk: bytes) -> None:
        """A part of it; what is wrong with it is said when it is over."""
        self._came += len(chunk)
        if self._came > self._most:
            self._refused = self._too_large()
        if self._refused is not None:
            self._forget()
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

    def on_finish(self) -> None:
        """Whatever became of it, the draft goes."""
        self._forget()

    def on_connection_close(self) -> None:
        """So it does when the browser is gone."""
        super().on_connection_close()
        self._forget()

    def _too_large(self) -> Refusal:
        return Refusal(413, "too_large", f"a model has at most {self._most // _MEGABYTE} MB: see panel.upload_size")

    def _forget(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        if self._draft is not None:
            self._draft.unlink(missing_ok=True)
