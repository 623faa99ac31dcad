"""A small network learns a small rhythm, the same every time, from however little; of nothing it says so."""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pretty_midi
import pytest

from converter import train_command
from converter.bundle import read_bundle
from converter.drum_kit import DRUM_KIT, Encoding
from converter.errors import DataError, SettingError
from converter.grooves import Groove, NoGroovesError
from converter.loss_curve import loss_curve_svg
from converter.network import Dropout, NetworkShape
from converter.train import Observer, Progress, Restraint, Schedule, Trained, train

TWO_DRUMS = Encoding(((36,), (38,)), 6)
ROCK = np.array([1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 1, 0, 2, 0, 0, 2] * 6, np.int32)
GENTLE = Restraint(Dropout(0.05, 0.05), 0.0, 0.0)


def learn(
    grooves: list[np.ndarray], steps: int = 120, seed: int = 3, validated: Callable[[Progress], None] = lambda _: None
) -> Trained:
    schedule = Schedule(steps, 0.02, 4, 16, 64)
    shape = NetworkShape(TWO_DRUMS, (12,))
    return train((grooves, grooves), shape, schedule, GENTLE, seed, Observer(lambda *_: None, validated))


def test_a_rhythm_is_learnt_and_the_best_is_kept() -> None:
    trained = learn([ROCK, ROCK[16:]])
    assert trained.validation < 0.15  # log 4, which is 1.39, knows nothing
    assert trained.validation == min(entry.validation for entry in trained.history)
    assert trained.history[-1].step == 120


def test_the_same_seed_gives_the_same_weights_and_another_gives_others() -> None:
    first, again, other = (learn([ROCK], steps=6, seed=seed) for seed in (3, 3, 4))
    assert all(np.array_equal(first.variables[name], again.variables[name]) for name in first.variables)
    assert any(not np.array_equal(first.variables[name], other.variables[name]) for name in first.variables)


def test_less_than_a_batch_trains_too() -> None:
    trained = learn([ROCK[:5]], steps=40)
    assert trained.validation < trained.history[0].validation < 2


def test_nothing_to_foretell_is_an_error_with_a_reason() -> None:
    with pytest.raises(NoGroovesError, match="None of the 1 training grooves is two steps long"):
        learn([ROCK[:1]])


def test_an_interruption_keeps_the_best_so_far() -> None:
    def interrupt(now: Progress) -> None:
        if now.step >= 30:
            raise KeyboardInterrupt

    trained = learn([ROCK], validated=interrupt)
    assert trained.stopped
    assert trained.history[-1].step == 30
    assert trained.validation == trained.history[-1].best


@pytest.mark.parametrize("count", [1, 2, 9, 10, 35])
def test_a_tenth_of_the_grooves_judges_and_a_lone_one_does_both(count: int) -> None:
    grooves = [Groove(str(index), ROCK) for index in range(count)]
    learnt, judged = train_command.part(grooves, 1)
    assert len(judged) == max(1, count // 10)
    if count > 1:
        assert sorted(int(groove.path) for groove in [*learnt, *judged]) == list(range(count))


def test_the_curve_is_drawn_to_its_last_step() -> None:
    drawn = loss_curve_svg([Progress(10, 2.5, 2.2, 2.2), Progress(20, 1.8, 1.9, 1.9), Progress(30, 1.6, 2.0, 1.9)])
    assert drawn.startswith("<svg")
    assert "30 steps" in drawn
    assert "best 1.9000" in drawn


def arguments(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    train_command.add_arguments(parser)
    return parser.parse_args(given)


def write_rock(path: Path) -> None:
    midi = pretty_midi.PrettyMIDI(initial_tempo=120)
    midi.time_signature_changes.append(pretty_midi.TimeSignature(4, 4, 0))
    track = pretty_midi.Instrument(0, is_drum=True)
    for step, label in enumerate(ROCK):
        track.notes += [pretty_midi.Note(90, p, step / 8, step / 8 + 0.1) for p in DRUM_KIT.pitches(int(label))]
    midi.instruments.append(track)
    midi.write(str(path))


@pytest.mark.parametrize("attention", ["0", "8"])
def test_the_command_writes_a_bundle_magenta_can_read(attention: str, tmp_path: Path) -> None:
    write_rock(tmp_path / "rock.mid")
    output, curve = tmp_path / "rock.mag", tmp_path / "rock.svg"
    settings = ["--layers", "8,8", "--attention", attention, "--steps", "2", "--window", "16", "--curve", str(curve)]
    assert train_command.run(arguments(str(tmp_path), "-o", str(output), *settings)) == 0
    bundle = read_bundle(output)
    assert bundle.generator_id == "drum_kit"
    assert bundle.checkpoint.endswith(bytes.fromhex("57fb808b247547db"))
    assert curve.read_text().startswith("<svg")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_command_refuses_a_place_it_cannot_write_to_before_it_trains(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"must end in \.mag"):
        train_command.run(arguments(str(tmp_path), "-o", str(tmp_path / "rock.tflite")))
    with pytest.raises(SettingError, match="is not a folder"):
        train_command.run(arguments(str(tmp_path), "-o", str(tmp_path / "none" / "rock.mag")))


def test_the_command_says_why_a_folder_gives_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no MIDI files"):
        train_command.run(arguments(str(tmp_path), "-o", str(tmp_path / "rock.mag")))


@pytest.mark.parametrize(
    "setting", [["--layers", "a,b"], ["--layers", "256,0"], ["--steps", "-1"], ["--dropout", "1"], ["--rate", "fast"]]
)
def test_a_setting_that_cannot_be_is_refused_in_words(setting: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments("grooves", "-o", "rock.mag", *setting)
    assert f"argument {setting[0]}: " in (said := capsys.readouterr().err)
    assert "is not a" in said
