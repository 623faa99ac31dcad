"""What a release may say, which box takes it, and how long it has to prove itself."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import UpdateRefused
from appliance.release.admission import Box, admit
from appliance.release.chronicle import Chronicle, Outcome, Update, chronicle, written
from appliance.release.manifest import FORMAT, Entry, Kind, Manifest, manifest
from appliance.release.trial import PATIENCE, STEADY, Proof, Trial
from appliance.release.version import Version, version

HASH = "0" * 64
NUMBERS = st.integers(0, 999_999)


def release(number="1.5.0", **changed):
    fields = {"format": FORMAT, "kind": Kind.APPLICATION, "version": number, "made": "2026-11-01",
              "entries": (Entry("bin/ghostnote", 10, HASH),), "machine": "aarch64", "python": "3.11"}  # fmt: skip
    return Manifest(**{**fields, **changed})


def box(**changed):
    return msgspec.structs.replace(Box("aarch64", "3.11", Version(1, 4, 0), 1 << 30), **changed)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_version_is_what_it_is_written_as(major, minor, patch):
    assert version(f"{major}.{minor}.{patch}") == Version(major, minor, patch)
    assert str(Version(major, minor, patch)) == f"{major}.{minor}.{patch}"


@pytest.mark.parametrize(
    "text", ["", "1.2", "1.2.3.4", "v1.2.3", "01.2.3", "1.2.3-rc1", "../1.2.3", "1.2.-3", "1.2.3\n"]
)
def test_nothing_else_is_a_version(text):
    with pytest.raises(ValueError, match="three numbers"):
        version(text)


@given(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS)))
def test_versions_are_ordered_as_their_numbers(numbers):
    assert [str(v) for v in sorted(Version(*n) for n in numbers)] == [".".join(map(str, n)) for n in sorted(numbers)]


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a/./b", "./a", "a/", "a\nb", "a b", "ü"]
)
def test_a_file_of_a_release_lies_below_its_folder(path):
    with pytest.raises(ValueError, match="below its folder"):
        Entry(path, 1, HASH)


def test_a_manifest_comes_back_as_it_was_written():
    assert manifest(msgspec.json.encode(release())) == release()


def test_a_newer_format_is_refused_before_anything_else_is_looked_at():
    with pytest.raises(UpdateRefused, match=f"format {FORMAT + 1}"):
        manifest(b'{"format": %d, "kind": 7}' % (FORMAT + 1))


@given(st.binary(max_size=200))
def test_garbage_is_no_manifest(text):
    with pytest.raises(UpdateRefused):
        manifest(text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"entries": ()},
        {"entries": (Entry("a", 1, HASH), Entry("a", 2, HASH))},
        {"entries": tuple(Entry(f"f{i}", 500 << 20, HASH) for i in range(2))},
        {"version": "1.5"},
    ],
)
def test_a_manifest_that_cannot_be_is_refused(wrong):
    told = msgspec.json.decode(msgspec.json.encode(release())) | {
        key: msgspec.to_builtins(value) for key, value in wrong.items()
    }
    with pytest.raises(UpdateRefused, match="manifest"):
        manifest(msgspec.json.encode(told))


def test_a_newer_release_for_this_board_is_taken():
    admit(release(), box())
    admit(release(), box(running=None))


@pytest.mark.parametrize(
    ("met", "words"),
    [
        ({"machine": "armv7l"}, "for aarch64"),
        ({"python": "3.13"}, "Python 3.11"),
        ({"running": Version(1, 5, 0)}, "runs already"),
        ({"running": Version(1, 5, 1)}, "older than 1.5.1"),
        ({"free": 1 << 20}, "are free"),
    ],
)
def test_a_release_that_does_not_fit_is_refused(met, words):
    with pytest.raises(UpdateRefused, match=words):
        admit(release(), box(**met))


def test_a_program_says_for_which_board_it_is():
    with pytest.raises(UpdateRefused, match="which board"):
        admit(release(machine="", python=""), box())


def test_a_version_that_shows_everything_and_stays_up_passes():
    trial = Trial(10.0)
    for proof in Proof:
        trial.show(proof, 20.0)
    assert trial.advance(20.0 + STEADY - 0.01) is None
    assert trial.next_deadline() == 20.0 + STEADY
    assert trial.advance(20.0 + STEADY).passed


@given(st.sets(st.sampled_from(list(Proof)), max_size=len(Proof) - 1))
def test_a_version_that_does_not_show_everything_fails_and_is_told_what(shown):
    trial = Trial(10.0)
    for proof in shown:
        trial.show(proof, 11.0)
    assert trial.advance(10.0 + PATIENCE - 0.01) is None
    verdict = trial.advance(10.0 + PATIENCE)
    assert not verdict.passed
    assert all((proof in verdict.reason) != (proof in shown) for proof in Proof)


def test_a_failure_is_the_last_word():
    trial = Trial(0.0)
    for proof in Proof:
        trial.show(proof, 1.0)
    trial.fail("the striker died")
    trial.fail("something else")
    assert trial.advance(100.0).reason == "the striker died"
    assert trial.next_deadline() is None


def test_the_trial_leaves_time_to_go_back_within_a_minute():
    examination = 25.0  # before the trial, at most (drivers/update_surroundings.py)
    assert examination + PATIENCE + STEADY <= 55.0


TRYING = Update("application", "1.5.0", "1.4.0", "2026-11-01T20:00:00", Outcome.TRYING)


def test_one_update_is_on_trial_at_a_time():
    told = Chronicle().add(TRYING)
    assert told.trying == TRYING
    with pytest.raises(ValueError, match="still on trial"):
        told.add(TRYING)
    ended = told.end(Outcome.TAKEN_BACK, "why")
    assert ended.trying is None
    assert ended.updates[-1].reason == "why"
    with pytest.raises(ValueError, match="no update"):
        ended.end(Outcome.CONFIRMED)


def test_a_chronicle_is_bounded_and_comes_back_as_it_was_written():
    told = Chronicle()
    for _ in range(100):
        told = told.add(TRYING).end(Outcome.CONFIRMED)
    assert len(told.updates) == 30
    assert chronicle(written(told)) == told
