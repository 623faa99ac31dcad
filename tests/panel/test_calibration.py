"""A calibration from the page: who hears, what is seen of it, and everything that ends it."""

import asyncio
from contextlib import closing

import pytest

from appliance.calibration.told import FindingsTold, PanicTold, SeriesTold, line, read_line
from appliance.clock import MonotonicClock
from appliance.drivers.imagined_ear import ImaginedEar
from appliance.drivers.panel_calibration import Calibration
from appliance.drivers.panel_http import Request
from appliance.drivers.panel_sticks import Sticks
from appliance.drivers.simulated_drum import sticks_of
from appliance.drivers.simulated_ear import EarFaults, SimulatedEar
from appliance.drivers.striker_link import StrikerLink
from appliance.errors import PanicPressed
from appliance.notation.drums import Drum
from appliance.panel.api import Calibrate
from appliance.panel.calibrating import Calibrating, State
from appliance.panel.facts import facts_of
from appliance.panel.stage import Stage
from appliance.settings import load_settings
from appliance.strike.kit import StrikeSettings
from appliance.strike.outcome import LeftOut, Struck, Tried
from tests.panel.box import Box, Browser, live

KIT = load_settings().room("strike", StrikeSettings)
SNARE = {"motor": "snare", "ear": "imagined"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    box = Box(tmp_path_factory.mktemp("demo"))
    box.start("striker", "player")
    box.start("panel", options=("--demo",))
    yield box
    box.close()


@pytest.fixture(scope="module")
def visitor(demo):
    return Browser.invited(demo)


def course(page):
    return page.state.get("calibration") or {}


async def begun(visitor):
    """A page that sees one run."""
    page = await visitor.page()
    await page.until(lambda one: one.state.get("striker", {}).get("here") and one.state.get("duets"))
    answer = visitor.ask("POST", "/api/calibration", SNARE)
    assert answer.status == 202, answer.body
    await page.until(lambda one: course(one).get("state") == "runs" and course(one)["dots"])
    return page


def test_what_is_heard_is_seen_while_it_runs_and_nobody_else_moves_a_stick(demo, visitor):
    async def look():
        page = await begun(visitor)
        await page.until(lambda one: any(lead for _, lead, _ in course(one)["dots"]))
        assert visitor.ask("POST", "/api/calibration", SNARE).error == (409, "busy")
        assert visitor.ask("POST", "/api/drums/kick/buzz", {}).error == (409, "busy")
        assert visitor.ask("DELETE", "/api/calibration").status == 204
        await page.until(lambda one: course(one)["state"] == "stopped")

    live(look)
    assert "[strike]" not in demo.settings.read_text()


def test_a_panic_ends_it_and_no_stick_moves_behind_it(visitor):
    async def press():
        page = await begun(visitor)
        page.say(t="panic", id=1)
        await page.answer(1)
        await page.until(lambda one: course(one)["state"] == "panic")
        # The sticks are free again at once.
        answer = visitor.ask("POST", "/api/drums/kick/buzz", {})
        assert answer.status == 202, answer.body
        page.say(t="panic", id=2)
        await page.answer(2)

    live(press)


def test_a_panic_that_the_page_does_not_press_ends_it_too(demo, visitor):
    async def press():
        page = await begun(visitor)
        with StrikerLink.connect(demo.folder / "striker.sock", 5.0) as link:
            link.panic()
        await page.until(lambda one: course(one)["state"] == "panic")

    live(press)


def test_who_plays_goes_first(visitor):
    async def play():
        page = await begun(visitor)
        page.say(t="hit", key=38, velocity=90)
        await page.until(lambda one: course(one)["state"] == "played")
        await page.until(lambda one: any(duet["turn"] != "idle" for duet in one.state["duets"].values()))
        assert visitor.ask("POST", "/api/calibration", SNARE).error == (409, "busy")
        page.say(t="panic", id=1)
        await page.answer(1)
        await page.until(lambda one: all(duet["turn"] == "idle" for duet in one.state["duets"].values()))

    live(play)


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"motor": "gong", "ear": "imagined"}, (404, "not_found")),
        ({"motor": "snare", "ear": "microphone"}, (404, "no_ear")),
        ({"motor": "--settings", "ear": "imagined"}, (404, "not_found")),
        ({"motor": "snare", "ear": "imagined", "delay": 9.0}, (400, "bad_request")),
        ({"motor": "snare"}, (400, "bad_request")),
    ],
)
def test_a_motor_or_an_ear_that_there_is_not_is_refused(visitor, body, refusal):
    assert visitor.ask("POST", "/api/calibration", body).error == refusal


