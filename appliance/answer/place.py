"""Where an answer lies."""

import msgspec

from appliance.notation.timeline import Timeline
from appliance.tempo.pulse import Pulse


class Place(msgspec.Struct, frozen=True):
    """An answer's first step is on a quarter of the song, and its steps on a timeline."""

    quarter: float
    timeline: Timeline

    def on(self, pulse: Pulse) -> Timeline:
        """The timeline of the same steps, where the song's quarters are elsewhere."""
        grid = self.timeline.grid
        return pulse.timeline(self.quarter, grid.meter, grid.steps_per_quarter)
