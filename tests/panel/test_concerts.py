"""Evenings that are kept: shown, taken along, repeated, and their answers kept."""

import asyncio
import io
import zipfile

import mido
import pytest

from tests.panel.box import Box, Browser, live


@pytest.fixture(scope="module")
def evening(tmp_path_factory):
    """A box on which one call was answered."""
    box = Box(tmp_path_factory.mktemp("evening"))
    box.start("striker", "player", "panel")
    browser = Browser.invited(box)

    async def play():
        page = await browser.page()
        await page.until(lambda one: one.state.get("duets") and one.state["player"]["here"])
        for key in (36, 38, 42, 38):
            page.say(t="hit", key=key, velocity=100)
            await asyncio.sleep(0.25)
        await page.until(lambda one: one.state["duets"]["a"]["likelihoods"])
        page.say(t="turn", id=1, control="keep", duet="a")
        await page.until(lambda one: any(mark["e"] == "kept" for mark in one.marks))
        await page.until(lambda one: one.state["duets"]["a"]["turn"] == "idle")

    live(play)
    box.end("player")
    yield box, browser
    box.close()


def test_it_is_shown(evening):
    _, browser = evening
    found = browser.ask("GET", "/api/concerts").json
    assert found["folder"]
    (concert,) = found["concerts"]
    assert (concert["evening"], concert["running"], concert["models"]) == (1, False, ["drum_kit_rnn"])
    assert concert["answers"] >= 1
    assert concert["seconds"] > 1
    assert concert["wall"].startswith("20")


def test_its_phrases_can_be_played_again(evening):
    _, browser = evening
    phrases = browser.ask("GET", "/api/concerts/1").json["phrases"]
    call = next(one for one in phrases if one["kind"] == "call")
    answer = next(one for one in phrases if one["kind"] == "answer" and one["number"] == call["number"])
    assert call["notes"][0][1:] == [36, 100]
    assert len(call["hits"]) == 4
    assert answer["log_likelihood"] < 0
    assert answer["steps"] == 16


def test_it_can_be_taken_along_as_midi(evening):
    _, browser = evening
    packed = browser.ask("GET", "/api/concerts/1/midi")
    assert packed.headers["Content-Disposition"] == 'attachment; filename="ghostnote_000001.zip"'
    with zipfile.ZipFile(io.BytesIO(packed.body)) as archive:
        assert "0001_a_call.mid" in archive.namelist()
    one = browser.ask("GET", "/api/concerts/1/phrases/1/call")
    assert one.headers["Content-Type"] == "audio/midi"
    notes = [m for m in mido.MidiFile(file=io.BytesIO(one.body)) if m.type == "note_on"]
    assert [note.note for note in notes] == [36, 38, 42, 38]


def test_it_can_be_repeated_and_is_the_same(evening):
    _, browser = evening
    found = browser.ask("POST", "/api/concerts/1/replay", {}).json
    assert found["same"] is True, found
    assert "every one the same" in found["text"]


def test_answers_are_kept_given_and_forgotten(evening):
    box, browser = evening
    assert (box.folder / "favourites" / "000001.mid").exists()
    number = browser.ask("POST", "/api/concerts/1/phrases/1/keep", {}).json["favourite"]
    assert number == 2
    favourites = browser.ask("GET", "/api/favourites").json["favourites"]
    assert [one["number"] for one in favourites] == [1, 2]
    assert browser.ask("GET", "/api/favourites/2").body.startswith(b"MThd")
    assert browser.ask("DELETE", "/api/favourites/2").status == 204
    assert browser.ask("GET", "/api/favourites/2").error == (404, "not_found")


@pytest.mark.parametrize("path", ["9", "0", "999999999", "9/midi", "1/phrases/99/call", "1/phrases/1/song"])
def test_what_is_not_kept_is_not_there(evening, path):
    _, browser = evening
    assert browser.ask("GET", f"/api/concerts/{path}").status == 404
