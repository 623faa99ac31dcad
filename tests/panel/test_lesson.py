"""The full round of learning from the page: the drums of a pad are hit in turn, and the keys are written down."""

import asyncio
import socket
import threading
import time

import pytest

from appliance.controls.wire import VERSION, Welcome
from appliance.inputs import Received
from appliance.pad.presence import PortFound
from appliance.views.journal import Entry, line
from tests.panel.box import Box, Browser, live
from tests.panel.test_live import first

SNARE, KICK, HAT = 98, 97, 99  # the keys of this pad; none of them is General MIDI's for its drum


class Player:
    """Says what a player says of a pad that is plugged in, and of what is hit on it; it hears nobody."""

    def __init__(self, path):
        self.door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.door.bind(str(path))
        self.door.listen()
        self.caller = None
        self.thread = threading.Thread(target=self._open, daemon=True)
        self.thread.start()

    def _open(self):
        self.caller, _ = self.door.accept()
        self.caller.send(b'{"type":"welcome","version":%d,"pid":%d}' % (VERSION, Welcome(VERSION, 1).pid))
        self.say(PortFound(time.monotonic(), "pad", "PD-8 MIDI 1"))

    def say(self, event):
        now = time.monotonic()
        self.caller.send(line(Entry(now, now, event)))

    def hit(self, key, velocity=90):
        self.say(Received("pad", time.monotonic(), bytes([0x99, key, velocity])))

    def close(self):
        self.thread.join(10)
        self.caller.close()
        self.door.close()


@pytest.fixture
def taught(tmp_path):
    box = Box(tmp_path)
    player = Player(tmp_path / "control.sock")
    box.start("panel")
    yield box, player
    box.close()
    player.close()


async def asked(page, drum, left):
    place = {"pad": "pad", "drum": drum, "left": left}
    await page.until(lambda one: one.state.get("lesson") == place)


async def hitting(page, player, key, true):
    """A stick that goes on hitting until something is so: it rests for a while behind each drum that is known."""
    for _ in range(200):
        if found := true(page):
            return found
        player.hit(key)
        page.say(t="time", client=0)
        assert await page.hear()
        await asyncio.sleep(0.02)
    raise AssertionError(page.marks[-3:])


def test_each_drum_is_asked_for_hit_and_written(taught):
    box, player = taught

    async def learn():
        page = await Browser.invited(box).page()
        await page.until(lambda one: one.state.get("pads", {}).get("pad", {}).get("port"))
        page.say(t="learn_pads", id=1, pad="pad", drums=["snare", "kick", "ride", "closed_hi_hat"])
        assert (await page.answer(1))["t"] == "ok"
        await asked(page, "snare", 4)
        # What the stick shakes on its way is not meant: the hardest of all is.
        player.hit(KICK, velocity=9)
        player.hit(SNARE)
        await page.until(lambda one: first(one, "learnt", drum="snare", key=SNARE))
        await asked(page, "kick", 3)
        refused = await hitting(page, player, SNARE, lambda one: first(one, "said", kind="refused"))
        assert "is the snare already" in refused["text"]
        await asked(page, "kick", 3)
        await hitting(page, player, KICK, lambda one: first(one, "learnt", drum="kick", key=KICK))
        await asked(page, "ride", 2)
        page.say(t="skip_drum", id=2)
        assert (await page.answer(2))["t"] == "ok"
        await asked(page, "closed_hi_hat", 1)
        await hitting(page, player, HAT, lambda one: first(one, "learnt", drum="closed_hi_hat", key=HAT))
        told = await page.until(lambda one: first(one, "said", kind="news"))
        await page.until(lambda one: one.state.get("lesson") is None)
        return told

    assert "The keys of pad are written" in live(learn)["text"]
    text = box.settings.read_text()
    assert "[pad.keys]" in text
    for key, meant in ((SNARE, 38), (KICK, 36), (HAT, 42)):
        assert f"{key} = {meant}" in text
    assert "[duets.a]" in text


def test_a_round_that_is_left_writes_nothing(taught):
    box, player = taught

    async def leave():
        page = await Browser.invited(box).page()
        await page.until(lambda one: one.state.get("pads", {}).get("pad", {}).get("port"))
        page.say(t="learn_pads", id=1, pad="pad", drums=[])
        await page.answer(1)
        await asked(page, "kick", 9)
        player.hit(KICK)
        await page.until(lambda one: first(one, "learnt", drum="kick", key=KICK))
        page.say(t="learn_pads", id=2, pad=None)
        await page.answer(2)
        await page.until(lambda one: one.state.get("lesson") is None)

    live(leave)
    assert "keys" not in box.settings.read_text()
