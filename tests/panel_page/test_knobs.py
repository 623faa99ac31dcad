"""The knobs: turned here, seen there; what the box refuses is told and stays where it was."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.panel_page.conftest import knows, show

VALUE = "return document.getElementById(arguments[0]).value"


@pytest.fixture
def knobs(page):
    show(page, "knobs")
    page.find("#knob-temperature")
    return page


def turns(box, control):
    return [message for message in box.heard if message["t"] == "turn" and message["control"] == control]


def test_a_knob_that_is_turned_on_one_screen_moves_on_another(knobs, box):
    first = knobs.driver.current_window_handle
    knobs.driver.switch_to.new_window("tab")
    second = knobs.driver.current_window_handle
    knobs.go("/#knobs")
    knows(knobs)
    knobs.driver.switch_to.window(first)
    knobs.find("#knob-temperature").send_keys(Keys.ARROW_RIGHT * 5)
    knobs.until(
        lambda: turns(box, "temperature") and turns(box, "temperature")[-1]["value"] == pytest.approx(1.25), "1.25 sent"
    )
    knobs.driver.switch_to.window(second)
    knobs.until(lambda: knobs.run(VALUE, "knob-temperature") == "1.25", "1.25 on the other screen")
    assert "1.25" in knobs.text("[data-control=temperature] output")
    knobs.driver.close()
    knobs.driver.switch_to.window(first)


def test_a_knob_that_sweeps_is_not_sent_more_often_than_the_box_wishes(knobs, box):
    knobs.run(
        """const slider = document.getElementById("knob-density");
        for (let i = -20; i <= 20; i += 1) {
            slider.value = i / 20;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    knobs.until(lambda: turns(box, "density") and turns(box, "density")[-1]["value"] == 1, "the last value")
    assert len(turns(box, "density")) <= 3


def test_what_the_box_says_moves_a_knob_only_when_the_hand_has_let_go(knobs, box):
    knobs.run(
        """const slider = document.getElementById("knob-temperature");
        slider.value = 1.8;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        globalThis.let = performance.now();
        ghostnote.store.patch({ duets: { left: { values: { temperature: 0.3 } } } });
        globalThis.held = new Promise((tell) => setTimeout(() => tell(slider.value), 60));"""
    )
    assert knobs.run_async("held.then(arguments[0])") == "1.8"
    knobs.until(lambda: knobs.run("return performance.now() - globalThis.let") > 450, "a hand that has let go")
    box.do(box.change, {"duets": {"left": {"values": {"temperature": 0.5}}}})
    knobs.until(lambda: knobs.run(VALUE, "knob-temperature") == "0.5", "the knob where the box has it")


def test_a_value_that_is_refused_is_told(knobs, box):
    knobs.run("ghostnote.turn('temperature', 11)")
    knobs.until(lambda: "temperature is 0 to 10, not 11" in knobs.text(".toast"), "the box's sentence")


def test_a_switch_is_thrown_by_a_click_and_by_enter(knobs, box):
    loop = knobs.find("[data-control=loop]")
    loop.click()
    knobs.until(lambda: loop.get_attribute("aria-checked") == "true", "loop on")
    loop.send_keys(Keys.ENTER)
    knobs.until(lambda: loop.get_attribute("aria-checked") == "false", "loop off")
    assert [message["value"] for message in turns(box, "loop")] == [True, False]


def test_a_mode_is_chosen_by_arrow_keys(knobs, box):
    knobs.find("[data-control=mode] [aria-checked=true]").send_keys(Keys.ARROW_RIGHT)
    knobs.until(lambda: knobs.find("[data-control=mode] [aria-checked=true]").text == "Trade", "the next mode")
    assert turns(box, "mode")[-1]["value"] == "trade"


def test_a_blend_is_a_place_in_a_square_for_mouse_and_keyboard(knobs, box):
    square = knobs.find("[data-control=blend] .square")
    knobs.run("arguments[0].scrollIntoView({ block: 'center' })", square)
    at = square.rect
    drag = ActionChains(knobs.driver)
    drag.move_to_element_with_offset(square, -at["width"] // 4, at["height"] // 4).click_and_hold()
    drag.move_to_element_with_offset(square, at["width"] // 4, at["height"] // 4).release().perform()
    knobs.until(
        lambda: turns(box, "blend_x") and turns(box, "blend_x")[-1]["value"] == pytest.approx(0.75, abs=0.02), "x"
    )
    assert turns(box, "blend_y")[-1]["value"] == pytest.approx(0.25, abs=0.02)
    before = len(turns(box, "blend_x"))
    square.send_keys(Keys.ARROW_UP * 2)
    knobs.until(lambda: turns(box, "blend_y")[-1]["value"] == pytest.approx(0.35, abs=0.02), "y")
    assert len(turns(box, "blend_x")) == before
    square.send_keys(Keys.END)
    knobs.until(lambda: turns(box, "blend_x")[-1]["value"] == 1, "the corner")
    assert square.get_attribute("aria-valuetext") == "across 1.00, up 1.00"


def test_the_box_moves_a_blend_too(knobs, box):
    box.do(box.change, {"duets": {"left": {"values": {"blend_x": 0.1, "blend_y": 0.9}}}})
    knobs.until(lambda: knobs.text("[data-control=blend] output") == "0.10 · 0.90", "where the box has it")


def test_one_duet_is_turned_alone(knobs, box):
    knobs.button("right").click()
    knobs.find("[data-control=mute]").click()
    knobs.until(lambda: turns(box, "mute"), "mute")
    assert turns(box, "mute")[-1]["duet"] == "right"
    knobs.until(lambda: box.state["duets"]["right"]["values"]["mute"], "right is muted")
    assert not box.state["duets"]["left"]["values"]["mute"]


def test_pushes_and_scenes_are_sent(knobs, box):
    knobs.button("Undo").click()
    knobs.button("ballad").click()
    knobs.until(lambda: turns(box, "scene"), "the scene")
    assert "value" not in turns(box, "undo")[-1]
    assert turns(box, "scene")[-1]["value"] == "ballad"
    knobs.until(lambda: knobs.button("ballad").get_attribute("aria-pressed") == "true", "the scene in force")


def test_every_control_of_the_box_is_on_the_page(knobs, box):
    from appliance.controls.control import Control

    shown = set(knobs.run("return [...document.querySelectorAll('[data-control]')].map((one) => one.dataset.control)"))
    pushes = {"mutate", "undo", "keep", "end_call", "count_in", "tap"}
    assert "blend" in shown  # a place in a square is two controls
    shown = (shown - {"blend"}) | {"blend_x", "blend_y"}
    assert shown | pushes | {"panic", "scene"} == {str(control) for control in Control}
