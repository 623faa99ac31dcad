"""What kind of processor this Python is made for; on a Pi that need not be the kernel's."""

import platform
import sys


def machine(kernel: str = platform.machine(), largest: int = sys.maxsize) -> str:
    """As releases name it. A 32-bit Raspberry Pi OS on a Pi 4 has a 64-bit kernel, and takes packages of 32 bits.

    `kernel`: as uname(2) names it; `largest`: a list's longest length, which a pointer's size decides.
    """
    return "armv7l" if kernel == "aarch64" and largest < 1 << 32 else kernel
