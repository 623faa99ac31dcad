"""Passwords, sessions, and how often somebody may try, each told the time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.panel.allowance import Allowance, Tries
from appliance.panel.password import first_password, is_it, kept
from appliance.panel.sessions import Sessions, csrf_of, is_csrf

HOUR = 3600.0


def test_a_session_lasts_as_long_as_it_should():
    sessions = Sessions(HOUR)
    sessions.begin("token", 100.0)
    assert sessions.lets_in("token", 100.0 + HOUR - 1)
    assert not sessions.lets_in("token", 100.0 + HOUR)
    assert not sessions.lets_in("another", 100.0)
    assert not sessions.lets_in("", 100.0)


def test_what_is_kept_lets_nobody_in_who_reads_it():
    sessions = Sessions(HOUR)
    sessions.begin("token", 0.0)
    (kept_one,) = sessions.ends
    assert "token" not in kept_one
    assert not sessions.lets_in(kept_one, 1.0)
    assert Sessions(HOUR, sessions.ends).lets_in("token", 1.0)


def test_a_clock_that_was_set_back_prolongs_nothing():
    sessions = Sessions(HOUR)
    sessions.begin("token", 10 * HOUR)
    assert not sessions.lets_in("token", 0.0)


def test_the_oldest_makes_room_and_a_changed_password_ends_the_others():
    sessions = Sessions(HOUR)
    for number in range(80):
        sessions.begin(f"token {number}", float(number))
    assert len(sessions.ends) == 64
    assert not sessions.lets_in("token 0", 81.0)
    sessions.end_others("token 79")
    assert len(sessions.ends) == 1
    assert sessions.lets_in("token 79", 81.0)


def test_an_invitation_counts_once():
    sessions = Sessions(HOUR)
    sessions.invite("come")
    assert not sessions.accept("go")
    assert sessions.accept("come")
    assert not sessions.accept("come")


def test_the_word_against_other_sites_is_of_one_session():
    assert is_csrf(csrf_of("a"), "a")
    assert not is_csrf(csrf_of("a"), "b")
    assert not is_csrf("", "a")
    assert not is_csrf("ü\ud800", "a")


def test_a_password_is_found_again_and_no_other():
    known = kept("a word of ours", b"salt" * 4)
    assert is_it("a word of ours", known)
    assert not is_it("a word of ourS", known)
    assert not is_it("x" * 10_000, known)
    assert "a word" not in known.hash
    assert kept("a word of ours", b"tlas" * 4).hash != known.hash


@pytest.mark.parametrize("password", ["", "short", "x" * 257])
def test_one_that_is_too_short_or_too_long_is_refused(password):
    with pytest.raises(ValueError, match="8 to 256 characters"):
        kept(password, b"salt")


@given(st.binary(min_size=12, max_size=16))
def test_the_first_one_can_be_read_aloud(chance):
    password = first_password(chance)
    assert len(password) == 14
    assert not set(password) & set("il1o0")


@given(st.lists(st.floats(0, 5), max_size=60))
def test_nobody_gets_more_than_his_share(waits):
    allowance, now, taken = Allowance(3.0, 0.5), 0.0, 0
    for wait in waits:
        now += wait
        taken += allowance.take(now)
    assert taken <= 3 + now * 0.5 + 1e-6


def test_one_address_waits_and_others_do_not_until_all_are_too_many():
    tries = Tries()
    assert [tries.take("a", 0.0) for _ in range(5)] == [0.0] * 5
    assert 29 < tries.take("a", 0.0) <= 30
    assert tries.take("b", 0.0) == 0.0
    assert tries.take("a", 31.0) == 0.0
    taken = sum(tries.take(f"address {number}", 31.0) == 0.0 for number in range(100))
    assert taken < 30
