"""A file answered by a model that plays pitches: no motor beats it, so it needs no rooms."""

from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path

import msgspec

from appliance.answer.chance import dice
from appliance.answer.conditions import Conditions
from appliance.answer.dynamics import Dynamics
from appliance.answer.genie import Played, play_genie
from appliance.answer.model import Model
from appliance.answer.networks import PIANO_GENIE
from appliance.answer.pitched_network import PitchedNetwork
from appliance.answer.rendition import Score, render
from appliance.answer.sampling_settings import SamplingSettings
from appliance.clock import MonotonicClock
from appliance.drivers.midi_file import FileCall, Part, file_call, file_grid, pitched_channel, read_part
from appliance.errors import CallError, SettingsError
from appliance.notation.drum_track import Note
from appliance.notation.hit import Stroke
from appliance.notation.timeline import Grid, Timeline
from appliance.notation.tone import Tone
from appliance.views.tune_report import TuneReport

_NOTE_ON = 0x90
_PICTURED = 4  # steps a quarter of the picture, where the model counts no quarters
_MOST_TONES = 20_000  # of a call: an hour of piano


class Tune(msgspec.Struct, frozen=True):
    """A file's part on a channel (0 to 15), with the tones of its call in seconds."""

    channel: int
    part: Part
    grid: Grid
    call: FileCall
    tones: tuple[Stroke, ...]


def read_tune(path: Path, channel: int | None, model: Model) -> Tune:
    """The call of a file for a pitched model; channel (1 to 16) None: the first with pitches. Raises: CallError."""
    place = pitched_channel(path) if channel is None else channel - 1
    part = read_part(path, place)
    card = model.card
    counts_quarters = not card.encoding.steps_per_second and card.family != PIANO_GENIE
    grid = file_grid(path, part, card.steps_per_quarter if counts_quarters else _PICTURED)
    call = file_call(part, grid)
    tones = tuple(_tones(part, call.timeline.time_of(call.bars * grid.steps_per_bar)))
    if len(tones) > _MOST_TONES:
        raise CallError(f"{path} has {len(tones)} tones on channel {place + 1}: no call is that long")
    return Tune(place, part, grid, call, tones)


def answer_tune(
    tune: Tune, model: Model, bars: int, sampling: SamplingSettings, conditions: Conditions, seed: int
) -> TuneReport:
    """What the model answers. Raises: ModelError; SettingsError for wishes that it does not know."""
    check_wishes(model, sampling, conditions)
    clock = MonotonicClock()
    began = clock.now()
    start = tune.call.timeline.time_of(tune.call.bars * tune.grid.steps_per_bar)
    bars = bars or tune.call.bars
    answer = (_genie if model.card.family == PIANO_GENIE else _written)(tune, model, bars, sampling, conditions, seed)
    return TuneReport(
        tune.grid,
        model.card.name,
        seed,
        tune.tones,
        tune.call.bars,
        tune.call.timeline.origin,
        tuple(answer.strokes),
        bars,
        start,
        answer.log_likelihood,
        answer.events,
        clock.now() - began,
    )


def check_wishes(model: Model, sampling: SamplingSettings, conditions: Conditions) -> None:
    """Raises: SettingsError for an option that says nothing to this model."""
    card, name = model.card, model.card.name
    known = " ".join(card.encoding.conditions)
    if sampling.density or sampling.allowed_drums or sampling.drums_a_step:
        raise SettingsError(f"{name} plays pitches: density, drums_a_step and allowed_drums are for drum models")
    if sampling.searches and card.family == PIANO_GENIE:
        raise SettingsError(f"{name} is told when to play: there are no lines that a beam could choose from")
    if card.encoding.nade_hidden and (sampling.top_k or sampling.top_p < 1):
        raise SettingsError(f"{name} draws each key by itself: top_k and top_p cannot narrow that; temperature can")
    if conditions.chords and not ("triad" in known or "chord_pitches" in known):
        raise SettingsError(f"{name} is told no chords: improv_rnn models are")
    if conditions.tones_per_second is not None and "density" not in known:
        raise SettingsError(f"{name} is told no density: performance_rnn models with density conditioning are")
    if conditions.pitch_classes and "pitch_histogram" not in known:
        raise SettingsError(f"{name} is told no pitch classes: pitch-conditioned performance_rnn models are")


