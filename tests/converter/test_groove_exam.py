"""How well a GrooVAE plays is measured rightly: held against a network whose every answer is known, and hand counts."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.__main__ import main
from converter.errors import DataError
from converter.evaluate_vae import measured_groove
from converter.groove_exam import (
    Grooves,
    f1,
    likelihood_of_hits,
    marks,
    nearest,
    people_s_density,
    play_all,
    quantised,
    read_grooves_in_time,
    rebuilt_hits,
)
from converter.groove_play import hit_nats, played
from converter.groove_tensors import DRUMS, WIDTH, tap_input
from converter.vae_config import VAE_CONFIGS
from converter.vae_network import Floats, State
from tests.converter.bands import groove_folder, write_tracks
from tests.converter.material import HERE

HUMANIZE, TAP = VAE_CONFIGS["groovae_2bar_humanize"], VAE_CONFIGS["groovae_2bar_tap_fixed_velocity"]
TOLD = VAE_CONFIGS["groovae_2bar_hits_control_tfds"]
MODELS = HERE.parents[1] / "models"


class Known:
    """A network whose z is the sum of what it reads, and whose logits are those it was given, step by step.

    It notes what it hears.
    """

    def __init__(self, logits: np.ndarray) -> None:
        self.logits = logits.astype(np.float32)
        self.read: list[Floats] = []
        self.heard: list[Floats] = []
        self.told: list[Floats | None] = []

    def encode(self, segments: Sequence[Floats]) -> tuple[Floats, Floats]:
        (rows,) = segments
        self.read.append(rows)
        return np.array([rows.sum()], np.float32), np.ones(1, np.float32)

    def segments(self, z: Floats) -> Sequence[Floats]:
        return [z]

    def start(self, segment: Floats) -> State:
        return {"step": np.zeros(1, np.float32), "z": segment}

    def step(self, previous: Floats, control: Floats | None, state: State) -> tuple[Floats, State]:
        self.heard.append(previous.copy())
        self.told.append(control)
        number = int(state["step"][0])
        return self.logits[number], {**state, "step": state["step"] + 1}


def rows_of(hits: Any, loud: float = 0.5, early: float = 0.2) -> Floats:
    hits = np.asarray(hits, np.float32)
    return np.concatenate([hits, hits * loud, hits * early], -1).astype(np.float32)


def chance_rows(seed: int, windows: int = 3, steps: int = 32) -> Floats:
    chance = np.random.default_rng(seed)
    hits = (chance.random((windows, steps, DRUMS)) < 0.2).astype(np.float32)
    hits[:, 0, 0] = 1
    return np.concatenate(
        [hits, hits * chance.random(hits.shape), hits * chance.uniform(-1, 1, hits.shape)], -1
    ).astype(np.float32)


def test_left_to_itself_a_network_hears_what_it_struck_and_of_resting_drums_nothing() -> None:
    chance = np.random.default_rng(1)
    network = Known(chance.normal(0, 2, (5, WIDTH)))
    rows = played(network, np.zeros(1, np.float32), 5)
    hits = network.logits[:, :DRUMS] > 0
    assert np.array_equal(rows[:, :DRUMS] > 0.5, hits)
    loud, early = 1 / (1 + np.exp(-network.logits[:, DRUMS : 2 * DRUMS])), np.tanh(network.logits[:, 2 * DRUMS :])
    assert rows[:, DRUMS : 2 * DRUMS] == pytest.approx(hits * loud, abs=1e-6)
    assert rows[:, 2 * DRUMS :] == pytest.approx(hits * early, abs=1e-6)
    assert np.array_equal(np.stack(network.heard), np.concatenate([np.zeros((1, WIDTH)), rows[:-1]]))


def test_given_hits_are_played_and_heard_whatever_the_network_says_of_them() -> None:
    network = Known(np.full((4, WIDTH), -3.0))
    hits = np.eye(4, DRUMS, dtype=np.float32)
    control = np.arange(4, dtype=np.float32)[:, None]
    rows = played(network, np.zeros(1, np.float32), 4, hits, control)
    assert np.array_equal(rows[:, :DRUMS], hits)
    assert rows[:, DRUMS : 2 * DRUMS].sum() == pytest.approx(4 / (1 + np.exp(3)), rel=1e-5)
    assert [float(told[0]) for told in network.told if told is not None] == [0, 1, 2, 3]


def test_at_a_temperature_hits_are_tossed_and_the_same_seed_tosses_the_same() -> None:
    network = Known(np.zeros((32, WIDTH)))
    one, same, other = (
        played(network, np.zeros(1, np.float32), 32, temperature=1.0, rng=np.random.default_rng(seed))
        for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert 0.35 < (one[:, :DRUMS] > 0.5).mean() < 0.65


def test_nats_are_those_of_each_hit_and_each_rest_after_the_truth() -> None:
    chance = np.random.default_rng(2)
    network, rows = Known(chance.normal(0, 1, (6, WIDTH))), rows_of(chance.random((6, DRUMS)) < 0.3)
    expected = 0.0
    for logits, row in zip(network.logits, rows, strict=True):
        for logit, hit in zip(logits[:DRUMS], row[:DRUMS], strict=True):
            likely = 1 / (1 + np.exp(-float(logit)))
            expected -= np.log(likely if hit else 1 - likely)
    assert hit_nats(network, np.zeros(1, np.float32), rows) == pytest.approx(expected, rel=1e-6)
    assert np.array_equal(np.stack(network.heard), np.concatenate([np.zeros((1, WIDTH)), rows[:-1]]))


def grooves_of(rows: Floats, seconds: float = 0.125) -> Grooves:
    return Grooves(rows, np.full(len(rows), seconds, np.float32), 1)


def test_marks_are_counted_over_the_drums_that_both_hit() -> None:
    truth, found = np.zeros((1, 2, WIDTH), np.float32), np.zeros((1, 2, WIDTH), np.float32)
    for row, step, drum, loud, early in (
        (truth, 0, 0, 100 / 127, 0.4),
        (truth, 1, 1, 50 / 127, 0.0),
        (found, 0, 0, 90 / 127, -0.4),
        (found, 1, 2, 1.0, 1.0),
        (found, 1, 3, 1.0, 1.0),
    ):
        row[0, step, [drum, DRUMS + drum, 2 * DRUMS + drum]] = 1, loud, early
    found_marks = marks(found, grooves_of(truth, 0.1), 1.5)
    assert found_marks.f1 == pytest.approx(2 * 1 / (2 + 3))
    assert found_marks.velocity == pytest.approx(10, abs=1e-4)
    assert found_marks.timing == pytest.approx(0.8 / 2 * 100, abs=1e-3)  # half steps of 0.1 s, in ms
    assert found_marks.nats == 1.5


@given(st.integers(0, 2**32 - 1))
def test_f1_is_1_for_the_same_and_the_same_whoever_is_asked(seed: int) -> None:
    one, other = chance_rows(seed), chance_rows(seed + 1)
    assert f1(one, one) == 1
    assert f1(one, other) == f1(other, one)
    assert 0 <= f1(one, other) < 1
    assert f1(np.zeros_like(one), one) == 0


def test_on_the_grid_all_hits_stay_and_are_as_loud_as_the_mean() -> None:
    grooves = grooves_of(chance_rows(3))
    flat = quantised(grooves)
    hits = grooves.rows[..., :DRUMS] > 0.5
    assert np.array_equal(flat[..., :DRUMS] > 0.5, hits)
    loud = grooves.rows[..., DRUMS : 2 * DRUMS][hits].mean()
    assert flat[..., DRUMS : 2 * DRUMS][hits] == pytest.approx(loud, rel=1e-5)
    assert not flat[..., 2 * DRUMS :].any()


def test_the_nearest_tap_is_found_and_its_whole_groove_given() -> None:
    learnt = chance_rows(4, 20)
    asked = learnt[[7, 3]].copy()
    # The same taps in another drum: the tap is all that is asked by.
    asked = np.concatenate([np.roll(asked[..., part * DRUMS : (part + 1) * DRUMS], 1, -1) for part in range(3)], -1)
    assert np.array_equal(tap_input(asked), tap_input(learnt[[7, 3]]))
    assert np.array_equal(nearest(learnt, grooves_of(asked), 1), learnt[[7, 3]])


def test_a_humaniser_is_given_the_hits_and_a_tap_model_the_tap() -> None:
    grooves = grooves_of(chance_rows(5, 2))
    logits = np.random.default_rng(3).normal(0, 1, (32, WIDTH))
    network, passed = Known(logits), []
    rows = play_all(network, HUMANIZE, grooves, lambda *done: passed.append(done))
    assert np.array_equal(rows[..., :DRUMS], grooves.rows[..., :DRUMS])
    assert passed == [(1, 2), (2, 2)]
    assert np.array_equal(network.read[0][:, :DRUMS], grooves.rows[0, :, :DRUMS])
    assert not network.read[0][:, DRUMS:].any()
    network = Known(logits)
    rows = play_all(network, TAP, grooves)
    assert np.array_equal(network.read[1], tap_input(grooves.rows[1]))
    assert np.array_equal(rows[0, :, :DRUMS] > 0.5, logits[:, :DRUMS] > 0)
    network = Known(logits)
    rows = play_all(network, TOLD, grooves)
    assert network.read[0].shape == (32, WIDTH + DRUMS)
    assert np.array_equal(
        np.stack([told for told in network.told[:32] if told is not None]), grooves.rows[0, :, :DRUMS]
    )
    assert np.array_equal(rows[..., :DRUMS], grooves.rows[..., :DRUMS])


def test_likelihood_and_rebuilding_are_of_all_windows() -> None:
    grooves, network = grooves_of(chance_rows(6, 3)), Known(np.zeros((32, WIDTH)))
    assert likelihood_of_hits(network, HUMANIZE, grooves) == pytest.approx(DRUMS * np.log(2))
    sure = Known(np.where(grooves.rows[0] > 0.5, 9.0, -9.0))
    assert rebuilt_hits(sure, HUMANIZE, grooves_of(grooves.rows[:1])) == 1


def test_at_people_s_density_as_many_hits_are_likeliest_as_they_played() -> None:
    """Kicks a quarter apart were played; the network thinks every second of them less likely than not, by 0.8 nats."""
    logits = np.full((32, WIDTH), -9.0)
    logits[::8, 0], logits[4::8, 0] = 3.0, -0.8
    hits = np.zeros((2, 32, DRUMS))
    hits[:, ::4, 0] = 1
    people = Grooves(np.stack([rows_of(one) for one in hits]), np.full(2, 0.125, np.float32), 2)
    assert play_all(Known(logits), TAP, people)[..., :DRUMS].sum() == 8
    density = people_s_density(Known(logits), TAP, people)
    assert density == pytest.approx(0.4, abs=1 / 32)  # of two nats
    assert play_all(Known(logits), TAP, people, density=density + 1 / 32)[..., :DRUMS].sum() == 16


def test_files_are_read_with_the_time_of_their_steps_and_others_passed_over(tmp_path: Path) -> None:
    beat = [(step / 2, 0.25, 42) for step in range(16)] + [(0.02, 0.25, 36)]
    write_tracks(tmp_path / "a.mid", [("kit", 9, 0, sorted(beat))])
    write_tracks(tmp_path / "waltz.mid", [("kit", 9, 0, sorted(beat))], (3, 4))
    write_tracks(tmp_path / "piano.mid", [("keys", 0, 0, beat)])
    (tmp_path / "torn.mid").write_bytes(b"MThd")
    files = sorted(tmp_path.glob("*.mid"))
    grooves = read_grooves_in_time(files, 2)
    assert grooves.files == 1
    assert grooves.rows.shape == (1, 32, WIDTH)
    assert grooves.seconds.tolist() == [0.125]  # sixteenths at 120 a minute
    assert grooves.rows[0, 0, 2 * DRUMS] == pytest.approx(-0.16, abs=0.01)  # 0.02 quarters late of half a step
    with pytest.raises(DataError, match="None of 3 files"):
        read_grooves_in_time([path for path in files if path.stem != "a"], 2)


def test_a_humaniser_is_held_against_the_grid_and_a_tap_model_against_its_neighbours(tmp_path: Path) -> None:
    folder, logits = groove_folder(tmp_path), np.full((32, WIDTH), -1.0)
    found = measured_groove(Known(logits), HUMANIZE, folder, "validation")
    assert list(found) == ["groovae_2bar_humanize", "on the grid, at the mean velocity"]
    grid = found["on the grid, at the mean velocity"]
    assert (grid.f1, grid.nats) == (1, None)
    # Of 16 hi-hats and 8 other drums every second hi-hat is 0.01 quarters late: 5 ms at 120 a minute.
    assert grid.timing == pytest.approx(8 * 5 / (16 + 8), abs=0.1)
    assert grid.velocity == pytest.approx(0, abs=1e-3)
    found = measured_groove(Known(logits), TAP, folder, "validation")
    again, neighbour = "as many hits as people's", "nearest tap of the train split"
    assert list(found) == ["groovae_2bar_tap_fixed_velocity", again, neighbour]
    assert found[again].density == pytest.approx(0.5, abs=1 / 16)  # at 0 all its drums rest, above it all are hit
    assert found[neighbour].f1 == 1  # file 0 is file 2
    own = found["groovae_2bar_tap_fixed_velocity"]
    assert (own.f1, own.velocity, own.timing) == (0, None, None)  # it hits nothing
    assert list(measured_groove(Known(logits), TAP, folder, None)) == ["groovae_2bar_tap_fixed_velocity"]


def test_the_command_measures_a_shipped_model_and_prints_a_table_or_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, model = groove_folder(tmp_path), MODELS / "groovae_2bar_humanize.tflite"
    assert main(["evaluate", str(model), str(folder), "--split", "validation", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    own = found["groovae_2bar_humanize"]
    assert set(own) == {"f1", "velocity", "timing", "nats", "density"}
    assert 0 < own["timing"] < 60
    assert 0 < own["velocity"] < 64
    assert main(["evaluate", str(model), str(folder), "--split", "validation"]) == 0
    table = capsys.readouterr().out
    assert "on the grid" in table
    assert f"{own['velocity']:.1f}" in table


@pytest.mark.parametrize(
    ("model", "split", "said"),
    [
        ("cat-drums_2bar_small.tflite", None, "of autoencoders only GrooVAE's are measured"),
        ("groovae_2bar_humanize.tflite", "test", "None of 0 files holds drums"),
    ],
)
def test_what_cannot_be_measured_is_said(
    model: str, split: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--split", split] if split else []
    assert main(["evaluate", str(MODELS / model), str(groove_folder(tmp_path)), *words]) == 2
    assert said in capsys.readouterr().err
