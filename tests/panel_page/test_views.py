"""Models, concerts, the drum and the setup: each does what its buttons say; nothing that the box says is markup."""

import time

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.panel_page.conftest import enter, show


def asked(box, method, path):
    return [body for a, b, body in box.asked if (a, b) == (method, path)]


def test_a_model_with_a_script_for_a_name_is_a_text(page):
    show(page, "models")
    page.until(lambda: "<script>globalThis.stolen" in page.text("main"), "the name as it is written")
    assert page.run("return globalThis.stolen") is None


def test_a_model_is_chosen_for_all_duets(page, box):
    show(page, "models")
    cards = page.until(lambda: page.all("article.card") if len(page.all("article.card")) == 3 else None, "three cards")
    cards[1].find_element(By.XPATH, ".//button[.='Play with it']").click()
    page.until(lambda: box.state["duets"]["right"]["values"]["model"] == "one_drum_rnn", "the model")


def test_a_model_is_deleted_only_behind_a_yes(page, box):
    show(page, "models")
    page.button("Delete").click()
    page.button("No, leave it").click()
    assert not box.asked
    page.button("Delete").click()
    page.find("dialog .danger").click()
    page.until(lambda: asked(box, "DELETE", "models/tartu_evening"), "the deletion")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"TFL3 and so on", "my_model is loaded: 0.71 ms a step."), (b"no model", "it is no TFLite file")],
)
def test_a_model_is_loaded_or_refused_with_why(page, box, tmp_path, content, said):
    page.allowed = ("400",)
    show(page, "models")
    file = tmp_path / "my model.tflite"
    file.write_bytes(content)
    page.find("#model-file").send_keys(str(file))
    assert page.find("#model-name").get_property("value") == "my_model"
    page.button("Load and check").click()
    page.until(lambda: said in page.text("form [role=status]"), "what came of it")
    assert asked(box, "PUT", "models/my_model") == [content]


def test_models_are_compared_on_one_call(page, box):
    show(page, "models")
    cards = page.until(lambda: page.all("article.card") if len(page.all("article.card")) == 3 else None, "the cards")
    for card in cards[:2]:
        card.find_element(By.XPATH, ".//button[.='Compare']").click()
    page.button("Let them answer").click()
    page.until(lambda: len(page.all(".answer-card .phrase")) == 2, "two answers")
    assert asked(box, "POST", "models/compare") == [{"models": ["drum_kit_rnn", "one_drum_rnn"], "call": "funk"}]
    page.button("Hear it").click()
    page.until(lambda: page.run("return ghostnote.kit.played") > 2, "the answer's sound")


def test_a_concert_is_opened_heard_replayed_and_kept(page, box):
    show(page, "concerts")
    page.button("Open").click()
    page.until(lambda: len(page.all(".turn-row")) == 3, "three turns")
    page.button("Hear").click()
    page.until(lambda: page.run("return ghostnote.kit.played") > 2, "a sound")
    page.button("Replay and compare").click()
    page.until(lambda: "The same, word by word." in page.text("main"), "the replay's end")
    page.button("Keep").click()
    page.until(lambda: asked(box, "POST", "concerts/4/phrases/1/keep"), "the favourite")
    assert page.find(".turn-row a").get_attribute("href").endswith("/api/concerts/4/phrases/1/call")
    assert page.find(".concert a").get_attribute("href").endswith("/api/concerts/4/midi")


def test_a_drum_is_chosen_on_the_map_and_moved_softly(page, box):
    show(page, "drum")
    page.until(lambda: page.all(".motor .curve"), "the curves")
    page.button("Ride").click()
    page.until(lambda: "Motor 8: ride" in page.text(".motor"), "the ride's motor")
    page.button("Buzz").click()
    page.until(lambda: asked(box, "POST", "drums/ride/buzz"), "the strokes")
    assert "310" not in page.text("table")
    assert "hot 4" in page.text("table")


def test_a_motor_is_calibrated_and_its_dots_are_seen_as_they_come(page, box):
    show(page, "drum")
    page.until(lambda: page.all("#calibration-ear option"), "an ear")
    page.button("Calibrate").click()
    asking = page.until(lambda: asked(box, "POST", "calibration"), "what was asked")
    assert asking == [{"motor": "snare", "ear": "pad", "delay": 0}]
    course = {"motor": "snare", "ear": "pad", "state": "runs", "began": time.monotonic(), "lasts": 60.0}
    rest = {"points": [], "kept": False, "texts": []}
    dots = [[0.4, None, None], [0.6, 0.034, 41], [0.8, 0.028, 66]]
    box.do(box.change, {"calibration": {**course, **rest, "dots": dots}})
    page.until(
        lambda: "snare: 3 strokes, 2 of them heard." in page.text(".calibration [role=status]"), "what was heard"
    )
    assert len(page.all(".calibration .curve")) == 2
    assert len(page.all(".calibration .curve:first-of-type .dot")) == 4
    page.until(lambda: float(page.find(".calibration progress").get_property("value")) > 0, "how far it is")
    assert not page.button("Calibrate").is_enabled()
    page.button("Stop it").click()
    page.until(lambda: asked(box, "DELETE", "calibration"), "the stop")
    found = {"state": "steady", "kept": True, "points": [[1, 0.5, 0.036], [127, 1.0, 0.024]]}
    box.do(box.change, {"calibration": found})
    page.until(lambda: "it counts from the next start on" in page.text(".calibration [role=status]"), "the end")
    assert page.all(".calibration polyline.line")


