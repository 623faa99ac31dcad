"""Every HTTP route of the panel: what it takes, gives and refuses, as OpenAPI has it."""

from typing import Annotated, Any

import msgspec

from appliance import __version__
from appliance.release.manifest import Kind

# What a name or number in a path may be. None of them can be a path.
MODEL = r"[A-Za-z0-9_-]{1,64}"
NUMBER = r"[0-9]{1,9}"
WORD = r"[a-z_]{1,32}"

_PARTS = {"model": MODEL, "story": WORD, "drum": WORD, "kind": "call|answer", "evening": NUMBER, "number": NUMBER}


class Refusal(Exception):
    """A request is not done: its HTTP status, a word that stands, and a sentence for a person.

    `retry`: seconds after which it may be asked again, where that is known.
    """

    def __init__(self, status: int, error: str, text: str, retry: int = 0) -> None:
        super().__init__(text)
        self.status = status
        self.error = error
        self.text = text
        self.retry = retry


class Login(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The box's password."""

    password: str


class NewPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The one that is known, and the one that is to be."""

    old: str
    new: str


class OfEvening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call of an evening."""

    evening: int
    number: int


class Compare(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two to four models, and the call that they are to answer: a story's name, or one of an evening."""

    models: tuple[str, ...]
    call: str | OfEvening


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings by their names with dots, and what they are to be."""

    changes: dict[str, Any]


class Calibrate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A motor by its name, the ear that hears its drum, and what that is known to be late by (s)."""

    motor: str
    ear: str
    delay: Annotated[float, msgspec.Meta(ge=0, le=0.1)] = 0.0


class RollBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be as it was before its last update."""

    kind: Kind = Kind.APPLICATION


class Operation(msgspec.Struct, frozen=True):
    """One method of one path; `body` is what it takes as JSON, or bytes, `gives` the type of what it answers."""

    method: str
    path: str
    does: str
    status: int = 200
    body: type[msgspec.Struct] | type[bytes] | None = None
    gives: str = "application/json"
    refuses: tuple[int, ...] = ()
    open: bool = False  # also without a session
    query: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def pattern(self) -> str:
        """The path as a regular expression."""
        pattern = self.path
        for part, allowed in _PARTS.items():
            pattern = pattern.replace("{" + part + "}", f"(?P<{part}>{allowed})")
        return pattern


_MIDI = "audio/midi"
_UNITS = ("player", "striker", "out", "panel", "doctor", "spool")

OPERATIONS: tuple[Operation, ...] = (
    Operation("POST", "/api/login", "Begin a session", body=Login, refuses=(429,), open=True),
    Operation("POST", "/api/logout", "End the session", 204),
    Operation("GET", "/api/session", "What a page must know first"),
    Operation("POST", "/api/password", "Change the password", 204, NewPassword, refuses=(429,)),
    Operation("GET", "/api/openapi.json", "This description"),
    Operation("GET", "/api/models", "The cards of all models"),
    Operation("PUT", "/api/models/{model}", "Bring a model; it is checked first", 201, bytes, refuses=(409, 413)),
    Operation("DELETE", "/api/models/{model}", "Take a model away", 204, refuses=(404, 409)),
    Operation("POST", "/api/models/compare", "Let models answer one call", body=Compare, refuses=(404, 409)),
    Operation("GET", "/api/stories", "The bundled calls"),
    Operation("GET", "/api/stories/{story}", "A bundled call", refuses=(404,)),
    Operation("GET", "/api/concerts", "The evenings that are kept"),
    Operation("GET", "/api/concerts/{evening}", "The calls and answers of an evening", refuses=(404, 409)),
    Operation(
        "GET", "/api/concerts/{evening}/midi", "All of them as MIDI files", gives="application/zip", refuses=(404, 409)
    ),
    Operation(
        "GET", "/api/concerts/{evening}/phrases/{number}/{kind}", "One as a MIDI file", gives=_MIDI, refuses=(404, 409)
    ),
    Operation("POST", "/api/concerts/{evening}/replay", "Repeat an evening, in virtual time", refuses=(404, 409)),
    Operation("POST", "/api/concerts/{evening}/phrases/{number}/keep", "Keep an answer", 201, refuses=(404, 409, 503)),
    Operation("GET", "/api/favourites", "What was kept"),
    Operation("GET", "/api/favourites/{number}", "One of them", gives=_MIDI, refuses=(404,)),
    Operation("DELETE", "/api/favourites/{number}", "Take one away", 204, refuses=(404,)),
    Operation("GET", "/api/drums", "The kit, its motors and how they were calibrated"),
    Operation("POST", "/api/drums/{drum}/buzz", "Ten soft strokes", 202, refuses=(404, 409, 503)),
    Operation("POST", "/api/calibration", "Measure a motor", 202, Calibrate, refuses=(404, 409, 503)),
    Operation("DELETE", "/api/calibration", "Leave it", 204),
    Operation("GET", "/api/settings", "All settings in force"),
    Operation("PATCH", "/api/settings", "Change the owner's settings", body=Change, refuses=(503,)),
    Operation("GET", "/api/update", "What runs, and what became of each update"),
    Operation("PUT", "/api/update", "Bring a signed release", 202, bytes, refuses=(409, 413, 503)),
    Operation("POST", "/api/update/rollback", "Go back to the version before", 202, RollBack, refuses=(409, 503)),
    Operation("POST", "/api/restart", "Start all services again, between two songs", 202, refuses=(409, 503)),
    Operation("GET", "/api/ports", "The MIDI inputs of this machine", refuses=(503,)),
    Operation("GET", "/api/status", "How the box is", refuses=(503,)),
    Operation("GET", "/api/network", "Where the page can be reached"),
    Operation("GET", "/api/logs", "The last lines of a service's log", query=(("unit", _UNITS),)),
)

_SAID = {
    400: "Nothing that can be done so",
    401: "No session",
    403: "Not asked by the page itself, or not allowed",
    404: "There is none",
    409: "Not now",
    413: "Too large",
    429: "Too many tries",
    503: "Whoever should do it is away",
}
_ERROR = {
    "type": "object",
    "required": ["error", "text"],
    "properties": {"error": {"type": "string"}, "text": {"type": "string"}},
}


def openapi() -> dict[str, Any]:
    """The description, OpenAPI 3.1."""
    bodies = [one.body for one in OPERATIONS if one.body is not None and one.body is not bytes]
    _, schemas = msgspec.json.schema_components(bodies, ref_template="#/components/schemas/{name}")
    paths: dict[str, Any] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method.lower()] = _described(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Ghostnote's panel", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Error": _ERROR},
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "ghostnote_session"},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-Ghostnote-CSRF"},
            },
        },
    }


def _described(one: Operation) -> dict[str, Any]:
    content = {one.gives: {"schema": {} if one.gives == "application/json" else {"type": "string"}}}
    answers: dict[str, Any] = {str(one.status): {"description": one.does}}
    if one.status != 204:
        answers[str(one.status)]["content"] = content
    refused = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
    for status in sorted({400, 401, 403, *one.refuses}):
        answers[str(status)] = {"description": _SAID[status], **refused}
    described: dict[str, Any] = {"summary": one.does, "responses": answers, "parameters": _parameters(one)}
    safe = one.method == "GET"
    described["security"] = [] if one.open else [{"session": []} if safe else {"session": [], "csrf": []}]
    if one.body is bytes:
        described["requestBody"] = {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    elif one.body is not None:
        schema = {"$ref": f"#/components/schemas/{one.body.__name__}"}
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return described


def _parameters(one: Operation) -> list[dict[str, Any]]:
    parts = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": f"^({allowed})$"}}
        for name, allowed in _PARTS.items()
        if "{" + name + "}" in one.path
    ]
    return parts + [
        {"name": name, "in": "query", "required": False, "schema": {"type": "string", "enum": list(allowed)}}
        for name, allowed in one.query
    ]
