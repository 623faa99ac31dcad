"""The owner's settings file with what was learnt about pads and controls; every other key stays as it is."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from appliance.controls.binding import Binding
from appliance.drivers.owner_settings import read_document, toml_library, write_text
from appliance.pad.settings import ONLY


def write_keys(file: Path, pad: str, keys: Mapping[int, int]) -> None:
    """Put a pad's keys into the owner's file, which may not exist yet; `pad` is its name in [pads], or "pad".

    Raises: SettingsError when the file cannot be read or written, or tomlkit is missing.
    """
    toml = toml_library()
    document = read_document(toml, file)
    table = _table(toml, document, "pad") if pad == ONLY else _table(toml, _table(toml, document, "pads"), pad)
    inline = toml.inline_table()
    inline.update({str(key): meant for key, meant in sorted(keys.items())})
    table["keys"] = inline
    write_text(file, toml.dumps(document))


def write_bindings(file: Path, bindings: Sequence[Binding]) -> None:
    """Put all bindings into the owner's file, in place of those that are there. Raises: SettingsError, as above."""
    toml = toml_library()
    document = read_document(toml, file)
    rows = "".join(f"  {as_row(toml, binding)},\n" for binding in bindings)
    _table(toml, document, "controls")["bindings"] = toml.parse(f"bindings = [\n{rows}]\n")["bindings"]
    write_text(file, toml.dumps(document))


def as_row(toml: Any, binding: Binding) -> str:
    """A binding as a line of TOML."""
    row = toml.inline_table()
    row.update(msgspec.to_builtins(binding))
    return str(row.as_string())


def _table(toml: Any, document: Any, name: str) -> Any:
    if name not in document:
        document[name] = toml.table()
    return document[name]
