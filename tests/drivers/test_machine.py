"""A release is for what this Python is made for."""

import platform
import sys

import pytest

from appliance.drivers.machine import machine


@pytest.mark.parametrize(
    ("kernel", "largest", "named"),
    [
        ("aarch64", 2**63 - 1, "aarch64"),
        ("aarch64", 2**31 - 1, "armv7l"),  # Raspberry Pi OS, 32-bit, on a Pi 4
        ("armv7l", 2**31 - 1, "armv7l"),
        ("x86_64", 2**63 - 1, "x86_64"),
    ],
)
def test_a_narrow_python_on_a_wide_kernel_takes_narrow_releases(kernel: str, largest: int, named: str) -> None:
    assert machine(kernel, largest) == named


def test_here_it_is_what_the_kernel_says_of_a_python_of_its_own_width() -> None:
    assert sys.maxsize < 1 << 32 or machine() == platform.machine()