def _written(
    tune: Tune, model: Model, bars: int, sampling: SamplingSettings, conditions: Conditions, seed: int
) -> Played:
    """By a model that goes on from the call. Raises: SettingsError."""
    grid, encoding = tune.grid, model.card.encoding
    step = 1 / encoding.steps_per_second if encoding.steps_per_second else grid.step_seconds
    sixteenth = 60 / grid.qpm / 4 if encoding.steps_per_second else step
    bar = grid.step_seconds * grid.steps_per_bar / step
    score = Score(
        tuple(_stepped(tune.tones, tune.call.timeline.origin, step, round(tune.call.bars * bar))),
        tune.call.bars * bar,
        bars * bar,
        bar,
        sixteenth / step,
    )
    dynamics = _dynamics(tune)

    def velocity(at: int) -> int:
        return dynamics.velocity(round(at * step / grid.step_seconds), 0)

    try:
        network = PitchedNetwork(model)
        told = _of_the_call(conditions, tune, encoding.conditions)
        drawn = render(network, score, sampling, told, seed, velocity)
    except ValueError as error:
        raise SettingsError(str(error)) from None
    start = tune.call.timeline.time_of(tune.call.bars * grid.steps_per_bar)
    strokes = [
        Stroke(start + tone.start * step, tone.pitch, tone.velocity, (tone.end - tone.start) * step)
        for tone in drawn.tones
    ]
    return Played(strokes, drawn.log_likelihood, drawn.events)


def _genie(tune: Tune, model: Model, bars: int, sampling: SamplingSettings, _: Conditions, seed: int) -> Played:
    """The call's rhythm behind the call, again and again as long as the answer is."""
    lasts = tune.call.bars * tune.grid.steps_per_bar * tune.grid.step_seconds
    end = tune.call.timeline.origin + lasts + bars * tune.grid.steps_per_bar * tune.grid.step_seconds
    presses: list[Stroke] = []
    for turn in count(1):
        moved = [msgspec.structs.replace(tone, time=tone.time + turn * lasts) for tone in tune.tones]
        presses += [tone for tone in moved if tone.time < end]
        if tune.call.timeline.origin + (turn + 1) * lasts >= end:
            break
    return play_genie(model, presses, sampling, dice(seed, 0, 0, 0))


def _tones(part: Part, end: float) -> Iterable[Stroke]:
    """What sounds in the call: what no note-off ends lasts until the call's end, and so does what is held beyond it."""
    begun: dict[int, list[tuple[float, int]]] = {}
    tones: list[Stroke] = []
    for message in (*part.messages, *part.behind):
        status, pitch, velocity = message.data
        if status & 0xF0 == _NOTE_ON and velocity:
            begun.setdefault(pitch, []).append((message.time, velocity))
        elif begun.get(pitch):
            time, touch = begun[pitch].pop(0)
            tones.append(Stroke(time, pitch, touch, max(0.0, min(message.time, end) - time)))
    for pitch, left in begun.items():
        tones += [Stroke(time, pitch, touch, max(0.0, end - time)) for time, touch in left]
    return sorted(tones, key=lambda tone: (tone.time, tone.pitch))


def _stepped(tones: Sequence[Stroke], origin: float, step: float, steps: int) -> Iterable[Tone]:
    for tone in tones:
        first = min(max(0, Timeline(origin, _grid_of(step)).step_at(tone.time)), steps - 1)
        last = round((tone.time + tone.length - origin) / step)
        yield Tone(first, min(max(first + 1, last), steps), tone.pitch, tone.velocity)


def _grid_of(step: float) -> Grid:
    return Grid(qpm=60 / step, steps_per_quarter=1)


def _dynamics(tune: Tune) -> Dynamics:
    dynamics = Dynamics(tune.grid.steps_per_bar, lambda _: 0)
    for tone in tune.tones:
        dynamics.hear(Note(max(0, tune.call.timeline.step_at(tone.time)), tone.pitch, tone.velocity))
    return dynamics


def _of_the_call(conditions: Conditions, tune: Tune, names: Sequence[str]) -> Conditions:
    """What is not said is as the call has it: its tones a second, and how long each pitch class sounds.

    A model to which both are optional is left alone where neither is said.
    """
    said = conditions.tones_per_second is not None or bool(conditions.pitch_classes)
    if not said and any("optional" in name for name in names):
        return conditions
    lasts = tune.call.bars * tune.grid.steps_per_bar * tune.grid.step_seconds
    classes = [0.0] * 12
    for tone in tune.tones:
        classes[tone.pitch % 12] += tone.length
    return msgspec.structs.replace(
        conditions,
        tones_per_second=len(tune.tones) / lasts
        if conditions.tones_per_second is None
        else conditions.tones_per_second,
        pitch_classes=conditions.pitch_classes or tuple(classes),
    )
