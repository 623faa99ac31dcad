"""What the tests of grooves work on: the tiny models beside this file, and a band that has them."""

from pathlib import Path

import msgspec
import pytest

from appliance.answer.groove_settings import GrooveSettings
from appliance.answer.sampling_settings import SamplingSettings
from appliance.answer.way import Way
from appliance.band import Band
from appliance.drivers.tflite_autoencoder import TfliteAutoencoder
from appliance.errors import ModelError
from appliance.groove.groove_answerer import GrooveAnswerer, Grooves
from appliance.happenings import StrokesDue, StrokesOff, Told
from appliance.notation.drum_track import DrumTrack, Note, drum_track
from appliance.notation.hit import Stroke
from appliance.notation.timeline import Meter
from tests.parrot import Parrot
from tests.rooms import HAT, KICK, SNARE, instrument

HERE = Path(__file__).parent
TINY = {name: HERE / f"tiny_{name}.tflite" for name in ("humanize", "tap", "drums")}


def tiny(name: str) -> TfliteAutoencoder:
    """A tiny model; the test is left out where no interpreter is installed."""
    try:
        return TfliteAutoencoder(TINY[name])
    except ModelError as error:
        if "no TFLite interpreter" in str(error):
            pytest.skip(str(error))
        raise


def all_grooves(space: str = "humanize") -> Grooves:
    """All that there is; what lies in `space` has velocities, or ("drums") none."""
    return Grooves(tiny("humanize"), tiny("tap"), None, tiny(space))


def rock(length: int = 32, first: int = 0) -> DrumTrack:
    """Kick on one and three, snare on two and four, hats on eighths: the hats soft."""
    notes = []
    for step in range(length):
        place = step % 16
        notes += [Note(step, KICK, 100)] if place in (0, 8) else []
        notes += [Note(step, SNARE, 110)] if place in (4, 12) else []
        notes += [Note(step, HAT, 50)] if place % 2 == 0 else []
    return drum_track([note for note in notes if note.step >= first], length)


def sampling(way: Way = Way.CONTINUE, **changed: object) -> SamplingSettings:
    return SamplingSettings(temperature=1.0, top_k=0, way=way, **changed)


def human_band(space: str = "humanize", meter: Meter | None = None, **settings: object) -> Band:
    """A band of one duet with a parrot that can be turned to any way."""
    grooves = all_grooves(space)
    band = instrument(Parrot(), engage=lambda answering: GrooveAnswerer(answering, grooves, 5), **settings)
    for duet in band.duets.values():
        duet.dials = msgspec.structs.replace(duet.dials, grooves=GrooveSettings("h", "t", "", "s"))
    return band


def sounding(told: list[Told]) -> list[Stroke]:
    """The strokes that the striker beats: those that it was sent and that were not taken back."""
    strokes: list[Stroke] = []
    for one in told:
        match one.happening:
            case StrokesDue(step):
                strokes += step.strokes
            case StrokesOff(time):
                strokes = [stroke for stroke in strokes if stroke.time < time]
    return strokes
