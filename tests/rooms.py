"""The rooms joined as the appliance joins them, around models of the test's choice, and ways to play on them."""

from itertools import count

import msgspec
import pytest

from appliance.answer.answerer import Answerer
from appliance.answer.model import Model
from appliance.answer.sampling_settings import SamplingSettings
from appliance.answer.settings import AnswerSettings
from appliance.band import Band
from appliance.call.settings import ListenerSettings
from appliance.controls.surface import ControlSurface
from appliance.dials import Dials
from appliance.duet import Duet
from appliance.happenings import AnswerEnded, CallEnded, Happening, StrokesDue, StrokesOff, Told
from appliance.notation.hit import Stroke
from appliance.notation.timeline import Grid
from appliance.pad.midi import Pad, PadSettings
from appliance.routes import DuetSettings, Routes
from appliance.scenes import Scenes
from appliance.tempo.conductor import Conductor
from appliance.tempo.settings import Source, TempoSettings

GRID = Grid(qpm=120.0)
STEP = GRID.step_seconds  # 0.125 s
HORIZON = 0.055  # as the box has it: the slowest stick, and 15 ms
KICK, SNARE, HAT = 36, 38, 42
PAD, ONLY = "pad", "ghost"


def note_on(key: int, velocity: int = 100, channel: int = 9) -> bytes:
    return bytes((0x90 | channel, key, velocity))


def note_off(key: int, channel: int = 9) -> bytes:
    return bytes((0x80 | channel, key, 64))


def instrument(
    model: Model | dict[str, Model],
    *,
    bars: int = 1,
    answer_bars: int = 0,
    temperature: float = 0.0,
    grid: Grid = GRID,
    horizon: float = HORIZON,
    duets: dict[str, DuetSettings] | None = None,
    scenes: dict[str, object] | None = None,
    bindings: tuple = (),
    source: str = "settings",
    max_bars: int = 8,
    call: dict | None = None,
    engage=None,
    **answer: object,
) -> Band:
    """A band of one duet, or of those that are given, on one pad; `answer` and `call` are further settings."""
    models = model if isinstance(model, dict) else {"parrot": model}
    first = next(iter(models))
    dials = Dials(
        msgspec.convert({"bars": bars, "silence_beats": 4, "max_bars": max_bars, **(call or {})}, ListenerSettings),
        msgspec.convert({"model": first, "bars": answer_bars, **answer}, AnswerSettings),
        SamplingSettings(temperature=temperature, top_k=0),
        tuple(models),
    )
    tempo = TempoSettings(grid.qpm, str(grid.meter), Source(source))
    conductor = Conductor(tempo, 0.1)
    duets = duets or {ONLY: DuetSettings()}
    numbers = count(1)

    def found(name: str, settings: DuetSettings | None = None) -> Duet:
        own = dials
        for control, value in (settings or DuetSettings()).controls.items():
            own = own.turned(control, value)
        answering = Answerer(models.__getitem__, own.answer.model, next(numbers), grid.meter)
        if engage is not None:
            answering = engage(answering)
        return Duet(name, own, conductor, answering, lambda name: models[name].card.steps_per_quarter, horizon)

    players = {name: found(name, settings) for name, settings in duets.items()}
    pads = {PAD: Pad(PadSettings(channel=0, keys={}))}
    surface = ControlSurface(bindings, {})
    routes = Routes(duets, [PAD])
    return Band(players, conductor, pads, surface, routes, Scenes(scenes or {}, duets), found=found)


def happened(told: list[Told], duet: str | None = None) -> list[Happening]:
    """What was told of a duet, or of all and the box."""
    return [one.happening for one in told if duet is None or one.duet == duet]


def run_until(band: Band, end: float) -> list[Told]:
    """Every deadline up to `end`, in order."""
    told: list[Told] = []
    while (deadline := band.next_deadline()) is not None and deadline <= end:
        told += band.advance(deadline)
    return told


def play(band: Band, messages: list[tuple[float, bytes]], end: float = 1000.0) -> list[Told]:
    """Messages in order of time, each deadline between them kept, and then every deadline up to `end`."""
    told: list[Told] = []
    for time, message in messages:
        told += run_until(band, time)
        told += band.receive(PAD, time, message)
    return told + run_until(band, end)


def strokes_of(told: list[Told], duet: str | None = None) -> list[Stroke]:
    due = [one for one in happened(told, duet) if isinstance(one, StrokesDue)]
    return [stroke for one in due for stroke in one.step.strokes]


def sounded(told: list[Told], duet: str | None = None) -> list:
    """What is heard in the end, as (step from 0 s, key): strokes that were taken back are gone."""
    planned: list[Stroke] = []
    for one in happened(told, duet):
        match one:
            case StrokesOff(time):
                planned = [stroke for stroke in planned if stroke.time < time]
            case StrokesDue(step, False):
                planned += step.strokes
    return [(pytest.approx(stroke.time / STEP), stroke.pitch) for stroke in planned]


def calls_of(told: list[Told], duet: str | None = None) -> list[CallEnded]:
    return [one for one in happened(told, duet) if isinstance(one, CallEnded)]


def answers_of(told: list[Told], duet: str | None = None) -> list[AnswerEnded]:
    return [one for one in happened(told, duet) if isinstance(one, AnswerEnded)]
