"""Draws everything anew: `python -m hw.drawings` (needs schemdraw)."""

from collections.abc import Callable, Iterator

import schemdraw

from hw.drawings import arduino, eight_drums, lamp_and_buttons, one_drum, power, solenoid
from hw.drawings.sheet import HW, as_svg


def drawings() -> Iterator[tuple[str, Callable[[], schemdraw.Drawing]]]:
    """Every drawing by the name of its file."""
    for script in (one_drum, solenoid, eight_drums, arduino, lamp_and_buttons, power):
        yield from script.DRAWINGS.items()


def main() -> None:
    """Write the files."""
    for name, draw in drawings():
        (HW / "drawings" / f"{name}.svg").write_text(as_svg(draw()), "utf-8")


if __name__ == "__main__":
    main()
