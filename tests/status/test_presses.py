"""What a button means, whatever its contacts do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.status.presses import BOUNCE, HOLD, Button, Edge, Press, Presses


def pressed(*edges: tuple[float, bool], button: Button = Button.SHUTDOWN, end: float = 100.0) -> list[Press]:
    """Looked at every 10 ms, as the striker does."""
    presses = Presses()
    said: list[Press] = []
    now = 0.0
    for at, down in edges:
        while now < at:
            said += presses.advance(now)
            now += 0.01
        said += presses.receive(Edge(button, down, at))
    return said + presses.advance(end)


def bouncing(at: float, down: bool) -> list[tuple[float, bool]]:
    return [(at + bounce / 1000, down ^ bool(bounce % 2)) for bounce in range(5)]


@pytest.mark.parametrize(("button", "press"), [(Button.PANIC, Press.PANIC), (Button.FOOTSWITCH, Press.STEP)])
def test_it_acts_when_it_goes_down_and_once_however_its_contacts_bounce(button: Button, press: Press) -> None:
    assert pressed((1.0, True), button=button) == [press]
    assert pressed(*bouncing(1.0, True), *bouncing(1.4, False), button=button) == [press]
    assert pressed((1.0, True), (1.1, False), (1.1 + BOUNCE, True), button=button) == [press] * 2


def test_a_short_press_of_the_crews_button_says_that_the_faults_were_seen() -> None:
    assert pressed(*bouncing(1.0, True), *bouncing(1.5, False)) == [Press.SEEN]


def test_held_it_shuts_down_once_and_says_nothing_more_when_it_is_let_go() -> None:
    assert pressed(*bouncing(1.0, True), *bouncing(1.0 + HOLD + 1, False)) == [Press.SHUT_DOWN]


def test_a_spark_does_not_end_a_hold_and_a_mere_touch_does_not_shut_down() -> None:
    assert pressed((1.0, True), (2.0, False), (2.001, True), end=1.0 + HOLD) == [Press.SHUT_DOWN]
    assert Press.SHUT_DOWN not in pressed((1.0, True), (1.02, False))


@given(st.lists(st.tuples(st.floats(0.0, 60.0), st.booleans()), max_size=60))
def test_no_edges_shut_the_box_down_unless_it_was_held(edges: list[tuple[float, bool]]) -> None:
    edges = sorted(edges)
    said = pressed(*edges, end=edges[-1][0] if edges else 0.0)
    downs = [at for at, down in edges if down]
    if Press.SHUT_DOWN in said:
        assert edges[-1][0] - downs[0] >= HOLD
