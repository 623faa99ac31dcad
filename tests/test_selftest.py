"""The test that an update must pass: real processes, a real model, a stroke; and a sentence for what is missing."""

from pathlib import Path

import pytest

from appliance.__main__ import main

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def nobody_is_nice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The niceness of the test's own process cannot be taken back."""
    monkeypatch.setattr("os.nice", lambda _: 0)


def settings(folder: Path, text: str) -> list[str]:
    (folder / "mine.toml").write_text(text)
    return ["--settings", str(folder / "mine.toml")]


def test_a_box_that_plays_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = REPOSITORY / "tests/converter/tiny_one_drum.tflite"
    status = main(["selftest", *settings(tmp_path, f"[answer]\nmodel = '{model}'\n")])
    assert (status, capsys.readouterr().err) == (0, "")


def test_a_model_that_cannot_be_used_fails_with_its_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torn = tmp_path / "torn.tflite"
    torn.write_bytes(b"TFL3")
    status = main(["selftest", *settings(tmp_path, f"[answer]\nmodel = '{torn}'\n")])
    assert status == 1
    assert f"{torn} is torn" in capsys.readouterr().err


def test_settings_that_this_version_does_not_read_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", *settings(tmp_path, "[strike]\nspeed = 2\n")]) == 2
    assert "strike.speed" in capsys.readouterr().err
