"""The firmware and the simulator's harness, built once; without the tools the tests are left out and say so."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.firmware.avr import VARIANTS, Workshop

HERE = Path(__file__).parent
FIRMWARE = HERE.parents[1] / "hw/firmware"


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    missing = [tool for tool in ("avr-g++", "make", "cc") if shutil.which(tool) is None]
    if not Path("/usr/include/simavr/sim_avr.h").exists():
        missing.append("libsimavr-dev")
    if missing and "GHOSTNOTE_FIRMWARE" in os.environ:
        pytest.fail(f"the firmware's tests are asked for, and {', '.join(missing)} is not there: make test-firmware")
    if missing:
        pytest.skip(f"the firmware's tests need {', '.join(missing)}: make test-firmware")
    folder = tmp_path_factory.mktemp("firmware")
    subprocess.run(["make", "--silent", "-C", str(FIRMWARE), f"OUT={folder}", *VARIANTS], check=True)
    board = folder / "avr_board"
    flags = ["-O2", "-Wall", "-Wextra", "-Werror"]
    libraries = ["-lsimavr", "-lsimavrparts", "-lelf"]
    subprocess.run(["cc", *flags, str(HERE / "avr_board.c"), "-o", str(board), *libraries], check=True)
    return Workshop(folder, board)
