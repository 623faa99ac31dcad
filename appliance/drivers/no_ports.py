"""A system without MIDI: the panel's pads are all there is."""

from appliance.drivers.midi_inbox import Message
from appliance.pad.presence import Presence


class NoPorts:
    """A Source of the player's loop that never has anything."""

    def messages(self) -> list[Message]:
        """None."""
        return []

    def changes(self) -> list[Presence]:
        """None."""
        return []

    def next_deadline(self) -> None:
        """Never."""

    def filenos(self) -> list[int]:
        """None."""
        return []

    def close(self) -> None:
        """There is nothing to let go."""
