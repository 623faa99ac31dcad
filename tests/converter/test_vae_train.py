"""Small MusicVAEs learn a small rhythm, go on where they were cut short, and become checkpoints in Magenta's names."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from converter.__main__ import main
from converter.dataset import Augmentation
from converter.errors import DataError
from converter.piece import Piece
from converter.progress import Progress
from converter.schooling import Observer, Schedule, Trained
from converter.source import read_source
from converter.training_checkpoint import CheckpointFile
from converter.vae_config import VAE_CONFIGS
from converter.vae_material import vae_material
from converter.vae_pupil import Teaching, VaeShape, first_vae_weights
from converter.vae_shapes import Sizes, sizes_of
from converter.vae_train import Course, VaeLesson, train_vae
from tests.converter.lessons import rock, write_lessons

SIZES = Sizes(z=4, encoder=(6,), decoder=(8, 8))


def lesson_of(name: str, seed: int = 3, bars: int = 5) -> VaeLesson:
    config = VAE_CONFIGS[name]
    pieces = [Piece("a", "a", 4.0, rock(bars))]
    learnt = vae_material(config, pieces, Augmentation(exchanged=0.5), learnt=True)
    judged = vae_material(config, pieces, Augmentation(), learnt=False)
    shape = VaeShape(config, replace(SIZES, nade_hidden=5 if config.decoder == "nade" else 0))
    played = config.kind == "groove"
    teaching = Teaching("played" if played else "published", 8, 0.9, hears_itself=config.decoder != "nade")
    course = Course(0.2, sampling=0 if played else 50.0, own=float(played))
    return VaeLesson(
        learnt, judged, shape, first_vae_weights(shape, np.random.default_rng(seed)), teaching, course, 0.01
    )


def learn(
    name: str,
    steps: int = 60,
    validated: Callable[[Progress], None] = lambda _: None,
    file: CheckpointFile | None = None,
    validations: int = 3,
) -> Trained:
    return train_vae(
        lesson_of(name), Schedule(steps, 0.03, 2, 32, validations=validations), Observer(validated=validated), file
    )


@pytest.mark.parametrize(
    "name",
    [
        "groovae_2bar_tap_fixed_velocity_note_dropout",
        "nade-drums_2bar_reduced",
    ],
)
def test_a_rhythm_is_learnt(name: str) -> None:
    trained = learn(name)
    assert trained.validation < 0.7 * trained.before
    assert trained.history[-1].step == 60
    assert all(np.isfinite(weight).all() for weight in trained.weights.values())


def test_a_training_cut_short_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    def cut_short(now: Progress) -> None:
        if now.step == 5:
            raise RuntimeError("the power is gone")

    name = "cat-drums_2bar_small"  # what it hears, drops and draws is all by chance
    whole = learn(name, steps=8, validations=8)
    file = CheckpointFile(tmp_path / "a.training", "same")
    with pytest.raises(RuntimeError):
        learn(name, steps=8, validations=8, file=file, validated=cut_short)
    resumed = learn(name, steps=8, validations=8, file=file)
    assert resumed.history == whole.history
    assert all(np.array_equal(whole.weights[key], resumed.weights[key]) for key in whole.weights)


def test_no_window_is_an_error_with_a_reason() -> None:
    with pytest.raises(DataError, match="not one window"):
        train_vae(lesson_of("groovae_2bar_humanize", bars=0), Schedule(1, 0.1, 2, 32))


def test_the_share_of_own_samples_is_an_inverse_sigmoid_and_beta_grows() -> None:
    course = Course(0.2, beta_rate=0.9, sampling=1000.0)
    assert course.share(0) == pytest.approx(1 / 1001)
    assert course.share(6908) == pytest.approx(0.5, abs=0.001)  # 1000 * ln(1000)
    assert course.share(10**7) == 1
    assert [round(course.price(step), 4) for step in (0, 1)] == [0.02, 0.038]
    assert math.isclose(Course(0.2).price(0), 0.2)


def train(config: str, data: Path, output: Path, *words: object) -> int:
    tiny = ("--z", 4, "--encoder", "5", "--decoder", "6,6", "--batch", 2, "--validations", 2)
    return main(["train-vae", config, "--data", str(data), "-o", str(output), *map(str, (*tiny, *words))])


def test_one_command_makes_a_checkpoint_as_magenta_names_it_and_goes_on_from_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, first = write_lessons(tmp_path / "a.notes"), tmp_path / "first"
    words = ("--steps", 4, "--loss", "played", "--no-convert", "--json")
    assert train("groovae_2bar_humanize", data, first, *words) == 0
    outcome = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert outcome["end"] == "all its steps"
    config = VAE_CONFIGS["groovae_2bar_humanize"]
    assert sizes_of(config, read_source(first).variables, first) == Sizes(4, (5,), (6, 6))
    assert Path(f"{first}.svg").read_text().startswith("<svg")
    second = tmp_path / "second"
    words = ("--steps", 1, "--no-convert", "--json", "--loss", "played", "--from", first)
    assert train("groovae_2bar_tap_fixed_velocity", data, second, *words) == 0
    assert not list(tmp_path.glob("*.training"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("groovae_2bar_humanise", "x"), "did you mean groovae_2bar_humanize"),
        (("groovae_2bar_humanize", "x.tflite"), "without an ending"),
        (("groovae_2bar_humanize", "nowhere/x"), "is not a folder"),
        (("groovae_2bar_humanize", "x", "--conductor", "5"), "has no conductor"),
        (("hier-multiperf_vel_1bar_med", "x"), "multiperf"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    words: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_lessons(tmp_path / "a.notes")
    assert train(words[0], data, tmp_path / words[1], *words[2:]) == 2
    assert said in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.notes"]
