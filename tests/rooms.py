"""The rooms joined as the appliance joins them, around a model of the test's choice, and ways to play on them."""

import random

from appliance.answer.answerer import AnswerEnded, Answerer, AnswerSettings
from appliance.answer.model import Model
from appliance.answer.sampling import SamplingSettings
from appliance.call.listener import CallEnded, Listener, ListenerSettings
from appliance.instrument import Happening, Instrument, StrokesDue
from appliance.notation.hit import Stroke
from appliance.notation.timeline import Grid
from appliance.pad.midi import Pad, PadSettings

GRID = Grid(qpm=120.0)
STEP = GRID.step_seconds  # 0.125 s
HORIZON = 0.05  # as the box has it: the slowest stick, and 10 ms
KICK, SNARE, HAT = 36, 38, 42


def note_on(key: int, velocity: int = 100, channel: int = 9) -> bytes:
    return bytes((0x90 | channel, key, velocity))


def note_off(key: int, channel: int = 9) -> bytes:
    return bytes((0x80 | channel, key, 64))


def instrument(
    model: Model,
    *,
    bars: int = 1,
    answer_bars: int = 0,
    temperature: float = 0.0,
    grid: Grid = GRID,
    horizon: float = HORIZON,
) -> Instrument:
    listener = Listener(ListenerSettings(bars=bars, silence_beats=4, max_bars=8), grid, horizon)
    sampling = SamplingSettings(temperature=temperature, top_k=0)
    answerer = Answerer(
        model, AnswerSettings(model="parrot", bars=answer_bars), sampling, random.Random(1).random, grid.steps_per_bar
    )
    return Instrument(Pad(PadSettings(channel=0, keys={})), listener, answerer)


def run_until(rooms: Instrument, end: float) -> list[Happening]:
    """Every deadline up to `end`, in order."""
    happenings: list[Happening] = []
    while (deadline := rooms.next_deadline()) is not None and deadline <= end:
        happenings += rooms.advance(deadline)
    return happenings


def play(rooms: Instrument, messages: list[tuple[float, bytes]], end: float = 1000.0) -> list[Happening]:
    """Messages in order of time, each deadline between them kept, and then every deadline up to `end`."""
    happenings: list[Happening] = []
    for time, message in messages:
        happenings += run_until(rooms, time)
        happenings += rooms.receive(time, message)
    return happenings + run_until(rooms, end)


def strokes_of(happenings: list[Happening]) -> list[Stroke]:
    return [stroke for happened in happenings if isinstance(happened, StrokesDue) for stroke in happened.step.strokes]


def calls_of(happenings: list[Happening]) -> list[CallEnded]:
    return [happened for happened in happenings if isinstance(happened, CallEnded)]


def answers_of(happenings: list[Happening]) -> list[AnswerEnded]:
    return [happened for happened in happenings if isinstance(happened, AnswerEnded)]
