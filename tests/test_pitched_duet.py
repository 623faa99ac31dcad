"""A model that plays pitches, live: hits in, tones with their ends out, to ports and never to motors."""

import argparse

import mido
import pytest

from appliance.answer.answering import Question
from appliance.answer.delivered import AnswerEnded
from appliance.answer.sampling_settings import SamplingSettings
from appliance.broadcast import Broadcast
from appliance.call.listener import StepHeard
from appliance.commands.models import Models
from appliance.commands.rooms import Rooms
from appliance.controls.control import Control, Turned
from appliance.controls.learning import Refused
from appliance.controls.wire import Route
from appliance.drivers.track_file import write_track
from appliance.drumming import Drumming
from appliance.errors import ModelError, SettingsError
from appliance.happenings import StrokesDue, StrokesOff, TurnRefused
from appliance.notation.drum_track import DrumTrack, Note
from appliance.notation.hit import Stroke
from appliance.notation.timeline import Meter
from appliance.out.clock_maker import ClockMaker
from appliance.out.outgoing import Outgoing
from appliance.out.settings import MetronomeSettings, OutSettings
from appliance.settings import load_settings
from appliance.views.journal import Entry
from appliance.views.phrases import Phrases
from tests.rooms import STEP, instrument, note_on
from tests.songbird import Songbird

TUNE = [(0, 60, 90), (4, 64, 90), (8, 67, 120)]


def play(band, hits, until):
    told = []
    for step, pitch, velocity in hits:
        told += band.receive("pad", step * STEP, note_on(pitch, velocity, channel=0))
    return told + run(band, until)


def run(band, until):
    told = []
    while (deadline := band.next_deadline()) is not None and deadline <= until:
        told += band.advance(deadline)
    return told


def strokes(told):
    due = (one.happening for one in told if isinstance(one.happening, StrokesDue))
    return [stroke for happening in due for stroke in happening.step.strokes]


def test_what_is_hit_comes_back_as_tones_that_last():
    told = play(instrument(Songbird()), TUNE, 40 * STEP)
    lengths = [(stroke.time / STEP, stroke.pitch, stroke.length / STEP) for stroke in strokes(told)]
    assert lengths == [
        (pytest.approx(16), 60, pytest.approx(4)),
        (pytest.approx(20), 64, pytest.approx(4)),
        (pytest.approx(24), 67, pytest.approx(8)),
    ]
    assert [stroke.velocity for stroke in strokes(told)] == [90, 90, 120]
    ended = next(one.happening for one in told if isinstance(one.happening, AnswerEnded))
    assert ended.track.notes == (Note(0, 60, 90, 4), Note(4, 64, 90, 4), Note(8, 67, 120, 8))
    assert not ended.fault


def test_every_stroke_is_there_before_a_stick_would_have_to_start():
    band, late = instrument(Songbird()), []
    for step, pitch, velocity in TUNE:
        band.receive("pad", step * STEP, note_on(pitch, velocity, channel=0))
    while (deadline := band.next_deadline()) is not None and deadline <= 40 * STEP:
        late += [stroke for stroke in strokes(band.advance(deadline)) if stroke.time < deadline + 0.05]
    assert late == []


def test_an_echo_and_an_accompaniment_sound_too():
    told = play(instrument(Songbird(), mode="echo"), TUNE, 40 * STEP)
    assert [stroke.pitch for stroke in strokes(told)] == [60, 64, 67]
    hits = [(step, 60 + step % 5, 100) for step in range(0, 40, 2)]
    told = play(instrument(Songbird(), mode="accompany"), hits, 40 * STEP)
    along = strokes(told)
    assert along
    assert all(stroke.length == pytest.approx(STEP) for stroke in along)


def test_a_key_that_turns_out_otherwise_is_heard_anew():
    bird = Songbird(key=0)
    tune = [(step, pitch, 90) for step, pitch in zip(range(0, 16, 2), (62, 64, 66, 67, 69, 71, 73, 74), strict=True)]
    told = play(instrument(bird), tune, 40 * STEP)
    assert [stroke.pitch for stroke in strokes(told)] == [pitch for _, pitch, _ in tune]
    # In C as the model knows it, when the answer begins: D is C.
    assert [label - 2 + 48 for label in list(bird.heard)[-32:] if label > 1][:8] == [pitch - 2 for _, pitch, _ in tune]


