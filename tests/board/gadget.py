"""A USB drum pad: the gadget's side of dummy_hcd, plugged and unplugged at will, and struck."""

import os
from pathlib import Path

GADGETS = Path("/sys/kernel/config/usb_gadget")
SOUND = Path("/proc/asound")


class Gadget:
    """A pad of one USB socket, with a product name of its own."""

    def __init__(self, socket: int, product: str) -> None:
        self._controller = f"dummy_udc.{socket}"
        self._id = f"pad{socket}"
        self._folder = GADGETS / self._id
        self._midi: int | None = None
        self._plugged = False
        strings, config = self._folder / "strings/0x409", self._folder / "configs/c.1"
        function = self._folder / f"functions/midi.{self._id}"
        for folder in (self._folder, strings, config, function):
            folder.mkdir()
        (self._folder / "idVendor").write_text("0x1209\n")  # pid.codes, for tests
        (self._folder / "idProduct").write_text("0x0001\n")
        (strings / "manufacturer").write_text("Ghostnote tests\n")
        (strings / "product").write_text(f"{product}\n")
        (function / "id").write_text(f"{self._id}\n")
        (config / "midi").symlink_to(function)

    def plug(self) -> None:
        self._plugged = True
        (self._folder / "UDC").write_text(f"{self._controller}\n")

    def unplug(self) -> None:
        if self._midi is not None:
            os.close(self._midi)
            self._midi = None
        if self._plugged:
            (self._folder / "UDC").write_text("\n")
            self._plugged = False

    def strike(self, message: bytes = bytes((0x99, 38, 100))) -> bool:
        """False while the gadget's side is not ready."""
        try:
            if self._midi is None:
                self._midi = os.open(self._device(), os.O_WRONLY | os.O_NONBLOCK)
            return os.write(self._midi, message) == len(message)
        except (BlockingIOError, StopIteration):
            return False
        except OSError:  # a card that went away under our hands
            if self._midi is not None:
                os.close(self._midi)
                self._midi = None
            return False

    def _device(self) -> Path:
        card = next(card for card in SOUND.glob("card*") if (card / "id").read_text().strip() == self._id)
        return Path("/dev/snd") / f"midiC{card.name.removeprefix('card')}D0"
