"""Clicks for the beats that are to be heard."""

from appliance.notation.hit import Stroke
from appliance.out.settings import OFF, MetronomeSettings
from appliance.tempo.pulse import BeatFell


def click(beat: BeatFell, settings: MetronomeSettings) -> Stroke | None:
    """A stroke for a beat that clicks: a bar's first one sounds otherwise than the others.

    Where the metronome has no output a count-in is beaten all the same: nobody can come in by what is silent.
    """
    if settings.output == OFF:
        key, velocity = settings.counted
        return Stroke(beat.time, key, velocity) if beat.counts and velocity else None
    if not beat.clicks:
        return None
    key, velocity = settings.first if beat.beat == 0 else settings.other
    return Stroke(beat.time, key, velocity)
