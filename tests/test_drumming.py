"""Laws of what goes to the one striker when several duets have the motors."""

from appliance.answer.answering import StepAnswered
from appliance.asides import Asides
from appliance.drumming import Drumming
from appliance.happenings import AnswerBegan, AnswerEnded, AnswerMoved, AnswerOver, Silence, StrokesDue, StrokesOff
from appliance.notation.drum_track import DrumTrack
from appliance.notation.hit import Stroke
from appliance.notation.timeline import Grid, Timeline
from appliance.strike.groove import Groove

GRID = Grid(120.0)
STEP = GRID.step_seconds


class Orders:
    """A striker that writes down what it is told."""

    def __init__(self):
        self.told = []
        self.waiting = set()

    def begin(self, groove):
        self.told.append(groove)

    def rest(self):
        self.told.append("rest")

    def send(self, strokes, batch=0, until=None):
        self.told.append((tuple(stroke.time for stroke in strokes), until))
        self.waiting |= {stroke.time for stroke in strokes}

    def cancel(self, after):
        self.told.append(("cancel", after))
        self.waiting = {time for time in self.waiting if time < after}

    def panic(self):
        self.told.append("panic")
        self.waiting.clear()


def step(number, origin=0.0, muted=False):
    return StrokesDue(StepAnswered(number, (Stroke(origin + number * STEP, 36, 90),)), muted)


def began(origin=0.0):
    return AnswerBegan(0, 0.0, 16, Timeline(origin, GRID))


def told(*happenings):
    striker = Orders()
    drumming = Drumming(striker, 7)
    for now, duet, happening in happenings:
        drumming.tell(duet, happening, now)
    return striker, drumming


def test_an_answer_is_a_song_of_which_each_step_says_until_when_all_is_known():
    striker, drumming = told((0.0, "a", began()), (0.0, "a", step(0)), (0.0, "a", step(1)))
    assert striker.told == ["rest", Groove(0.0, STEP, 16), ((0.0,), 0.5 * STEP), ((STEP,), 1.5 * STEP)]
    assert drumming.sent == 2


def test_of_two_duets_all_is_known_up_to_the_one_that_is_least_far_ahead():
    striker, _ = told(
        (0.0, "a", began()),
        (0.0, "a", step(7)),
        (0.0, "b", began(1.0)),
        (0.0, "b", step(0, 1.0)),
        (0.0, "b", step(1, 1.0)),
    )
    assert [order[1] for order in striker.told if isinstance(order, tuple)] == [7.5 * STEP, 7.5 * STEP, 7.5 * STEP]
    assert sum(isinstance(order, Groove) for order in striker.told) == 1


def test_what_one_duet_takes_back_leaves_the_others_strokes():
    striker, _ = told(
        (0.0, "a", began()),
        (0.0, "b", began()),
        *((0.0, duet, step(number)) for duet in "ab" for number in range(8)),
        (2.2 * STEP, "a", StrokesOff(2.2 * STEP)),
    )
    assert striker.waiting == {number * STEP for number in range(8)}
    again = striker.told[-1][0]
    # What is nearer than a stick can meet is not sent a second time.
    assert again == tuple(number * STEP for number in range(3, 8))


def test_the_song_is_over_with_the_last_of_them():
    ended = AnswerEnded(DrumTrack((), 16), Timeline(0.0, GRID), 0.0, "")
    striker, _ = told((0.0, "a", began()), (0.0, "b", began()), (0.0, "a", ended))
    assert striker.told.count("rest") == 1  # the one before the song
    striker, _ = told((0.0, "a", began()), (0.0, "b", began()), (0.0, "a", ended), (0.0, "b", AnswerOver(2.0)))
    assert striker.told.count("rest") == 2


def test_a_loop_does_not_rest_between_its_rounds():
    looped = AnswerEnded(DrumTrack((), 16), Timeline(0.0, GRID), 0.0, "", loops=True)
    striker, _ = told((0.0, "a", began()), (0.0, "a", step(15)), (0.0, "a", looped), (0.0, "a", step(16)))
    assert striker.told.count("rest") == 1


def test_an_answer_that_moved_has_its_bars_elsewhere():
    moved = Timeline(0.01, GRID)
    striker, _ = told((0.0, "a", began()), (0.0, "a", step(0)), (0.0, "a", AnswerMoved(moved)))
    assert striker.told[-2:] == ["rest", Groove(0.01, STEP, 16)]


def test_what_is_muted_does_not_go_out():
    striker, drumming = told((0.0, "a", began()), (0.0, "a", step(0, muted=True)))
    assert striker.waiting == set()
    assert drumming.sent == 0


def test_nobody_waits_for_a_duet_that_is_muted():
    striker, _ = told(
        (0.0, "a", began()),
        (0.0, "b", began()),
        (0.0, "b", step(0, muted=True)),
        (0.0, "a", step(0)),
        (0.0, "b", step(1, muted=True)),
        (0.0, "a", step(1)),
    )
    assert [order[1] for order in striker.told if isinstance(order, tuple)] == [0.5 * STEP, 1.5 * STEP]


def test_a_silence_forgets_every_song():
    striker, _ = told((0.0, "a", began()), (0.0, "a", step(3)), (0.1, "", Silence(0.1)), (0.2, "a", StrokesOff(0.2)))
    assert striker.told[-2:] == ["panic", ("cancel", 0.2)]


def test_a_stroke_that_is_near_is_not_lost_by_what_another_duet_takes_back():
    now = 2.95 * STEP  # a stick that is quicker than the slowest has not begun
    striker, _ = told(
        (0.0, "a", began()),
        (0.0, "b", began()),
        *((0.0, duet, step(number)) for duet in "ab" for number in range(8)),
        (now, "a", StrokesOff(now)),
    )
    assert 3 * STEP in striker.waiting


def test_a_click_and_a_hit_that_goes_thru_are_beaten_whatever_is_taken_back():
    striker = Orders()
    asides = Asides(striker)
    drumming = Drumming(striker, 7, asides)
    drumming.tell("a", began(), 0.0)
    asides.send(Stroke(0.30, 76, 90), 0, 0.20)
    asides.send(Stroke(0.25, 38, 90), 7, 0.21)
    drumming.tell("a", StrokesOff(0.22), 0.22)
    assert striker.waiting == {0.25, 0.30}
    assert asides.sent == {0: 2, 7: 2}
    drumming.tell("", Silence(0.23), 0.23)
    drumming.tell("a", StrokesOff(0.24), 0.24)
    assert striker.waiting == set()
