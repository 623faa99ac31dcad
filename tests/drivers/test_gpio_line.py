"""The kernel's calls are as <linux/gpio.h> has them; what they do is tested on the emulated board (tests/board)."""

import os
from argparse import ArgumentParser
from pathlib import Path

import pytest

from appliance.commands import lower_pins
from appliance.drivers import gpio_line
from appliance.drivers.gpio_line import KernelLine, header_chip, line_files


@pytest.mark.parametrize(
    ("call", "number", "size"),
    [
        (gpio_line._GET_CHIP_INFO, 0x01, gpio_line._CHIP_INFO.size),
        (gpio_line._GET_LINE, 0x07, gpio_line._REQUEST.size),
        (gpio_line._GET_VALUES, 0x0E, gpio_line._VALUES.size),
        (gpio_line._SET_VALUES, 0x0F, gpio_line._VALUES.size),
    ],
)
def test_a_call_carries_the_size_of_its_structure(call: int, number: int, size: int) -> None:
    # <asm-generic/ioctl.h>: two bits of direction, fourteen of size, eight of type (0xB4: GPIO), eight of number.
    assert (call >> 16 & 0x3FFF, call >> 8 & 0xFF, call & 0xFF) == (size, 0xB4, number)


def test_a_file_that_is_no_line_is_refused() -> None:
    file = os.open("/dev/null", os.O_RDWR)
    try:
        for ask in (KernelLine(file).lower, KernelLine(file).is_high):
            with pytest.raises(OSError, match=r"\[Errno 25\]"):
                ask()
        assert file not in line_files()
    finally:
        os.close(file)


def test_a_folder_without_chips_has_no_header(tmp_path: Path) -> None:
    assert header_chip(tmp_path) is None


def test_nothing_configured_is_nothing_to_lower(capsys: pytest.CaptureFixture[str]) -> None:
    parser = ArgumentParser()
    lower_pins.add_arguments(parser)
    assert lower_pins.run(parser.parse_args([])) == 0
    assert "there is nothing to lower" in capsys.readouterr().out


def test_pins_that_cannot_be_lowered_are_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if header_chip() is not None:
        pytest.skip("this machine has a pin header: nothing is switched on it here")
    owner = tmp_path / "owner.toml"
    owner.write_text('[pins.motors.snare]\nkind = "in_in"\nin1 = 23\nin2 = 24\n')
    parser = ArgumentParser()
    lower_pins.add_arguments(parser)
    assert lower_pins.run(parser.parse_args(["--settings", str(owner)])) == 1
    assert "there is no pin header here" in capsys.readouterr().err


def test_a_chip_that_is_none_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "gpiochip0").write_text("")
    settings = lower_pins.load_settings().room("pins", lower_pins.PinSettings)
    assert lower_pins.lower_pins(settings, devices=tmp_path)[0].startswith("the lines were not lowered: [Errno 25]")
