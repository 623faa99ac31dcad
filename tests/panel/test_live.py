"""Pages that are open: what they are told, what they ask, and what they cannot do."""

import asyncio
import contextlib
import time
from itertools import pairwise

import pytest
from tornado.httpclient import HTTPClientError

from appliance.panel.telling import EVERY
from tests.panel.box import Browser, live


def play(browser, act, **headers):
    async def run():
        page = await browser.page(**headers)
        await page.hear()
        await page.until(lambda one: one.state["duets"] and one.state["player"]["here"])
        return await act(page)

    return live(run)


def first(page, mark, /, **more):
    return next((m for m in page.marks if m["e"] == mark and all(m[k] == v for k, v in more.items())), None)


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Cookie": ""}, {"Host": "evil.example"}]
)
def test_nobody_else_opens_one(browser, headers):
    with pytest.raises(HTTPClientError) as refused:
        play(browser, None, **headers)
    assert refused.value.code in (400, 401, 403)


def test_the_first_frame_is_everything(browser):
    async def look(page):
        return page.state

    state = play(browser, look)
    assert set(state["duets"]) == {"a", "b"}
    assert state["duets"]["a"]["inputs"] == ["pad", "panel"]
    assert state["duets"]["b"]["outputs"] == []
    assert state["sources"] == ["pad", "panel"]
    assert state["scenes"] == ["ballad", "finale"]
    assert state["controls"]["temperature"]["high"] == 10
    assert state["tempo"]["qpm"] == 120
    assert len(state["drums"]) == 9
    assert state["striker"]["here"]
    assert state["lamp"]["shown"]


def test_a_click_is_a_hit_with_its_instant_and_is_answered(browser):
    async def call(page):
        page.say(t="time", client=1.5)
        clock = await page.until(lambda one: next((m for m in one.answers if m["t"] == "time"), None))
        assert clock["client"] == 1.5
        for number, key in enumerate((36, 38, 42, 38)):
            page.say(t="hit", key=key, velocity=90 + number, id=number)
            await asyncio.sleep(0.2)
        await page.until(lambda one: first(one, "stroke"))
        await page.until(lambda one: first(one, "struck"))
        page.say(t="panic", id=99)
        await page.answer(99)
        await page.until(lambda one: one.state["duets"]["a"]["turn"] == "idle")
        return clock, page

    clock, page = play(browser, call)
    hits = [mark for mark in page.marks if mark["e"] == "hit" and mark["time"] > clock["server"]]
    assert [(hit["key"], hit["velocity"]) for hit in hits[:4]] == [(36, 90), (38, 91), (42, 92), (38, 93)]
    assert 0 < hits[0]["time"] - clock["server"] < 1
    answer = first(page, "answer")
    stroke = first(page, "stroke", answer=answer["answer"])
    assert stroke["time"] >= answer["origin"] - 1e-6
    assert first(page, "silence")


def test_two_pages_turn_the_same_knobs_and_see_the_same(browser):
    async def both():
        left, right = await browser.page(), await browser.page()
        await left.until(lambda one: one.state.get("duets"))
        await right.until(lambda one: one.state.get("duets"))
        left.say(t="turn", id=1, control="temperature", value=0.5)
        await right.until(lambda one: one.state["duets"]["b"]["values"]["temperature"] == 0.5)
        right.say(t="turn", id=2, control="temperature", value=1.25, duet="a")
        await left.until(lambda one: one.state["duets"]["a"]["values"]["temperature"] == 1.25)
        assert left.state["duets"]["b"]["values"]["temperature"] == 0.5
        right.say(t="turn", id=3, control="scene", value=1)
        await left.until(lambda one: one.state["scene"] == "finale")
        await left.until(lambda one: one.state["duets"]["b"]["values"]["temperature"] == 1.5)
        left.say(t="turn", control="tempo", value=96)
        await right.until(lambda one: one.state["tempo"]["qpm"] == 96)
        # A page that comes now is told what the others have been.
        late = await browser.page()
        await late.until(lambda one: one.state.get("duets"))
        assert late.state["duets"] == left.state["duets"] == right.state["duets"]
        assert late.state["tempo"] == right.state["tempo"]

    live(both)


