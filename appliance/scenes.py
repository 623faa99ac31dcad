"""The set list: the table [scenes], in its order, each scene a name and where controls are to stand."""

from collections.abc import Mapping
from typing import Any

import msgspec

from appliance.answer.groove_settings import Corner
from appliance.answer.place import Kit
from appliance.controls.control import Control, Turned, Value
from appliance.notation.drum_track import DrumTrack
from appliance.notation.drums import KEYS, Drum, drum_of
from appliance.pad.settings import meant
from appliance.routes import check_controls

# The word for a drum that is left out of a kit.
_NONE = "none"

_LABELS = {drum.label: drum for drum in Drum}


class Scene(msgspec.Struct, frozen=True):
    """`turns`: controls for all duets; `duets`: for one; `kit`: drums that are beaten in the place of others.

    `corners`: grooves between which a blend lies from then on; none leaves those that are.
    """

    turns: dict[Control, Value]
    duets: dict[str, dict[Control, Value]]
    kit: dict[str, str]
    corners: tuple[Corner, ...] = ()

    @property
    def at_corners(self) -> tuple[DrumTrack, ...]:
        """The corners that have been read."""
        return tuple(corner for corner in self.corners if isinstance(corner, DrumTrack))

    def turned(self, time: float) -> list[Turned]:
        """The scene as what a hand would do."""
        turned = [Turned(time, control, value) for control, value in self.turns.items()]
        return turned + [
            Turned(time, control, value, duet) for duet, turns in self.duets.items() for control, value in turns.items()
        ]


class Scenes:
    """Scenes by their names, or by their numbers from 0 on."""

    def __init__(self, tables: Mapping[str, Any], duets: Mapping[str, object]) -> None:
        """Raises: ValueError with the scene, the key and what is wrong."""
        self._scenes = {name: _scene(name, table, duets) for name, table in tables.items()}

    def models(self) -> tuple[str, ...]:
        """The models that they ask for by name: they can be loaded before."""
        asked = [one.turns.get(Control.MODEL) for one in self._scenes.values()]
        asked += [turns.get(Control.MODEL) for one in self._scenes.values() for turns in one.duets.values()]
        return tuple(dict.fromkeys(model for model in asked if isinstance(model, str)))

    def find(self, wanted: Value) -> Scene:
        """The scene of a name or a number. Raises: ValueError when there is none."""
        names = list(self._scenes)
        if isinstance(wanted, str) and wanted in self._scenes:
            return self._scenes[wanted]
        if isinstance(wanted, int | float) and 0 <= wanted < len(names):
            return self._scenes[names[int(wanted)]]
        if not names:
            raise ValueError("there are no scenes: the table [scenes] is empty")
        if isinstance(wanted, str):
            raise ValueError(f"there is no scene {wanted}{meant(wanted, self._scenes)}")  # noqa: TRY004
        raise ValueError(f"there are {len(names)} scenes, from number 0 on, and none is number {wanted}")


def kit_of(drums: Mapping[str, str]) -> Kit:
    """The kit that beats a drum for another, by their labels. Raises: ValueError for a label that is none."""
    keys: dict[Drum, int | None] = {}
    for drum, beaten in drums.items():
        if drum not in _LABELS:
            raise ValueError(f"kit: there is no drum {drum}{meant(drum, _LABELS)}")
        if beaten not in (*_LABELS, _NONE):
            raise ValueError(f"kit.{drum}: there is no drum {beaten}{meant(str(beaten), {**_LABELS, _NONE: None})}")
        keys[_LABELS[drum]] = None if beaten == _NONE else KEYS[_LABELS[beaten]][0]

    def beaten_for(key: int) -> int | None:
        drum = drum_of(key)
        return keys.get(drum, key) if drum is not None else key

    return beaten_for


def _scene(name: str, table: Any, duets: Mapping[str, object]) -> Scene:
    if not isinstance(table, dict):
        raise ValueError(f"scenes.{name} is a table, such as scenes.{name} = {{ tempo = 96 }}, not {table!r}")  # noqa: TRY004
    kit, own = table.get("kit", {}), table.get("duets", {})
    for key, inner in (("kit", kit), ("duets", own)):
        if not isinstance(inner, dict):
            raise ValueError(f"scenes.{name}.{key} is a table, not {inner!r}")  # noqa: TRY004
    kit_of(kit)
    for duet in own:
        if duet not in duets:
            raise ValueError(f"scenes.{name}.duets: there is no duet {duet}{meant(duet, duets)}")
        if not isinstance(own[duet], dict):
            raise ValueError(f"scenes.{name}.duets.{duet} is a table of controls, not {own[duet]!r}")  # noqa: TRY004
    corners = table.get("corners", [])
    if not isinstance(corners, list):
        raise ValueError(f"scenes.{name}.corners is a list of favourites' numbers and MIDI files, not {corners!r}")  # noqa: TRY004
    controls = {key: value for key, value in table.items() if key not in ("kit", "duets", "corners")}
    turns = check_controls(controls, f"scenes.{name}")
    if Control.SCENE in turns:
        raise ValueError(f"scenes.{name}.scene: a scene cannot call a scene")
    own_turns = {duet: check_controls(own[duet], f"scenes.{name}.duets.{duet}") for duet in own}
    return Scene(turns, own_turns, dict(kit), msgspec.convert(corners, tuple[Corner, ...]))
