"""The panel's end, and a flood at its door, cost the music nothing."""

import asyncio
import signal

import pytest

from tests.panel.box import LIMIT, Box, Browser, live


@pytest.fixture
def own(tmp_path):
    box = Box(tmp_path)
    box.start("striker", "player", "panel")
    yield box
    box.close()


async def call(page):
    """A bar that is to be answered."""
    for key in (36, 38, 36, 38):
        page.say(t="hit", key=key, velocity=100)
        await asyncio.sleep(0.25)
    await page.until(lambda one: one.state["duets"]["a"]["turn"] == "answering")


def test_an_answer_goes_on_when_the_panel_is_killed_in_it(own):
    async def play():
        page = await Browser.invited(own).page()
        await page.until(lambda one: one.state.get("duets") and one.state["player"]["here"])
        page.say(t="turn", id=1, control="answer_bars", value=8, duet="a")
        await page.answer(1)
        await call(page)
        own.processes["panel"].send_signal(signal.SIGKILL)
        own.processes["panel"].wait(LIMIT)

    live(play)
    panel = own.processes.pop("panel")
    panel.stdin.close()
    panel.stdout.close()
    assert own.processes["player"].poll() is None
    assert own.processes["striker"].poll() is None
    own.start("panel")

    async def look():
        page = await Browser.invited(own).page()
        await page.until(lambda one: one.state.get("duets") and one.state["player"]["here"])
        # The one that comes in the middle knows whose turn it is, and where the knobs were left.
        assert page.state["duets"]["a"]["turn"] == "answering"
        assert page.state["duets"]["a"]["values"]["answer_bars"] == 8
        await page.until(lambda one: sum(mark["e"] == "struck" for mark in one.marks) > 3)
        # On a machine that is busy with tests a stroke may be late; nothing is cut off.
        assert set(page.state["lateness"]["left_out"]) <= {"late"}

    live(look)


def test_a_player_that_goes_is_said_and_one_that_comes_is_found(own):
    async def watch():
        page = await Browser.invited(own).page()
        await page.until(lambda one: one.state.get("duets") and one.state["player"]["here"])
        await asyncio.get_running_loop().run_in_executor(None, own.end, "player")
        await page.until(lambda one: not one.state["player"]["here"])
        page.say(t="hit", id=1, key=36, velocity=100)
        refused = await page.answer(1)
        assert (refused["t"], refused["error"]) == ("refused", "player_away")
        page.say(t="panic", id=2)
        assert (await page.answer(2))["t"] == "ok"
        await asyncio.get_running_loop().run_in_executor(None, own.start, "player")
        await page.until(lambda one: one.state["player"]["here"])
        page.say(t="hit", id=3, key=36, velocity=100)
        assert (await page.answer(3))["t"] == "ok"

    live(watch)


def test_the_music_goes_on_in_a_flood(own):
    async def flood():
        page = await Browser.invited(own).page()
        other = await page_of(own, page)
        await page.until(lambda one: one.state.get("duets") and one.state["player"]["here"])
        page.say(t="turn", id=1, control="answer_bars", value=8, duet="a")
        await page.answer(1)
        await call(page)
        for number in range(3000):
            other.say(t="turn", control="metronome", value=bool(number % 2))
            if number % 100 == 0:
                await asyncio.sleep(0.01)
        await page.until(lambda one: one.state["lateness"]["strokes"] > 8)
        assert page.state["duets"]["a"]["turn"] == "answering"
        assert set(page.state["lateness"]["left_out"]) <= {"late"}

    live(flood)


async def page_of(own, page):
    browser = Browser(own)
    browser.csrf = browser.ask("POST", "/api/login", {"password": own.password}).json["csrf"]
    return await browser.page()
