"""Percentiles, for those who judge by the worst and not by the mean."""

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The value below or at which a share (0 to 1) of the values lies (nearest rank). Raises: ValueError for none."""
    if not values:
        raise ValueError("no values, no percentile")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
