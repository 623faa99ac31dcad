"""What hangs on the board: sticky until over and seen, the urgent before the rest."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.status.board import StatusBoard
from appliance.status.codes import MEANINGS, Code, Urgency

FAULTS = [code for code, row in MEANINGS.items() if row.urgency is not Urgency.STATE]
STATES = [code for code in MEANINGS if code not in FAULTS]


def motor_of(code: Code) -> int:
    return 1 if MEANINGS[code].of_a_motor else 0


def shown(board: StatusBoard) -> list[Code]:
    return [notice.code for notice in board.shown()]


def ready() -> StatusBoard:
    board = StatusBoard()
    board.post(Code.READY)
    return board


def test_every_code_has_a_row_and_every_row_says_what_to_do() -> None:
    assert set(MEANINGS) == set(Code)
    assert all(row.means.endswith(".") and row.do.endswith(".") for row in MEANINGS.values())


def test_the_box_starts_until_something_else_is_said() -> None:
    assert shown(StatusBoard()) == [Code.STARTING]


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_that_is_over_stays_until_it_is_seen(code: Code) -> None:
    board = ready()
    board.post(code, motor_of(code))
    board.lift(code, motor_of(code))
    assert shown(board) == [code]
    board.see()
    assert shown(board) == [Code.READY]
    assert not board.faults()


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_that_is_seen_and_still_holds_is_hidden_only_if_the_music_goes_on(code: Code) -> None:
    board = ready()
    board.post(code, motor_of(code))
    board.see()
    stays = [code] if MEANINGS[code].urgency is Urgency.BAD else []
    assert shown(board) == [*stays, Code.READY]
    assert [fault.code for fault in board.faults()] == [code]
    board.lift(code, motor_of(code))
    assert shown(board) == [Code.READY]


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_that_comes_again_is_unseen_again(code: Code) -> None:
    board = ready()
    board.mark(code, motor_of(code))
    board.see()
    board.mark(code, motor_of(code))
    assert shown(board) == [code]


def test_a_fault_that_is_said_again_and_again_is_seen_once() -> None:
    board = ready()
    for _ in range(3):
        board.post(Code.UNDER_VOLTAGE)
        board.see()
    assert shown(board) == [Code.READY]


def test_what_is_not_shown_cannot_be_seen() -> None:
    board = ready()
    board.mark(Code.LATE_STROKES)
    board.mark(Code.PAD_LOST)
    assert shown(board) == [Code.PAD_LOST]
    board.see()
    assert shown(board) == [Code.LATE_STROKES]


def test_two_motors_at_fault_are_shown_in_turn() -> None:
    board = ready()
    board.post(Code.MOTOR_FAULT, 7)
    board.post(Code.MOTOR_FAULT, 2)
    assert [notice.motor for notice in board.shown()] == [2, 7]


@pytest.mark.parametrize(("over", "under"), list(itertools.pairwise(STATES)))
def test_a_state_hides_those_below_it(over: Code, under: Code) -> None:
    board = StatusBoard()
    board.post(under)
    board.post(over)
    assert shown(board) == [over]
    board.lift(over)
    assert shown(board) == [under]


def test_while_it_shuts_down_nothing_else_matters() -> None:
    board = ready()
    board.post(Code.MOTOR_FAULT, 1)
    board.post(Code.SHUTTING_DOWN)
    assert shown(board) == [Code.SHUTTING_DOWN]


def test_a_box_that_only_starts_has_nothing_to_say_beside_a_bad_fault() -> None:
    board = StatusBoard()
    board.post(Code.SETTINGS_FAULTY)
    board.see()
    assert shown(board) == [Code.SETTINGS_FAULTY]


@pytest.mark.parametrize(("code", "motor"), [(Code.MOTOR_FAULT, 0), (Code.MOTOR_HOT, -1), (Code.PAD_LOST, 1)])
def test_a_motors_code_has_its_number_and_no_other_has_one(code: Code, motor: int) -> None:
    with pytest.raises(ValueError, match="motor"):
        StatusBoard().post(code, motor)


@given(st.lists(st.tuples(st.sampled_from(["post", "lift", "mark", "see"]), st.sampled_from(list(Code)))))
def test_something_is_always_shown_and_no_bad_fault_is_hidden_by_a_lesser_one(
    acts: list[tuple[str, Code]],
) -> None:
    board = StatusBoard()
    for act, code in acts:
        board.see() if act == "see" else getattr(board, act)(code, motor_of(code))
        now = board.shown()
        assert now
        bad = [fault for fault in board.faults() if fault.urgency is Urgency.BAD]
        if bad and now[0].code is not Code.SHUTTING_DOWN and any(not fault.seen for fault in bad):
            assert {notice.urgency for notice in now} == {Urgency.BAD}
