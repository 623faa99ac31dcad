"""The graph of duets: lines are drawn by hand, by tap and by keyboard, and taken away again."""

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.panel_page.conftest import show


@pytest.fixture
def graph(page):
    show(page, "duets")
    page.find(".node[data-name=synth]")
    return page


def node(page, name):
    return page.find(f".node[data-name={name}]")


def routes(box):
    return [message for message in box.heard if message["t"] == "route"]


def lines(page):
    return set(page.run("return [...document.querySelectorAll('.wire')].map((wire) => wire.dataset.line)"))


def test_the_lines_of_the_box_are_drawn(graph):
    assert lines(graph) == {"pad left", "panel left", "left right", "left motors", "right motors"}


def test_a_line_is_drawn_from_node_to_node(graph, box):
    ActionChains(graph.driver).drag_and_drop(node(graph, "right"), node(graph, "synth")).perform()
    graph.until(lambda: "right synth" in lines(graph), "the line")
    assert routes(box)[-1] | {"id": 0} == {
        "t": "route",
        "id": 0,
        "duet": "right",
        "inputs": ["left"],
        "outputs": ["motors", "synth"],
    }


def test_a_loop_of_two_duets_is_drawn(graph, box):
    ActionChains(graph.driver).drag_and_drop(node(graph, "right"), node(graph, "left")).perform()
    graph.until(lambda: "right left" in lines(graph), "the loop")
    assert routes(box)[-1]["inputs"] == ["pad", "panel", "right"]


def test_a_line_that_is_drawn_again_is_taken_away(graph, box):
    ActionChains(graph.driver).drag_and_drop(node(graph, "pad"), node(graph, "left")).perform()
    graph.until(lambda: "pad left" not in lines(graph), "no line")
    assert routes(box)[-1]["inputs"] == ["panel"]


def test_a_line_is_drawn_by_two_taps(graph, box):
    node(graph, "pad").click()
    node(graph, "right").click()
    graph.until(lambda: "pad right" in lines(graph), "the line")


def test_a_line_is_drawn_by_keyboard_alone(graph, box):
    node(graph, "panel").send_keys(Keys.ENTER)
    assert "to where?" in graph.text(".graph-card [role=status]")
    node(graph, "right").send_keys(Keys.ENTER)
    graph.until(lambda: "panel right" in lines(graph), "the line")
    assert routes(box)[-1]["duet"] == "right"


def test_escape_lets_a_line_go(graph, box):
    node(graph, "panel").send_keys(Keys.ENTER + Keys.ESCAPE)
    node(graph, "right").send_keys(Keys.ENTER)
    assert "right" in graph.text(".graph-card [role=status]")
    assert not routes(box)


def test_what_cannot_be_is_not_asked_for(graph, box):
    ActionChains(graph.driver).drag_and_drop(node(graph, "pad"), node(graph, "motors")).perform()
    ActionChains(graph.driver).drag_and_drop(node(graph, "synth"), node(graph, "left")).perform()
    ActionChains(graph.driver).drag_and_drop(node(graph, "right"), node(graph, "synth")).perform()
    graph.until(lambda: routes(box), "the only one that can be")
    assert [route["duet"] for route in routes(box)] == ["right"]


def test_the_table_says_and_does_the_same(graph, box):
    button = graph.find("[data-key=right] [data-kind=inputs] [data-key=pad]")
    assert button.get_attribute("aria-pressed") == "false"
    button.send_keys(Keys.ENTER)
    graph.until(lambda: button.get_attribute("aria-pressed") == "true", "the line in the table")
    assert "pad right" in lines(graph)


def test_a_duet_comes_and_goes_while_the_others_play(graph, box):
    graph.find("#new-duet").send_keys("third" + Keys.ENTER)
    wish = {"t": "join", "duet": "third", "inputs": ["pad"], "outputs": ["motors"]}
    graph.until(lambda: any(wish.items() <= one.items() for one in box.heard), "the wish")
    graph.until(lambda: "third" in graph.text("main .cards"), "its card")
    assert "pad third" in lines(graph)
    graph.find("[data-key=third] .danger").click()
    graph.button("No, leave it").click()
    assert not any(one["t"] == "part" for one in box.heard)
    graph.find("[data-key=third] .danger").click()
    graph.find("dialog .danger").click()
    graph.until(lambda: "third" not in graph.text("main .cards"), "that it is gone")
    assert "pad third" not in lines(graph)
