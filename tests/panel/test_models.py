"""Models that are brought, taken away and held beside one another, also by somebody who means ill."""

import contextlib
import hashlib
import io
import socket
import struct
import zipfile

import msgspec
import pytest

from appliance.drivers.model_file import CARD
from appliance.shipped import MODELS, shipped
from tests.panel.box import Browser, live

DRUM_KIT = shipped(MODELS) / "drum_kit_rnn.tflite"
SCRIPT = "<script>fetch('/api/logout')</script><img src=x onerror=alert(1)>"


def recarded(**changed):
    """The shipped model with another card."""
    content = DRUM_KIT.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        card = msgspec.json.decode(archive.read(CARD))
    flatbuffer = content[: card["tflite"]["bytes"]]
    packed = io.BytesIO()
    packed.write(flatbuffer)
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr(CARD, msgspec.json.encode(card | changed))
    return packed.getvalue()


def bring(browser, name, content):
    return browser.ask("PUT", f"/api/models/{name}", content, {"Content-Type": "application/octet-stream"}, raw=True)


def cards(browser):
    return {card["id"]: card for card in browser.ask("GET", "/api/models").json["models"]}


def test_the_shipped_ones_have_cards(browser):
    found = cards(browser)
    assert {"drum_kit_rnn", "one_drum_rnn", "soprano_rnn"} <= set(found)
    card = found["drum_kit_rnn"]
    assert card["shipped"]
    assert card["loaded"]
    assert set(card["used_by"]) == {"a", "b"}
    assert card["layer_sizes"] == [384, 384]
    assert card["fault"] == ""


def test_one_that_stands_behind_answers_is_shown_as_that(browser):
    card = cards(browser)["groovae_2bar_humanize"]
    assert card["fault"] == ""
    assert card["family"] == "music_vae"
    assert card["answers"] is False
    assert cards(browser)["drum_kit_rnn"]["answers"] is True


def test_one_that_is_brought_is_checked_played_and_taken_away(box, browser):
    answer = bring(browser, "mine", recarded(name=SCRIPT, description=SCRIPT))
    assert answer.status == 201, answer.body
    card = answer.json
    # Its words are what they are: a page shows them as text, and the answer can be nothing but JSON.
    assert card["name"] == SCRIPT
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert card["check"]["steps"] == 32
    assert card["check"]["log_likelihood"] < 0
    assert cards(browser)["mine"]["shipped"] is False

    async def play():
        page = await browser.page()
        await page.until(lambda one: "mine" in one.state.get("duets", {}).get("a", {}).get("models", ()))
        page.say(t="turn", id=1, control="model", value="mine", duet="a")
        await page.until(lambda one: one.state["duets"]["a"]["values"]["model"] == "mine")
        assert browser.ask("DELETE", "/api/models/mine").error == (409, "model_in_use")
        page.say(t="turn", id=2, control="model", value="drum_kit_rnn", duet="a")
        await page.until(lambda one: one.state["duets"]["a"]["values"]["model"] == "drum_kit_rnn")

    live(play)
    assert browser.ask("DELETE", "/api/models/mine").status == 204
    assert browser.ask("DELETE", "/api/models/mine").error == (404, "not_found")
    assert "mine" not in cards(browser)
    assert list((box.folder / "panel" / "models").iterdir()) == []


def a_script():
    return b"#!/bin/sh\nid\n"


def torn():
    return DRUM_KIT.read_bytes()[:-5000]


def not_its_hash():
    content = bytearray(DRUM_KIT.read_bytes())
    content[100_000] ^= 1
    return bytes(content)


