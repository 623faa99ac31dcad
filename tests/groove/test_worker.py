"""The worker loads groove models with the seat that has them, one at a time, and goes on without one that it cannot."""

from appliance.answer.groove_settings import GrooveSettings
from appliance.answer.way import Way
from appliance.answer.wire import GrooveLoaded, Loaded, Loading, Refused, Seat
from appliance.answer.workbench import Workbench
from appliance.drivers.model_shelf import ModelShelf
from appliance.groove.groove_answerer import GrooveAnswerer
from appliance.notation.timeline import Meter
from tests.groove.grooves import TINY, tiny
from tests.groove.test_answers import answerer


def test_groove_models_are_announced_loaded_and_refused_before_the_duet_is_seated():
    tiny("tap")  # left out where there is no interpreter
    seated = []
    shelf = ModelShelf()

    def engage(seat: Seat) -> GrooveAnswerer:
        seated.append(shelf.grooves(seat.grooves))
        return answerer(seated[-1])

    workbench = Workbench(shelf, engage)
    grooves = GrooveSettings(str(TINY["humanize"]), "no_such_model", "", str(TINY["humanize"]))
    workbench.receive(Seat(0, "one_drum_rnn", 1, Meter(), grooves))
    reports = []
    for _ in range(20):
        reports += workbench.work() if workbench.busy() else []
    expected = [Loading, GrooveLoaded, Loading, Refused, Loading, Loaded]
    assert [type(report) for report in reports] == expected
    assert seated[0].humaniser is seated[0].space is not None
    assert seated[0].tap is None


def test_a_way_says_which_model_it_lacks():
    assert GrooveSettings().lacks(Way.TAP) == "tap"
    assert GrooveSettings().lacks(Way.CONTINUE) == ""
    assert GrooveSettings(tap="t").lacks(Way.HI_HAT) == ""
    assert GrooveSettings(space="s").lacks(Way.ENDLESS) == ""


def test_a_way_without_its_model_is_refused_with_what_to_do():
    assert GrooveSettings(tap="t").refusal(Way.HI_HAT) == ""
    assert GrooveSettings().refusal(Way.TAP) == "tap needs a groove model: name one as groove.tap in the settings"
    said = GrooveSettings(humaniser="h").refusal(Way.HI_HAT)
    assert "none is shipped that learnt to add hi-hats" in said
    assert "groovae_2bar_add_closed_hh (docs/vae.md)" in said