def test_a_release_is_brought_and_waits_for_a_pause(page, box, tmp_path):
    show(page, "setup")
    file = tmp_path / "ghostnote-0.4.0.release"
    file.write_bytes(b"a release")
    page.until(lambda: page.find("#release-file").is_enabled(), "a box that takes it")
    page.find("#release-file").send_keys(str(file))
    page.button("Install it").click()
    page.until(lambda: asked(box, "PUT", "update") == [b"a release"], "the release")
    card = "form:has(#release-file)"
    page.until(lambda: "done when nobody has played" in page.text(f"{card} p[role=status]"), "that it waits")
    assert "taken back" in page.text(card)
    assert "ghostnote-player.service ended" in page.text(card)
    box.waiting, box.working, box.looks = [], True, 0
    page.until(lambda: box.looks > 1, "two more looks")
    assert "done when nobody has played" in page.text(f"{card} p[role=status]")
    box.working = False
    page.until(lambda: "Done" in page.text(f"{card} p[role=status]"), "its end")


def test_a_version_goes_back_and_a_box_is_restarted_only_behind_a_yes(page, box):
    show(page, "setup")
    page.until(lambda: page.button("Back to program 0.1.0"), "the way back").click()
    page.button("No, leave it").click()
    assert not box.asked
    page.button("Back to program 0.1.0").click()
    page.find("dialog .danger").click()
    page.until(lambda: asked(box, "POST", "update/rollback") == [{"kind": "application"}], "the way back")
    page.find("form:has(#release-file) [data-does=restart]").click()
    page.find("dialog .danger").click()
    page.until(lambda: asked(box, "POST", "restart"), "the restart")


def test_where_nobody_may_update_the_buttons_are_off_and_say_why(door, box):
    box.restarts = False
    enter(door, "setup")
    page = door
    page.until(lambda: "run boot/install.sh" in page.text("form:has(#release-file)"), "why")
    assert not page.find("#release-file").is_enabled()
    assert not page.find("form:has(#release-file) [data-does=restart]").is_enabled()
    assert "restart it by its plug" in page.text("form:has(#release-file)")


def test_the_pads_are_learnt_with_a_word_for_each_drum(page, box):
    show(page, "setup")
    page.button("Learn the pads").click()
    page.until(lambda: "Hit: Snare. 5 left." in page.text(".lesson"), "what to hit")
    box.do(box.change, {}, [{"e": "learnt", "drum": "snare", "key": 40}])
    page.until(lambda: "Snare is key 40." in page.text(".toast"), "what was learnt")


def test_a_knob_is_learnt(page, box):
    show(page, "setup")
    page.find("#learn-control").send_keys("Dens")
    page.find("[data-does=learn]").click()
    page.until(lambda: "Turn the knob for Density now." in page.text("main"), "what to do")
    box.do(
        box.change,
        {"learning": None},
        [{"e": "bound", "control": "density", "by": "cc 20", "port": "", "channel": 1, "duet": ""}],
    )
    page.until(lambda: "Density is turned by cc 20" in page.text(".toast"), "what was learnt")
    wish = next(one for one in box.heard if one["t"] == "learn")
    assert (wish["control"], wish["duet"]) == ("density", "")


def test_settings_are_written_only_where_they_differ(page, box):
    show(page, "setup")
    tempo = page.find("#setting-tempo-qpm")
    page.until(lambda: tempo.get_property("value") == "120", "the tempo in force")
    tempo.clear()
    tempo.send_keys("96" + Keys.ENTER)
    page.until(lambda: asked(box, "PATCH", "settings"), "the change")
    assert asked(box, "PATCH", "settings") == [{"changes": {"tempo.qpm": 96}}]
    page.until(lambda: "next start" in page.text("form:has(#setting-tempo-qpm) [role=status]"), "when it takes effect")


def test_an_address_that_names_no_view_is_the_stage(page):
    for name in ("constructor", "__proto__", "nothing", "<img>"):
        page.run("location.hash = arguments[0]", name)
        page.until(lambda: page.run("return document.querySelector('.rail a[aria-current]')?.hash") == "#stage", name)
        assert page.find("canvas")


def test_the_log_is_text(page):
    show(page, "setup")
    page.until(lambda: "<b>a call</b>" in page.text(".log"), "the log as it is written")


def test_the_boxs_health_and_network_are_told(page):
    show(page, "setup")
    page.until(lambda: "it was too low 3 times" in page.text(".findings"), "what the doctor found")
    page.until(lambda: "192.168.4.1 (wlan0)" in page.text("main"), "the address")