@pytest.mark.parametrize(
    "words",
    [
        {"t": "turn", "control": "temperature", "value": 11},
        {"t": "turn", "control": "temperature", "value": None},
        {"t": "turn", "control": "temperature", "value": "hot"},
        {"t": "turn", "control": "mode", "value": "sing"},
        {"t": "turn", "control": "loop", "value": 1},
        {"t": "turn", "control": "loud", "value": 1},
        {"t": "turn", "control": "mutate", "value": 1},
        {"t": "turn", "control": "loop", "value": True, "duet": "nobody"},
        {"t": "hit", "key": 128, "velocity": 1},
        {"t": "hit", "key": 38, "velocity": 0},
        {"t": "hit", "key": 38.5, "velocity": 9},
        {"t": "midi", "message": []},
        {"t": "midi", "message": [153, 38, 300]},
        {"t": "learn", "control": "loud"},
        {"t": "learn_pads", "pad": "../../etc"},
        {"t": "learn_pads", "pad": "pad", "drums": ["gong"]},
        {"t": "route", "duet": "a"},
        {"t": "shell", "command": "id"},
        {"t": "turn", "control": "loop", "value": True, "__proto__": {}},
        {},
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_changes(browser, words):
    async def ask(page):
        before = page.state["duets"]
        page.say(id=5, **words)
        answer = await page.answer(5)
        page.say(t="time", client=0)
        await page.until(lambda one: any(m["t"] == "time" for m in one.answers))
        assert page.state["duets"] == before
        return answer

    answer = play(browser, ask)
    assert answer["t"] == "refused"
    assert len(answer["text"]) > 10
    assert "Traceback" not in answer["text"]


def test_garbage_is_refused_and_the_page_stays_open(browser):
    async def ask(page):
        for text in ("", "{", "[]", "null", "[" * 3000, '{"t":"hit","key":' + "9" * 3000 + "}", "\0"):
            page.connection.write_message(text)
        page.connection.write_message(b"\xff\xfe", binary=True)
        page.say(t="hit", key=36, velocity=1, id=77)
        assert (await page.answer(77))["t"] == "ok"
        page.say(t="panic", id=78)
        await page.answer(78)

    play(browser, ask)


def test_a_model_that_there_is_not_is_refused_by_the_player(browser):
    async def ask(page):
        page.say(t="turn", control="model", value="nothing_rnn", duet="a")
        mark = await page.until(lambda one: first(one, "said", kind="refused"))
        await page.until(lambda one: one.state["duets"]["a"]["values"]["model"] == "drum_kit_rnn")
        return mark

    assert "nothing_rnn" in play(browser, ask)["text"]


def test_lines_are_drawn_while_it_plays(browser):
    async def draw(page):
        page.say(t="route", id=1, duet="b", inputs=["panel"], outputs=["motors"])
        await page.until(lambda one: one.state["duets"]["b"]["inputs"] == ["panel"])
        page.say(t="hit", key=36, velocity=100)
        await page.until(lambda one: first(one, "hit", duet="b"))
        page.say(t="route", id=2, duet="b", inputs=["b"], outputs=["motors"])
        refused = await page.until(lambda one: first(one, "said", kind="refused"))
        page.say(t="route", id=3, duet="b", inputs=["a"], outputs=[])
        await page.until(lambda one: one.state["duets"]["b"]["outputs"] == [])
        page.say(t="panic", id=4)
        await page.answer(4)
        return refused

    assert "does not hear itself" in play(browser, draw)["text"]


def test_a_duet_comes_plays_is_kept_and_goes(box, browser):
    async def band(page):
        page.say(t="join", id=1, duet="c", inputs=["panel"], outputs=["motors"])
        await page.until(lambda one: "c" in one.state["duets"])
        assert page.state["duets"]["c"]["values"]["model"] == "drum_kit_rnn"
        page.say(t="hit", key=36, velocity=100)
        await page.until(lambda one: first(one, "answer", duet="c"))
        page.say(t="keep_routes", id=2)
        assert (await page.answer(2))["t"] == "ok"
        kept = box.settings.read_text()
        page.say(t="part", id=3, duet="a")
        refused = await page.until(lambda one: first(one, "said", kind="refused"))
        page.say(t="part", id=4, duet="c")
        await page.until(lambda one: "c" not in one.state["duets"])
        page.say(t="keep_routes", id=5)
        assert (await page.answer(5))["t"] == "ok"
        page.say(t="panic", id=6)
        await page.answer(6)
        return kept, refused

    kept, refused = play(browser, band)
    assert "[duets.c]" in kept
    assert "b hears a alone" in refused["text"]
    assert "duets.c" not in box.settings.read_text()
    assert "[duets.a]" in box.settings.read_text()


def test_a_knob_is_learnt_and_kept(box, browser):
    async def learn(page):
        page.say(t="learn", id=1, control="density")
        await page.until(lambda one: one.state["learning"])
        page.say(t="midi", message=[0xB0, 74, 10])
        page.say(t="midi", message=[0xB0, 74, 127])
        bound = await page.until(lambda one: first(one, "bound"))
        page.say(t="midi", message=[0xB0, 74, 0])
        await page.until(lambda one: one.state["duets"]["a"]["values"]["density"] == -1)
        page.say(t="keep_bindings", id=2)
        return bound, await page.answer(2)

    bound, kept = play(browser, learn)
    assert (bound["control"], bound["by"], bound["port"]) == ("density", "cc 74", "panel")
    assert kept["t"] == "ok", kept
    text = box.settings.read_text()
    assert 'by = "cc 74"' in text
    # What was bound before stays as it was, to the last word.
    for words in ("curve = 2.0", "range = [0.5, 1.5]", 'press = "hold"', "channel = 3"):
        assert words in text
    assert "[duets.a]" in text


def test_the_keys_of_a_pad_are_learnt_from_its_hits(browser):
    async def learn(page):
        page.say(t="learn_pads", id=1, pad="pad", drums=["snare"])
        answer = await page.answer(1)
        page.say(t="learn_pads", id=2, pad=None)
        await page.answer(2)
        return answer

    # This machine has no MIDI input, so there is no such pad to be heard.
    assert play(browser, learn)["t"] == "refused"


def test_at_most_thirty_differences_a_second(browser):
    async def sweep(page):
        times = []

        async def listen():
            while (frame := await page.hear()) is not None:
                if frame["t"] == "diff":
                    times.append(frame["now"])

        # In a task of its own: a read that is given up half way may take its frame along.
        listening = asyncio.create_task(listen())
        end = time.monotonic() + 2
        while time.monotonic() < end:
            page.say(t="turn", control="density", value=round(time.monotonic() % 1, 3))
            await asyncio.sleep(0.004)
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening
        page.say(t="turn", control="density", value=0)
        return times

    times = play(browser, sweep)
    assert len(times) > 10
    assert all(later - earlier >= EVERY * 0.99 for earlier, later in pairwise(times))


def test_a_flood_is_not_heard_and_in_the_end_is_closed(browser):
    async def flood():
        page, other = await browser.page(), await browser.page()
        await page.until(lambda one: one.state.get("duets"))
        await other.until(lambda one: one.state.get("duets"))
        for _ in range(5000):
            page.say(t="turn", control="density", value=0.1)
        while await page.hear() is not None:
            pass
        assert page.connection.close_code == 4429
        other.say(t="turn", id=1, control="density", value=0)
        assert (await other.answer(1))["t"] == "ok"

    live(flood)


def test_a_frame_that_is_too_long_is_not_read(browser):
    async def long():
        page = await browser.page()
        await page.hear()
        page.connection.write_message("x" * 5000)
        while await page.hear() is not None:
            pass

    live(long)


def test_a_page_whose_session_ends_is_closed(box):
    async def end():
        visitor = Browser(box)
        visitor.csrf = visitor.ask("POST", "/api/login", {"password": box.password}).json["csrf"]
        page = await visitor.page()
        await page.hear()
        assert visitor.ask("POST", "/api/logout", {}).status == 204
        page.say(t="hit", key=36, velocity=100)
        while await page.hear() is not None:
            pass
        assert page.connection.close_code == 4401

    live(end)


def test_there_is_an_end_to_the_pages(browser):
    async def crowd():
        pages = [await browser.page() for _ in range(33)]
        for page in pages[:32]:
            assert (await page.hear())["t"] == "snapshot"
        assert await pages[32].hear() is None
        assert pages[32].connection.close_code == 4503

    live(crowd)
