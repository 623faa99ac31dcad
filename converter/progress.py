"""Where a training stands."""

import msgspec


class Progress(msgspec.Struct, frozen=True):
    """Losses in nats a step.

    `training` is the mean since the last report, with dropout; `validation` that of the averaged weights, `best` the
    lowest validation so far.
    """

    step: int
    training: float
    validation: float
    best: float
