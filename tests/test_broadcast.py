"""What the sender is asked to send for what happens in the box."""

from appliance.answer.answering import StepAnswered
from appliance.broadcast import Broadcast
from appliance.happenings import HitHeard, Silence, StrokesDue, StrokesOff, ThruDue, Told, TurnTaken
from appliance.notation.hit import Hit, Stroke
from appliance.out.settings import MetronomeSettings, OutSettings
from appliance.out.wire import Cut, Follow, Hush, Messages, Say
from appliance.tempo.pulse import BeatFell, GridRests, GridRuns, Pulse, Retimed
from appliance.turn import Turn

PULSE = Pulse(1.0, 120.0)


class Sent:
    """A broadcast, and what it asked for."""

    def __init__(self, *, outputs=("motors", "synth"), metronome="off", osc=True):
        self.requests = []
        self.clicks = []
        clicks = MetronomeSettings(metronome, on=False, count_in=1, channel=10, first=(76, 110), other=(77, 80))
        self._broadcast = Broadcast(
            OutSettings({"synth": "Synth"}, 10, 0.05),
            clicks,
            {"left": outputs},
            self.requests.extend,
            self.clicks.append,
            osc=osc,
        )

    def tell(self, happening, duet="left", now=5.0):
        self.requests.clear()
        self._broadcast.tell(Told(duet, happening), now)
        return list(self.requests)

    def of(self, kind, happening, **more):
        return [request for request in self.tell(happening, **more) if isinstance(request, kind)]


STEP = StepAnswered(0, (Stroke(6.0, 36, 90), Stroke(6.0, 42, 50)))


def test_a_duets_strokes_are_notes_on_its_ports():
    (messages,) = Sent(osc=False).tell(StrokesDue(STEP))
    assert messages.source == "left"
    assert [(one.time, one.port, one.data[0]) for one in messages.messages] == [
        (6.0, "synth", 0x99),
        (6.05, "synth", 0x89),
        (6.0, "synth", 0x99),
        (6.05, "synth", 0x89),
    ]


def test_every_stroke_is_said_with_the_instant_at_which_it_sounds():
    said = Sent().of(Say, StrokesDue(STEP))
    assert [(word.time, word.address, word.arguments) for word in said] == [
        (6.0, "/ghostnote/stroke", ("left", "kick", 36, 90)),
        (6.0, "/ghostnote/stroke", ("left", "closed_hi_hat", 42, 50)),
    ]


def test_what_is_muted_is_not_sent():
    assert Sent().tell(StrokesDue(STEP, muted=True)) == []


def test_a_duet_that_has_only_motors_sends_no_notes():
    assert Sent(outputs=("motors",), osc=False).tell(StrokesDue(STEP)) == []


def test_what_is_taken_back_is_cut_for_its_duet_alone():
    assert Sent().tell(StrokesOff(7.0)) == [Cut(7.0, "left")]


def test_a_panic_hushes_everything():
    assert Sent().tell(Silence(7.0), duet="")[0] == Hush()


def test_a_hit_that_goes_thru_is_a_note_at_once():
    (messages,) = Sent().of(Messages, ThruDue(Hit(4.999, 38, 101)))
    assert messages.messages[0].time == 5.0
    assert messages.messages[0].data == bytes((0x99, 38, 101))


def test_the_clock_is_told_where_the_quarters_are_and_whether_they_run():
    sent = Sent()
    assert sent.of(Follow, Retimed(1.0, PULSE)) == [Follow(1.0, PULSE, playing=False)]
    assert sent.of(Follow, GridRuns(1.0, PULSE)) == [Follow(1.0, PULSE, playing=True)]
    other = PULSE.at_tempo(2.0, 90.0)
    assert sent.of(Follow, Retimed(2.0, other)) == [Follow(2.0, other, playing=True)]
    assert sent.of(Follow, GridRests(3.0)) == [Follow(3.0, other, playing=False)]


def test_a_metronome_clicks_on_its_port_or_its_motor_or_not_at_all():
    beat = BeatFell(6.0, 0, 0, clicks=True)
    on_port = Sent(metronome="synth", osc=False)
    assert on_port.tell(beat, duet="")[0].messages[0].data == bytes((0x99, 76, 110))
    assert on_port.clicks == []
    on_motor = Sent(metronome="motors", osc=False)
    assert on_motor.tell(beat, duet="") == []
    assert on_motor.clicks == [Stroke(6.0, 76, 110)]
    off = Sent(osc=False)
    assert off.tell(beat, duet="") == []
    assert off.clicks == []


def test_beats_hits_and_turns_are_said():
    sent = Sent()
    assert sent.tell(BeatFell(6.0, 2, 3), duet="")[0].arguments == (2, 3)
    assert sent.tell(HitHeard(Hit(4.0, 38, 99)))[0].arguments == ("left", "snare", 38, 99)
    assert sent.tell(TurnTaken(4.0, Turn.LISTENING))[0].arguments == ("left", "listening")


def test_where_nobody_hears_osc_none_is_sent():
    assert Sent(osc=False).tell(HitHeard(Hit(4.0, 38, 99))) == []


def test_a_hit_that_goes_thru_is_a_note_once_for_two_duets_on_one_port_and_no_answers():
    clicks = MetronomeSettings("off", on=False, count_in=1, channel=10, first=(76, 110), other=(77, 80))
    sent = []
    ports = {"left": ("synth",), "right": ("synth", "motors")}
    broadcast = Broadcast(OutSettings({"synth": "Synth"}, 10, 0.05), clicks, ports, sent.extend, print, osc=False)
    for time in (5.0, 6.0):
        for duet in ports:
            broadcast.tell(Told(duet, ThruDue(Hit(time, 38, 90))), time)
    assert [(one.messages[0].time, one.source) for one in sent] == [(5.0, ""), (6.0, "")]


def test_a_count_in_is_beaten_on_the_hi_hat_where_the_metronome_has_no_output():
    for counted, beaten in (((42, 90), [Stroke(1.0, 42, 90)]), ((42, 0), [])):
        clicks = MetronomeSettings("off", False, 1, 10, (76, 110), (77, 80), counted)
        struck = []
        broadcast = Broadcast(OutSettings({}, 10, 0.05), clicks, {}, print, struck.append, osc=False)
        broadcast.tell(Told("", BeatFell(1.0, -1, 0, clicks=True, counts=True)), 0.9)
        broadcast.tell(Told("", BeatFell(2.0, 0, 0, clicks=True)), 1.9)
        assert struck == beaten


def test_a_controller_says_whose_turn_it_is_on_a_duets_ports():
    out = OutSettings({"synth": "Synth"}, 10, 0.05, state=9)
    clicks = MetronomeSettings("off", on=False, count_in=1, channel=10, first=(76, 110), other=(77, 80))
    sent = []
    broadcast = Broadcast(out, clicks, {"left": ("synth",), "right": ("motors",)}, sent.extend, print, osc=False)
    for turn in Turn:
        for duet in ("left", "right"):
            broadcast.tell(Told(duet, TurnTaken(3.0, turn)), 3.1)
    said = [(one.messages[0].time, one.messages[0].data[:2], one.messages[0].data[2]) for one in sent]
    assert said == [(3.1, bytes((0xB9, 9)), value) for value in (0, 0, 1, 2, 2)]
    assert not Sent(osc=False).tell(TurnTaken(3.0, Turn.LISTENING))
