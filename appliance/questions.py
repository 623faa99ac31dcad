"""What a duet asks of who answers: its calls, counted, and what was kept and called before."""

from collections import deque
from collections.abc import Sequence

from appliance.answer.answering import Question
from appliance.answer.delivered import Kept
from appliance.answer.groove_settings import CORNERS
from appliance.answer.sampling_settings import SamplingSettings
from appliance.answer.way import Way
from appliance.notation.drum_track import DrumTrack


class Questions:
    """Numbered from 0 on, through an evening."""

    def __init__(self, corners: Sequence[DrumTrack] = ()) -> None:
        """`corners`: grooves between which a blend lies until others are kept."""
        self._asked = 0
        self._last: DrumTrack | None = None
        self._corners = deque(corners, maxlen=CORNERS)

    def ask(self, call: DrumTrack, length: int, sampling: SamplingSettings, *, along: bool = False) -> Question:
        """The question about a call; only a way that needs them is told of the call before, or of what was kept."""
        before = self._last if sampling.way is Way.INTERPOLATE else None
        corners = tuple(self._corners) if sampling.way is Way.BLEND else ()
        self._asked, self._last = self._asked + 1, call
        return Question(self._asked - 1, call, length, sampling, along, before, corners)

    def blend_between(self, corners: Sequence[DrumTrack]) -> None:
        """From the next blend on these are its corners; what is kept then takes the place of the oldest."""
        self._corners = deque(corners, maxlen=CORNERS)

    def keep(self, kept: Kept | None) -> list[Kept]:
        """What was kept, if anything was; it is a corner of the next blend."""
        if kept is None:
            return []
        self._corners.append(kept.track)
        return [kept]
