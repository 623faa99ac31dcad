"""HTTP as the panel speaks it: the same headers on every answer, a session before every route, no path from outside."""

import gzip
import hashlib
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import msgspec
from tornado.httputil import HTTPServerRequest
from tornado.web import Application, HTTPError, RequestHandler

from appliance.drivers.panel_gate import Gate
from appliance.panel.api import Operation, Refusal
from appliance.panel.sessions import csrf_of, is_csrf

CSP = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ]
)
_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "midi=(self), camera=(), microphone=(), geolocation=(), usb=(), payment=()",
    "Cache-Control": "no-store",
    "Server": "Ghostnote",
}
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
_PACKED = {".png", ".ico", ".woff2"}
_WORDS = {400: "bad_request", 401: "no_session", 403: "csrf", 404: "not_found", 413: "too_large"}

BODY = 64 << 10  # bytes of a request, but for uploads


class Raw(msgspec.Struct, frozen=True):
    """An answer that is no JSON, with its name as a file."""

    content: bytes
    kind: str
    name: str


class Request(msgspec.Struct, frozen=True):
    """What an operation is told: the parts of its path, its body, its query, and who asks."""

    parts: dict[str, str]
    body: Any
    query: dict[str, str]
    token: str
    address: str


Act = Callable[[Request], Awaitable[object]]


