"""The window in which an autoencoder hears and plays, in whole bars of the music that it is to fit."""

from typing import NamedTuple

WINDOW = 32  # sixteenths of a two-bar model


class Cell(NamedTuple):
    """So many bars of so many steps, as fit in a window; of a bar that is longer than it, the window's steps."""

    bar: int
    bars: int

    @property
    def steps(self) -> int:
        """Steps in all."""
        return self.bar * self.bars


def cell_of(steps_per_bar: int, window: int = WINDOW) -> Cell:
    """The cell of a meter: two bars of 4/4, 3/4 or 7/8, one of 5/4, and of 9/4 what fits."""
    if steps_per_bar > window:
        return Cell(window, 1)
    return Cell(steps_per_bar, window // steps_per_bar)