def test_a_box_without_a_pad_has_no_ear(box, browser):
    assert browser.ask("GET", "/api/drums").json["ears"] == []
    assert browser.ask("POST", "/api/calibration", SNARE).error == (404, "no_ear")


def test_a_pad_of_the_box_is_the_ear_and_the_band_is_mute_meanwhile(box, tmp_path):
    """What the player writes down of a pad is what the process with the calibration hears."""
    clock = MonotonicClock()
    stage = Stage(facts_of(load_settings()), lambda tables: facts_of(load_settings()))
    duet = {"turn": "idle", "values": {"mute": False, "thru": True, "model": "drum_kit_rnn"}, "models": []}
    stage.put(pads={"pad": {"port": "a pad", "text": ""}}, duets={"a": duet}, striker={"here": True})
    asked, kept = [], []

    async def keep(motor):
        kept.append(motor)
        return True

    sticks = Sticks(box.folder / "striker.sock", clock, lambda: False, lambda: None)
    words = ["--striker", str(box.folder / "striker.sock")]
    calibration = Calibration(lambda: words, sticks, stage, clock, asked.append, keep, imagined=False)

    async def hear(link, ear):
        while not any(lead for _, lead, _ in stage.tree["calibration"]["dots"]):
            for reply in link.receive():
                if isinstance(reply, Tried):
                    ear.see(reply)
            for heard in ear.heard():
                calibration.receive("pad", heard.time, bytes([0x99, 38, max(1, int(heard.loudness))]))
            await asyncio.sleep(0.001)

    async def run():
        await calibration.begin(Request({}, Calibrate("snare", "pad"), {}, "", ""))
        await asyncio.sleep(0)
        ear = ImaginedEar(sticks_of(KIT, 1), SimulatedEar(EarFaults(0.0, 0.0), 1), clock)
        with closing(StrikerLink.connect(box.folder / "striker.sock", 5.0)) as link:
            await asyncio.wait_for(hear(link, ear), 30.0)
        calibration.receive("panel", clock.now(), bytes([0x99, 38, 90]))
        await calibration._task

    asyncio.run(run())
    quiet = [("mute", True, "a"), ("thru", False, "a")]
    aloud = [("mute", False, "a"), ("thru", True, "a")]
    assert [(turn.control.value, turn.value, turn.duet) for turn in asked] == quiet + aloud
    assert stage.tree["calibration"]["state"] == "played"
    heard = [lead for _, lead, _ in stage.tree["calibration"]["dots"] if lead]
    assert all(0.008 < lead < 0.15 for lead in heard)
    assert kept == []
    sticks.claim()  # they are free


def test_a_panic_between_a_click_and_its_strokes_leaves_none_of_them(box):
    """However long the striker takes to greet: the panic is the later word."""

    async def press():
        sticks = Sticks(box.folder / "striker.sock", MonotonicClock(), lambda: False, lambda: None)
        with closing(StrikerLink.connect(box.folder / "striker.sock", 5.0)) as link:
            buzz = asyncio.create_task(sticks.buzz(Drum.SNARE))
            await asyncio.sleep(0)  # it is asked for, and nobody has greeted yet
            sticks.panic()
            with pytest.raises(PanicPressed):
                await buzz
            await asyncio.sleep(0.1)
            assert not [reply for reply in link.receive() if isinstance(reply, Struck | LeftOut)]
        await sticks.buzz(Drum.SNARE)
        sticks.panic()

    asyncio.run(press())


def test_its_end_counts_once():
    one = Calibrating("snare", "pad", 1.0)
    one.hear([(0.5, 0.031234567, 60.0), (0.4, None, None)])
    assert one.tree["dots"] == [[0.5, 0.03123, 60.0], [0.4, None, None]]
    one.end(State.PANIC)
    one.end(State.STEADY, (), KIT.motors[0], kept=True)
    assert (one.state, one.tree["kept"]) == (State.PANIC, False)


def test_what_a_calibration_says_of_itself_is_read_again():
    said = [SeriesTold("snare", [(0.5, 0.03, 60.0), (0.4, None, None)]), PanicTold("snare")]
    said.append(FindingsTold("snare", ("it wavers",), 12, 9.5, KIT.motors[1]))
    assert [read_line(line(one)) for one in said] == said