class House(msgspec.Struct, frozen=True):
    """What every handler knows."""

    gate: Gate
    page: Path
    names: frozenset[str]
    tls: bool
    log: Callable[[str], None]

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; browsers hold `__Host-` to be of this very host, and encrypted."""
        return "__Host-ghostnote_session" if self.tls else "ghostnote_session"


class Guarded(RequestHandler):
    """What all handlers have: the headers, the session, the shape of a refusal."""

    house: House

    def initialize(self, house: House, **_: object) -> None:
        """Given by the application."""
        self.house = house

    def set_default_headers(self) -> None:
        """On every answer."""
        for name, value in _HEADERS.items():
            self.set_header(name, value)

    @property
    def token(self) -> str:
        """Of the session; empty without a cookie."""
        return self.get_cookie(self.house.cookie) or ""

    @property
    def let_in(self) -> bool:
        """Whether there is a session."""
        return self.house.gate.lets_in(self.token)

    def begin_session(self) -> str:
        """Let whoever asks in."""
        token = self.house.gate.begin()
        self.set_cookie(self.house.cookie, token, path="/", httponly=True, samesite="Strict", secure=self.house.tls)
        return token

    def prepare(self) -> None:
        """Raises: Refusal for a host that is not ours: a page elsewhere that was given our address (DNS rebinding)."""
        if not host_is_ours(self.request.host, self.house.names):
            text = f"this box is not called {self.request.host[:80]!r}: add the name to panel.names"
            raise Refusal(400, "bad_request", text)

    def refuse(self, refusal: Refusal) -> None:
        """Say no."""
        self.set_status(refusal.status)
        said: dict[str, object] = {"error": refusal.error, "text": refusal.text}
        if refusal.retry:
            self.set_header("Retry-After", str(refusal.retry))
            said["retry_after"] = refusal.retry
        self.say(said)

    def say(self, content: object) -> None:
        """Answer with JSON."""
        self.set_header("Content-Type", "application/json")
        self.finish(msgspec.json.encode(content))

    def log_exception(self, kind: Any, value: BaseException | None, _trace: Any) -> None:
        """A refusal is no fault of ours."""
        if not isinstance(value, Refusal | HTTPError):
            self.house.log(f"{self.request.method} {self.request.path}: {kind.__name__}: {value}")

    def write_error(self, status_code: int, **more: Any) -> None:
        """The shape that every refusal has."""
        error = more.get("exc_info", (None, None, None))[1]
        if isinstance(error, Refusal):
            self.refuse(error)
            return
        word = _WORDS.get(status_code, "internal" if status_code >= 500 else "bad_request")
        text = "this went wrong in the panel: see its log" if status_code >= 500 else self._reason
        self.refuse(Refusal(status_code, word, text))


class Nothing(Guarded):
    """Every other path."""

    def prepare(self) -> None:
        """Raises: Refusal."""
        super().prepare()
        if not self.let_in:
            raise Refusal(401, "no_session", "log in first")
        raise Refusal(404, "not_found", "there is no such page")


class Api(Guarded):
    """The methods of one path of the API."""

    SUPPORTED_METHODS: ClassVar = ("GET", "POST", "PUT", "PATCH", "DELETE")  # type: ignore[misc]

    def initialize(self, house: House, **more: object) -> None:
        """`acts`: for each method its operation and who does it."""
        super().initialize(house)
        self._acts: Mapping[str, tuple[Operation, Act]] = more["acts"]  # type: ignore[assignment]

    def prepare(self) -> None:
        """Raises: Refusal for who may not ask."""
        super().prepare()
        opened = any(operation.open for operation, _ in self._acts.values())
        if not opened and not self.let_in:
            raise Refusal(401, "no_session", "log in first")
        operation = self._operation
        if operation.method != "GET":
            check_origin(self.request)
            if not operation.open and not is_csrf(self.request.headers.get("X-Ghostnote-CSRF", ""), self.token):
                raise Refusal(403, "csrf", "this was not asked by the page itself: load it again")

    async def act(self, **parts: str) -> None:
        """Do it."""
        operation, act = self._acts[self.request.method or "GET"]
        request = Request(parts, self.taken(operation), self._query(), self.token, self.request.remote_ip or "")
        answer = await act(request)
        self.set_status(operation.status)
        if operation.path == "/api/login":
            self.say({"csrf": csrf_of(self.begin_session())})
        elif operation.path == "/api/logout":
            self.clear_cookie(self.house.cookie, path="/")
            await self.finish()
        elif isinstance(answer, Raw):
            self.set_header("Content-Type", answer.kind)
            self.set_header("Content-Disposition", f'attachment; filename="{answer.name}"')
            await self.finish(answer.content)
        elif answer is None:
            await self.finish()
        else:
            self.say(answer)

    get = post = patch = delete = put = act

    @property
    def _operation(self) -> Operation:
        method = self.request.method or ""
        if method not in self._acts:
            raise Refusal(405, "bad_request", f"{self.request.path} has no {method}")
        return self._acts[method][0]

    def taken(self, operation: Operation) -> Any:
        """What the request brings, as the operation takes it. Raises: Refusal."""
        if operation.body is None or operation.body is bytes:
            return None
        try:
            return msgspec.json.decode(self.request.body, type=operation.body)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise Refusal(400, "bad_request", str(error)) from None

    def _query(self) -> dict[str, str]:
        try:
            return {name: self.get_query_argument(name) for name in self.request.query_arguments}
        except HTTPError:
            raise Refusal(400, "bad_request", "the query is no UTF-8") from None


class PageFiles(Guarded):
    """The files of the page. A name is looked up in a list: no path from outside reaches the disk."""

    def initialize(self, house: House, **more: object) -> None:
        """`files`: by their names; `open`: also without a session."""
        super().initialize(house)
        self._files: Mapping[str, Path] = more["files"]  # type: ignore[assignment]
        self._open = bool(more["open"])

    def get(self, name: str) -> None:
        """Give the file."""
        if not self._open and not self.let_in:
            raise Refusal(401, "no_session", "log in first")
        if name not in self._files:
            raise Refusal(404, "not_found", "the page has no such file")
        self.give(self._files[name])

    head = get

    def give(self, file: Path) -> None:
        """A file, packed where that helps, and only when the browser has not got it already."""
        try:
            content = file.read_bytes()
        except OSError:
            raise Refusal(404, "not_found", "the page has no such file") from None
        self.set_header("Content-Type", _TYPES[file.suffix])
        self.set_header("Cache-Control", "no-cache")
        self.set_header("Vary", "Accept-Encoding")
        self.set_header("ETag", f'"{hashlib.sha256(content).hexdigest()[:32]}"')
        if self.check_etag_header():
            self.set_status(304)
            self.finish()
            return
        if file.suffix not in _PACKED and "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            content = gzip.compress(content, 6, mtime=0)
        self.finish(content)

    def compute_etag(self) -> None:
        """It is set with the file."""


class Front(PageFiles):
    """The page itself, and the one before it that asks for the password."""

    def get(self, name: str) -> None:
        """With a session the page, else the way to the login; a one-time link is a login."""
        login = name == "login"
        if login and self.house.gate.accept(self.get_query_argument("token", "")):
            self.begin_session()
            self.redirect("/", status=303)
        elif login and self.let_in:
            self.redirect("/", status=303)
        elif not login and not self.let_in:
            self.redirect("/login", status=303)
        else:
            name = "login.html" if login else "index.html"
            if name not in self._files:
                raise Refusal(503, "unavailable", f"{name} is not in this installation: install it again")
            self.give(self._files[name])

    head = get


def check_origin(request: HTTPServerRequest) -> None:
    """Raises: Refusal when a browser says that another site asks."""
    origin = request.headers.get("Origin")
    if origin is not None and not same_origin(origin, request):
        raise Refusal(403, "csrf", "this was asked by another site")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Refusal(403, "csrf", "this was asked by another site")


def same_origin(origin: str, request: HTTPServerRequest) -> bool:
    """Whether a page of that origin is one of ours, as the browser addressed us."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme == request.protocol and parts.netloc.lower() == request.host.lower()


