"""A journal that was kept, as entries."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from appliance.drivers.evening import read_evening
from appliance.errors import SettingsError
from appliance.inputs import Input, Reading
from appliance.views.journal import FORMAT, Entry, EveningBegan, read_line


def entries_of(place: Path) -> Iterator[tuple[str, Entry]]:
    """Every entry of an evening, with the file and line it stands in. Raises: SettingsError."""
    for where, text in read_evening(place):
        try:
            yield where, read_line(text)
        except msgspec.DecodeError as error:
            raise SettingsError(f"{where} is no line of a journal of this version: {error}") from None


def beginning_of(place: Path) -> EveningBegan:
    """What its rooms were made of. Raises: SettingsError when it is not there any more, or of another format."""
    for where, entry in entries_of(place):
        event = entry.event
        if isinstance(event, Input | Reading):
            raise SettingsError(
                f"{where}: the beginning of this evening is not there; one longer than journal.total_size loses it"
            )
        if isinstance(event, EveningBegan):
            if event.format != FORMAT:
                raise SettingsError(f"{where} is a journal of format {event.format}: this version repeats {FORMAT}")
            return event
    raise SettingsError(f"{place}: in this evening the player stopped before it began")
