"""What `systemctl show` says of a unit, read."""

import pytest

from appliance.drivers.systemd_units import state_of

# Of systemd 252: one that plays; one that was stopped, is not for this board, or was not asked to start yet.
PLAYS = "Id=a.service\nActiveState=active\nSubState=running\nResult=success\nNRestarts=2\n"
CONDITION = "ConditionResult={}\nConditionTimestampMonotonic={}"
IDLE = "Id=a.service\nActiveState=inactive\nSubState=dead\nResult=success\nNRestarts=0\n"


def test_one_that_plays_is_ready_and_says_how_often_it_was_started_again():
    state = state_of(PLAYS + CONDITION.format("yes", 5120331))
    assert (state.name, state.ready, state.left_out, state.starts) == ("a.service", True, False, 2)


def test_one_that_is_not_for_this_board_is_waited_for_by_nobody():
    state = state_of(IDLE + CONDITION.format("no", 5120331))
    assert state.left_out
    assert state.ready


@pytest.mark.parametrize("condition", [("no", 0), ("yes", 5120331)], ids=["not asked yet", "stopped"])
def test_one_that_could_play_and_does_not_is_not_ready(condition):
    state = state_of(IDLE + CONDITION.format(*condition))
    assert not state.left_out
    assert not state.ready


def test_an_answer_without_the_condition_is_read_too():
    assert state_of(PLAYS).ready
    assert not state_of(IDLE).ready