def host_is_ours(host: str, names: frozenset[str]) -> bool:
    """Whether a request was addressed to this box: by an address, as localhost, or by a name of its own."""
    try:
        name = (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return False
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name in names
    return True


def own_names(more: tuple[str, ...]) -> frozenset[str]:
    """By which this box is known."""
    own = socket.gethostname().lower()
    return frozenset({"localhost", own, f"{own.split('.')[0]}.local", *(name.lower() for name in more)})


def page_files(page: Path) -> dict[str, Path]:
    """The files that there are, by what follows /page/ in their address."""
    found = sorted(path for path in page.rglob("*") if path.is_file() and path.suffix in _TYPES)
    return {path.relative_to(page).as_posix(): path for path in found}


def application(
    house: House,
    acts: Mapping[Operation, Act],
    live: type[RequestHandler],
    upload: type[Api],
    of_live: Mapping[str, object],
    places: Mapping[str, object],
) -> Any:
    """All routes; `places`: of uploads, by their operations' paths."""
    files = page_files(house.page)
    opened = {name.removeprefix("open/"): path for name, path in files.items() if name.startswith("open/")}
    paths: dict[str, dict[str, tuple[Operation, Act]]] = {}
    for operation, act in acts.items():
        paths.setdefault(operation.pattern, {})[operation.method] = (operation, act)
    icon = {"favicon.ico": opened["icon.svg"]} if "icon.svg" in opened else {}
    return Application(
        [
            (r"/()", Front, {"house": house, "files": files, "open": False}),
            (r"/(login)", Front, {"house": house, "files": files, "open": True}),
            (r"/(favicon\.ico)", PageFiles, {"house": house, "files": icon, "open": True}),
            (r"/open/(.+)", PageFiles, {"house": house, "files": opened, "open": True}),
            (r"/page/(.+)", PageFiles, {"house": house, "files": files, "open": False}),
            (r"/api/live", live, {"house": house, **of_live}),
            *[
                (pattern, upload, {"house": house, "acts": methods, "place": place})
                if (place := next((places[one.path] for one, _ in methods.values() if one.body is bytes), None))
                else (pattern, Api, {"house": house, "acts": methods})
                for pattern, methods in sorted(paths.items(), key=lambda path: "(" in path[0])
            ],
        ],
        default_handler_class=Nothing,
        default_handler_args={"house": house},
        log_function=lambda _handler: None,
    )