SETTINGS = """
[out.ports]
synth = "virtual"
[duets.a]
[duets.b]
outputs = {outputs}
controls = {{ model = "soprano_rnn" }}
"""


def rooms(tmp_path, outputs, **options):
    path = tmp_path / "owner.toml"
    path.write_text(SETTINGS.format(outputs=outputs))
    chosen = argparse.Namespace(settings=path, seed=1, model=None, bars=1, temperature=None, top_k=None, **options)
    return Rooms(load_settings(path), chosen)


def test_the_shipped_soprano_is_the_second_player_of_a_duet(tmp_path):
    models = Models()
    band = rooms(tmp_path, '["synth"]').band(models.engage, models.card)
    told = []
    for number, key in enumerate((36, 42, 38, 42)):
        told += band.receive("pad", number * 0.5, note_on(key))
    told += run(band, 12.0)
    sung = strokes([one for one in told if one.duet == "b"])
    beaten = strokes([one for one in told if one.duet == "a"])
    assert sung
    assert beaten
    assert all(stroke.length > 0 and stroke.pitch >= 45 for stroke in sung)
    assert all(stroke.length == 0 for stroke in beaten)


def test_motors_are_refused_with_a_word_that_helps(tmp_path):
    models = Models()
    with pytest.raises(
        SettingsError, match=r"duets.b: soprano_rnn \(lookback_rnn\) plays pitches, and motors .*out.ports"
    ):
        rooms(tmp_path, '["motors", "synth"]').band(models.engage, models.card)


def test_stories_and_a_control_are_refused_too(tmp_path):
    models = Models()
    chosen = argparse.Namespace(settings=None, seed=1, model="soprano_rnn", bars=1, temperature=None, top_k=None)
    with pytest.raises(SettingsError, match=r"^soprano_rnn .* motors beat drums"):
        Rooms(load_settings(), chosen).check_stories(models.card)
    path = tmp_path / "owner.toml"
    path.write_text('[answer]\nmodels = ["soprano_rnn"]\n')
    chosen = argparse.Namespace(settings=path, seed=1, model=None, bars=1, temperature=None, top_k=None)
    band = Rooms(load_settings(path), chosen).band(models.engage, models.card)
    told = band.turn(Turned(1.0, Control.MODEL, "soprano_rnn"))
    refused = [one.happening.reason for one in told if isinstance(one.happening, TurnRefused)]
    assert refused == ["soprano_rnn (lookback_rnn) plays pitches, and motors beat drums"]


def test_a_model_without_steps_is_refused_live():
    from appliance.answer.answerer import Answerer

    bird = Songbird(kind="performance")
    with pytest.raises(ModelError, match="answers files, with ghostnote play"):
        Answerer(lambda _: bird, "songbird", 1, Meter())


def test_a_beam_answers_alike_however_far_ahead_it_is_asked_for():
    from appliance.answer.answerer import Answerer

    def answered(asks):
        machine = Answerer(lambda _: Songbird(), "songbird", 1, Meter())
        call = DrumTrack(tuple(Note(*one) for one in TUNE), 16)
        for step in range(16):
            machine.listen(StepHeard(step, call.at(step)))
        machine.begin(Question(0, call, 32, SamplingSettings(1.0, 0, beam=3, branch=2, steps_per_iteration=3)))
        steps = []
        for until in (*asks, 32):
            machine.ask(until)
            while machine.ready():
                steps += machine.take()
        return steps

    assert answered([]) == answered([1, 2, 9, 30])
    assert [note.pitch for one in answered([]) for note in one.notes] == [60, 64, 67] * 2


