"""The owner's settings file with some motors changed; comments, order and every other key stay as they are."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from appliance.drivers.atomic_file import write_atomically
from appliance.errors import SettingsError
from appliance.strike.kit import Knot, Motor, Push, Return

_HEADER = "What this box measured and learnt; the owner may change it by hand."


def write_motors(file: Path, changed: Sequence[Motor], kit: Sequence[Motor]) -> None:
    """Put the motors in `changed` into the owner's file, which may not exist yet.

    A list in the owner's file stands for the whole shipped one: so where it has no motors, all of the `kit` go in.
    Raises: SettingsError when the file cannot be read or written, or tomlkit is missing.
    """
    toml = toml_library()
    document = read_document(toml, file)
    strike = document.setdefault("strike", toml.table())
    if "motors" not in strike:
        strike["motors"] = toml.aot()
        for motor in kit:
            strike["motors"].append(_table(toml, motor))
    for motor in changed:
        _change(toml, _find(strike["motors"], motor.name, file), motor)
    text = toml.dumps(document)
    _check(text, file)
    write_text(file, text)


def write_text(file: Path, text: str) -> None:
    """The whole file anew. Raises: SettingsError when it cannot be written."""
    try:
        write_atomically(file, lambda stream: stream.write(text.encode()))
    except OSError as error:
        raise SettingsError(f"cannot write the settings {file}: {error.strerror}") from error


def toml_library() -> Any:
    """What changes TOML and keeps its comments. Raises: SettingsError when it is not installed."""
    try:
        import tomlkit
    except ModuleNotFoundError:
        raise SettingsError("changing a settings file needs tomlkit: pip install tomlkit") from None
    return tomlkit


def read_document(toml: Any, file: Path) -> Any:
    """The owner's file, or the beginning of one. Raises: SettingsError when it cannot be read."""
    try:
        return toml.parse(file.read_text("utf-8"))
    except FileNotFoundError:
        document = toml.document()
        document.add(toml.comment(_HEADER))
        return document
    except OSError as error:
        raise SettingsError(f"cannot read the settings {file}: {error.strerror}") from error
    except (toml.exceptions.TOMLKitError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is no TOML file: {error}") from None


def _find(motors: Any, name: str, file: Path) -> Any:
    for table in motors:
        if table.get("name") == name:
            return table
    raise SettingsError(f"{file}: there is no motor {name!r} in [[strike.motors]]")


def _table(toml: Any, motor: Motor) -> Any:
    table = toml.table()
    table["name"] = motor.name
    for key, value in msgspec.to_builtins(motor).items():
        if key in ("name", "soft", "hard", "back", "touch") or value is None:
            continue
        table[key] = value
    _change(toml, table, motor)
    return table


def _change(toml: Any, table: Any, motor: Motor) -> None:
    _set(table, "soft", _inline(toml, motor.soft))
    _set(table, "hard", _inline(toml, motor.hard))
    _set(table, "back", _inline(toml, motor.back))
    if motor.touch:
        _set(table, "touch", _knots(toml, motor.touch))
        table.pop("curve", None)


def _set(table: Any, key: str, value: Any) -> None:
    # The comment behind a value is the owner's and stays.
    if key in table and hasattr(table[key], "trivia"):
        old = table[key].trivia
        value.trivia.comment, value.trivia.comment_ws = old.comment, old.comment_ws
    table[key] = value


def _inline(toml: Any, value: Push | Return) -> Any:
    table = toml.inline_table()
    table.update(msgspec.to_builtins(value))
    return table


def _knots(toml: Any, touch: Sequence[Knot]) -> Any:
    lines = ",\n".join(f"  [{k.velocity}, {k.forward}, {k.duty}, {k.lead}]" for k in touch)
    return _array(toml, f"[  # velocity, forward, duty, lead\n{lines},\n]")


def _array(toml: Any, text: str) -> Any:
    """An array with the line breaks that it is written with."""
    return toml.parse(f"touch = {text}\n")["touch"]


def _check(text: str, file: Path) -> None:
    try:
        msgspec.convert(tomllib.loads(text)["strike"]["motors"], tuple[Motor, ...], str_keys=True)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{file}: [strike] {error}") from None
