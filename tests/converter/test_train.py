"""A small network learns a small rhythm, the same every time, and goes on where it was cut short."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from converter.dataset import Augmentation
from converter.drum_kit import Encoding
from converter.errors import DataError, SettingError
from converter.loss_curve import loss_curve_svg
from converter.material import DrumMaterial
from converter.network import NetworkShape, first_weights
from converter.piece import Notes, Piece
from converter.progress import Progress
from converter.pupil import Dropout
from converter.schooling import Observer, Schedule, Trained
from converter.train import Lesson, Restraint, train
from converter.training_checkpoint import CheckpointFile

TWO_DRUMS = Encoding(((36,), (38,)), 6)
ROCK = [1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 1, 0, 2, 0, 0, 2] * 6
GENTLE = Restraint(Dropout(0.05, 0.05), 0.001)


def piece_of(labels: list[int]) -> Piece:
    steps = np.array([step for step, label in enumerate(labels) if label])
    pitches = np.array([{1: 36, 2: 38}[label] for label in labels if label], np.uint8)
    return Piece("a", "a", 4.0, Notes(steps / 4, steps / 4 + 0.25, pitches, pitches))


def lesson_of(grooves: list[list[int]], seed: int = 3) -> Lesson:
    material = DrumMaterial([piece_of(labels) for labels in grooves], TWO_DRUMS, 4, Augmentation(), 64)
    shape = NetworkShape(material.code, (12,))
    return Lesson(material, material, shape, first_weights(shape, np.random.default_rng(seed)), seed)


def learn(
    grooves: list[list[int]],
    steps: int = 120,
    seed: int = 3,
    validated: Callable[[Progress], None] = lambda _: None,
    file: CheckpointFile | None = None,
    **settings: int,
) -> Trained:
    schedule = replace(Schedule(steps, 0.02, 4, 16), **settings)  # type: ignore[arg-type]
    return train(lesson_of(grooves, seed), schedule, GENTLE, Observer(validated=validated), file)


def test_a_rhythm_is_learnt_and_the_best_is_kept() -> None:
    trained = learn([ROCK, ROCK[16:]])
    assert trained.validation < 0.15 < trained.before  # log 4, which is 1.39, knows nothing
    assert trained.validation == min(entry.validation for entry in trained.history)
    assert trained.history[-1].step == 120
    assert trained.end == "all its steps"


def test_the_same_seed_gives_the_same_weights_and_another_gives_others() -> None:
    first, again, other = (learn([ROCK], steps=6, seed=seed) for seed in (3, 3, 4))
    assert all(np.array_equal(first.weights[name], again.weights[name]) for name in first.weights)
    assert any(not np.array_equal(first.weights[name], other.weights[name]) for name in first.weights)


def test_smoothed_labels_keep_it_from_certainty_and_are_judged_as_they_are() -> None:
    def learnt(smoothing: float) -> Trained:
        restraint = Restraint(Dropout(0.0, 0.0), 0.0, smoothing)
        return train(lesson_of([ROCK]), Schedule(120, 0.02, 4, 16), restraint)

    plain, smoothed = learnt(0.0), learnt(0.4)
    assert plain.before == smoothed.before
    # 0.4 spread over four classes leaves 0.7 for the right one: nobody foretells better than -log 0.7 by it.
    assert plain.validation < 0.15 < -np.log(0.7) < smoothed.validation + 0.1


def test_less_than_a_batch_trains_too() -> None:
    trained = learn([[1, 0, 0, 0, 2]], steps=40)
    assert trained.validation < trained.history[0].validation < 2


def test_nothing_to_foretell_is_an_error_with_a_reason() -> None:
    with pytest.raises(DataError, match="No validation piece is two steps long"):
        learn([[1]])


def test_training_ends_when_nothing_is_gained_any_more() -> None:
    trained = learn([ROCK], steps=400, patience=2, validations=100, rate=0)  # nothing is learnt at a rate of 0
    assert trained.end == "no gain in 2 validations"
    assert [entry.step for entry in trained.history] == [4, 8]
    assert trained.validation == trained.before


def test_an_interruption_keeps_the_best_so_far() -> None:
    def interrupt(now: Progress) -> None:
        if now.step >= 30:
            raise KeyboardInterrupt

    trained = learn([ROCK], validated=interrupt)
    assert trained.stopped
    assert trained.history[-1].step == 30
    assert trained.validation == trained.history[-1].best


@pytest.mark.parametrize("step", [4, 11])  # in a first pass, in a later one
def test_a_training_cut_short_goes_on_as_if_it_had_not_been(step: int, tmp_path: Path) -> None:
    def cut_short(now: Progress) -> None:
        if now.step == step:
            raise RuntimeError("the power is gone")

    grooves = [ROCK, ROCK[:40]]
    whole = learn(grooves, steps=16, validations=16)
    file = CheckpointFile(tmp_path / "a.training", "same")
    with pytest.raises(RuntimeError):
        learn(grooves, steps=16, validations=16, file=file, validated=cut_short)
    resumed = learn(grooves, steps=16, validations=16, file=file)
    assert resumed.history == whole.history
    assert resumed.before == whole.before
    assert all(np.array_equal(whole.weights[name], resumed.weights[name]) for name in whole.weights)


def test_a_checkpoint_of_another_training_or_a_torn_one_is_refused(tmp_path: Path) -> None:
    learn([ROCK], steps=2, file=CheckpointFile(tmp_path / "a.training", "one"))
    with pytest.raises(SettingError, match="with other data or settings"):
        learn([ROCK], steps=2, file=CheckpointFile(tmp_path / "a.training", "other"))
    content = (tmp_path / "a.training").read_bytes()
    (tmp_path / "a.training").write_bytes(content[:-40])
    with pytest.raises(SettingError, match="no training of ours"):
        learn([ROCK], steps=2, file=CheckpointFile(tmp_path / "a.training", "one"))


def test_a_full_disk_is_said_and_leaves_the_last_checkpoint_whole(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    file = CheckpointFile(tmp_path / "a.training", "same")
    learn([ROCK], steps=2, file=file)
    kept, said = file.path.read_bytes(), list[OSError]()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(kept) // 2, limits[1]))  # no file may grow beyond, as on a full disk
    try:
        observer = Observer(unsaved=said.append)
        trained = train(lesson_of([ROCK]), Schedule(6, 0.02, 4, 16), GENTLE, observer, file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert trained.history[-1].step == 6
    assert len(said) == 4
    assert file.path.read_bytes() == kept
    assert [path.name for path in tmp_path.iterdir()] == ["a.training"]


def test_the_curve_is_drawn_to_its_last_step() -> None:
    drawn = loss_curve_svg([Progress(10, 2.5, 2.2, 2.2), Progress(20, 1.8, 1.9, 1.9), Progress(30, 1.6, 2.0, 1.9)])
    assert drawn.startswith("<svg")
    assert "30 steps" in drawn
    assert "best 1.9000" in drawn
