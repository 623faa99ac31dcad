"""A file that is brought: it goes to the disk as it comes, never longer than it may be, and never into memory."""

import contextlib
import tempfile
from pathlib import Path
from typing import Any

from tornado.web import stream_request_body

from appliance.drivers.panel_http import Api, House
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

    def prepare(self) -> None:
        """Raises: Refusal for who may not ask, and for what is too large."""
        super().prepare()
        if self.request.method != "PUT":
            return
        said = self.request.headers.get("Content-Length", "0")
        if said.isdecimal() and int(said) > self._most:
            raise Refusal(413, "too_large", f"a model has at most {self._most // _MEGABYTE} MB: see panel.upload_size")
        connection: Any = self.request.connection
        connection.set_max_body_size(self._most)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.NamedTemporaryFile(dir=self._folder, prefix=".draft-", delete=False)  # noqa: SIM115
        except OSError as error:
            raise Refusal(503, "unavailable", f"nothing can be kept: {error.strerror}") from None
        self._draft = Path(self._file.name)

    def data_received(self, chunk: bytes) -> None:
        """A part of it."""
        if self._file is not None:
            try:
                self._file.write(chunk)
            except OSError as error:
                raise Refusal(503, "unavailable", f"it cannot be kept: {error.strerror}") from None

    def taken(self, operation: Operation) -> Any:
        """The file, or what else the operation takes."""
        if operation.body is not bytes or self._file is None:
            return super().taken(operation)
        self._file.close()
        return self._draft

    def on_finish(self) -> None:
        """Whatever became of it, the draft goes."""
        self._forget()

    def on_connection_close(self) -> None:
        """So it does when the browser is gone."""
        super().on_connection_close()
        self._forget()

    def _forget(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        if self._draft is not None:
            self._draft.unlink(missing_ok=True)