def a_bomb():
    """An archive whose card unpacks to half a gigabyte."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(CARD, "w") as card:
        for _ in range(512):
            card.write(b" " * (1 << 20))
    return packed.getvalue()


def a_broken_graph():
    flatbuffer = struct.pack("<I4s", 0x7FFFFFFF, b"TFL3") + b"\xff" * 4000
    with zipfile.ZipFile(DRUM_KIT) as archive:
        card = msgspec.json.decode(archive.read(CARD))
    card["tflite"] = {"bytes": len(flatbuffer), "sha256": hashlib.sha256(flatbuffer).hexdigest()}
    packed = io.BytesIO()
    packed.write(flatbuffer)
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr(CARD, msgspec.json.encode(card))
    return packed.getvalue()


@pytest.mark.parametrize(
    "content",
    [bytes, lambda: b"#!/bin/sh\nid\n", torn, not_its_hash, a_bomb, a_broken_graph],
    ids=lambda one: one.__name__,
)
def test_what_is_no_model_is_refused_in_a_sentence_and_leaves_nothing(box, browser, content):
    answer = bring(browser, "evil", content())
    assert answer.error == (400, "model_refused")
    assert str(box.folder) not in answer.json["text"]
    assert ".draft" not in answer.json["text"]
    assert "Traceback" not in answer.json["text"]
    assert list((box.folder / "panel" / "models").iterdir()) == []
    assert browser.ask("GET", "/api/session").status == 200


def test_the_boxs_own_are_not_replaced_or_deleted(browser):
    assert bring(browser, "drum_kit_rnn", b"x").error == (403, "shipped_model")
    assert browser.ask("DELETE", "/api/models/drum_kit_rnn").error == (403, "shipped_model")
    assert bring(browser, "%2e%2e%2fevil", b"x").status == 404
    assert bring(browser, "x" * 65, b"x").status == 404


def test_what_is_too_large_is_not_taken(box, browser):
    head = (
        f"PUT /api/models/big HTTP/1.1\r\nHost: {box.host}\r\nCookie: {browser.cookie}\r\n"
        f"X-Ghostnote-CSRF: {browser.csrf}\r\n"
    )
    for length in ("Content-Length: 99000000", "Content-Length: 17000000"):
        name, port = box.host.split(":")
        with socket.create_connection((name, int(port)), 10) as connection:
            connection.sendall(f"{head}{length}\r\n\r\n".encode())
            assert b" 413 " in connection.recv(200)
    # One that does not say how long it is.
    with socket.create_connection((name, int(port)), 10) as connection:
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        with contextlib.suppress(ConnectionError):
            for _ in range(40):
                connection.sendall(b"80000\r\n" + b"x" * 0x80000 + b"\r\n")
            while connection.recv(1000):
                pass
    assert list((box.folder / "panel" / "models").iterdir()) == []


def test_models_answer_the_same_call_beside_one_another(browser):
    asked = {"models": ["drum_kit_rnn", "one_drum_rnn"], "call": "rock"}
    found = browser.ask("POST", "/api/models/compare", asked).json
    assert found["call"]["steps"] == 32
    assert [answer["model"] for answer in found["answers"]] == asked["models"]
    for answer in found["answers"]:
        assert answer["phrase"]["notes"]
        assert answer["log_likelihood"] < 0
        assert answer["ms_per_step"] > 0


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"models": ["drum_kit_rnn"], "call": "rock"}, 400),
        ({"models": ["drum_kit_rnn"] * 5, "call": "rock"}, 400),
        ({"models": ["drum_kit_rnn", "../../etc/passwd"], "call": "rock"}, 404),
        ({"models": ["drum_kit_rnn", "one_drum_rnn"], "call": "../../../etc/passwd"}, 404),
        ({"models": ["drum_kit_rnn", "one_drum_rnn"], "call": {"evening": 999, "number": 1}}, 404),
        ({"models": ["drum_kit_rnn", "one_drum_rnn"]}, 400),
    ],
)
def test_what_cannot_be_compared_is_refused(browser, asked, status):
    assert browser.ask("POST", "/api/models/compare", asked).status == status


def test_a_bundled_call_can_be_had(browser):
    assert "rock" in browser.ask("GET", "/api/stories").json["stories"]
    story = browser.ask("GET", "/api/stories/rock").json
    assert (story["meter"], story["steps_per_bar"]) == ("4/4", 16)
    assert [0, 36, 123] in story["notes"]
    assert browser.ask("GET", "/api/stories/polka").error == (404, "not_found")


def test_nobody_without_the_words_brings_one(box, browser):
    assert bring(Browser(box, browser.cookie), "evil", b"x").error == (403, "csrf")
