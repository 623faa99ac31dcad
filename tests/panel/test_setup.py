"""Settings, drums, ports, the box's state and its logs."""

from concurrent.futures import ThreadPoolExecutor

import pytest


def test_settings_are_changed_in_the_owners_file_and_keep_the_rest(box, browser):
    answer = browser.ask("PATCH", "/api/settings", {"changes": {"tempo.qpm": 97, "call.silence_beats": 2}})
    assert answer.status == 200, answer.body
    assert answer.json["restart"] is True
    assert answer.json["tables"]["tempo"]["qpm"] == 97
    text = box.settings.read_text()
    assert "qpm = 97" in text
    assert "[scenes.ballad]" in text
    assert browser.ask("PATCH", "/api/settings", {"changes": {"tempo.qpm": None}}).status == 200
    assert "qpm" not in box.settings.read_text()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"tempo.qpm": -1},
        {"tempo.qpm": "fast"},
        {"tempo.qmp": 100},
        {"tempo": {"qpm": 100}},
        {"panel.host": "0.0.0.0"},
        {"journal.folder": "/etc"},
        {"favourites.folder": "/etc"},
        {"strike.max_on": 10},
        {"pins.enable": 4},
        {"answer.model": "/etc/passwd"},
        {"answer.model": "../../evil.tflite"},
        {"answer.models": ["drum_kit_rnn", "/tmp/evil.tflite"]},
        {"duets.a.controls": {"model": "/tmp/evil.tflite"}},
        {"duets.c.inputs": ["nobody"]},
        {"scenes.x.temperature": 99},
        {"tempo.qpm\n[panel]": 1},
        {"scenes.x.kit": {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}},
        {f"scenes.s{number}.tempo": 100 for number in range(65)},
    ],
)
def test_what_the_box_could_not_play_with_is_not_written(box, browser, changes):
    before = box.settings.read_text()
    answer = browser.ask("PATCH", "/api/settings", {"changes": changes})
    assert answer.error == (400, "settings_refused")
    assert len(answer.json["text"]) > 15
    assert str(box.folder) not in answer.json["text"]
    assert box.settings.read_text() == before


def test_two_who_change_something_at_once_both_do(box, browser):
    changes = [{"tempo.qpm": 101}, {"call.silence_beats": 3}, {"call.min_bars": 0}]
    with ThreadPoolExecutor() as hands:
        answers = list(hands.map(lambda one: browser.ask("PATCH", "/api/settings", {"changes": one}), changes))
    assert [answer.status for answer in answers] == [200] * 3
    tables = browser.ask("GET", "/api/settings").json["tables"]
    assert (tables["tempo"]["qpm"], tables["call"]["silence_beats"]) == (101, 3)


def test_the_kit_has_its_curves(browser):
    found = browser.ask("GET", "/api/drums").json
    assert [drum["drum"] for drum in found["drums"]][:2] == ["kick", "snare"]
    motor = found["motors"][0]
    assert (motor["name"], motor["number"], motor["calibrated"], motor["wired"]) == ("kick", 1, False, False)
    velocities, duties, leads, _ = zip(*motor["points"], strict=True)
    assert (velocities[0], velocities[-1]) == (1, 127)
    assert list(duties) == sorted(duties)
    assert list(leads) == sorted(leads, reverse=True)


def outcomes(motor):
    """Strokes that were struck, and those that a busy machine left out as late."""
    return motor["strokes"] + sum(motor["left_out"].values())


def test_a_drum_buzzes(browser):
    from tests.panel.box import live

    async def buzz():
        page = await browser.page()
        await page.until(lambda one: one.state.get("striker", {}).get("here"))
        page.say(t="panic", id=1)
        await page.answer(1)
        await page.until(lambda one: all(duet["turn"] == "idle" for duet in one.state["duets"].values()))
        before = outcomes(page.state["motors"]["low_tom"])
        answer = browser.ask("POST", "/api/drums/low_tom/buzz", {})
        assert (answer.status, answer.json) == (202, {"strokes": 10})
        await page.until(lambda one: outcomes(one.state["motors"]["low_tom"]) == before + 10)
        assert page.state["motors"]["low_tom"]["heat"] > 0

    live(buzz)
    assert browser.ask("POST", "/api/drums/gong/buzz", {}).error == (404, "not_found")


def test_the_state_of_the_box_and_where_it_is(browser):
    status = browser.ask("GET", "/api/status").json
    assert {finding["name"] for finding in status["findings"]} >= {"striker", "settings", "model"}
    network = browser.ask("GET", "/api/network").json
    assert network["loopback"] is True
    assert {"family": "IPv4", "address": "127.0.0.1"} in network["addresses"]
    assert browser.ask("GET", "/api/logs?unit=striker").json["unit"] == "striker"
    assert browser.ask("GET", "/api/logs?unit=../../etc").error == (400, "bad_request")
    ports = browser.ask("GET", "/api/ports")
    assert ports.status == 200 or ports.error == (503, "unavailable")