class Port:
    """A broadcast, and a sender with what it sent: (time in steps, status, key)."""

    def __init__(self) -> None:
        self.outgoing = Outgoing(ClockMaker(always=False), (), 0.0)
        metronome = MetronomeSettings("off", on=False, count_in=1, channel=10, first=(76, 100), other=(77, 80))
        send = lambda requests: [self.outgoing.receive(request, 0.0) for request in requests]  # noqa: E731
        out = OutSettings({"synth": "virtual"}, 10, 0.05, tones=1)
        self.broadcast = Broadcast(out, metronome, {"ghost": ("synth",)}, send, lambda _: None, osc=False)

    def sent(self, until):
        return [(round(due.time / STEP, 3), due.what[0], due.what[1]) for due in self.outgoing.advance(until * STEP)]


def test_a_port_gets_each_tone_with_its_own_end():
    port = Port()
    for one in play(instrument(Songbird()), TUNE, 40 * STEP):
        port.broadcast.tell(one, 0.0)
    heard = []
    for step in range(16, 40):
        heard += port.sent(step)
    assert heard == [(16, 0x90, 60), (20, 0x80, 60), (20, 0x90, 64), (24, 0x80, 64), (24, 0x90, 67), (32, 0x80, 67)]


def test_what_is_cut_short_falls_silent_there():
    port = Port()
    told = play(instrument(Songbird()), TUNE, 40 * STEP)
    for one in told:
        if isinstance(one.happening, StrokesDue):
            port.broadcast.tell(one, 0.0)
    heard = [*port.sent(16), *port.sent(20), *port.sent(24)]
    port.broadcast.tell(type(told[0])("ghost", StrokesOff(26 * STEP)), 0.0)
    assert port.sent(40) == [(26, 0x80, 67)]
    assert len(heard) == 5


def test_a_stroke_knows_no_endless_length():
    with pytest.raises(ValueError, match="a number of seconds"):
        Stroke(0.0, 60, 90, float("inf"))


def test_an_exported_answer_has_its_tones_and_no_drum(tmp_path):
    told = play(instrument(Songbird()), TUNE, 40 * STEP)
    phrases, found = Phrases(), []
    for one in told:
        found += phrases.see(Entry(0.0, 0.0, one.happening, one.duet))
    exported = next(phrase for phrase in found if phrase.kind == "answer")
    assert exported.track.notes == (Note(0, 60, 90, 4), Note(4, 64, 90, 4), Note(8, 67, 120, 8))
    write_track(tmp_path / "answer.mid", exported.track, exported.timeline.grid, "answer")
    notes = [one for one in mido.MidiFile(tmp_path / "answer.mid") if one.type in ("note_on", "note_off")]
    assert {one.channel for one in notes} == {0}
    ends = [round(one.time / STEP) for one in notes]
    assert ends == [0, 4, 0, 4, 0, 8]


def test_no_line_can_be_drawn_from_a_melody_to_the_motors(tmp_path):
    models = Models()
    band = rooms(tmp_path, '["synth"]').band(models.engage, models.card)
    told = band.route(1.0, Route("b", ("pad",), ("motors",)))
    assert [one.happening.text for one in told if isinstance(one.happening, Refused)] == [
        "soprano_rnn (lookback_rnn) plays pitches, and motors beat drums"
    ]
    # And the other way round: where the motors are, no such model can be chosen; where they are gone, it can.
    band.route(2.0, Route("a", ("pad",), ("synth",)))
    band.offer("soprano_rnn")
    told = band.turn(Turned(3.0, Control.MODEL, "soprano_rnn", "a"))
    assert not [one for one in told if isinstance(one.happening, TurnRefused)]


def test_motors_take_no_pitch_for_a_drum_whatever_they_are_told():
    sent = []

    class Motors:
        def send(self, strokes, batch=0, until=None):
            sent.extend(strokes)

        def __getattr__(self, _name):
            return lambda *_args, **_more: None

    drumming = Drumming(Motors(), 1, 0.05)
    for one in play(instrument(Songbird()), TUNE, 40 * STEP):
        drumming.tell("ghost", one.happening, 0.0)
    assert sent == []
