"""How late edges were: kept while a process strikes or sends, told when it ends."""

from array import array


class LatenessRecord:
    """When each edge reached its pins, and how late (s): the latest of them, in memory that is there from the start."""

    def __init__(self, length: int = 1 << 17) -> None:
        self._lateness = array("d", (0.0,)) * length
        self._instants = array("d", (0.0,)) * length
        self._count = 0

    def note(self, at: float, lateness: float) -> None:
        """Add one edge; the oldest goes when the record is full."""
        place = self._count % len(self._lateness)
        self._instants[place] = at
        self._lateness[place] = lateness
        self._count += 1

    def edges(self) -> list[float]:
        """How late the latest edges were, in no order of time once the record has gone round."""
        return self._lateness[: min(self._count, len(self._lateness))].tolist()

    def timed(self) -> list[tuple[float, float]]:
        """The same edges in order of time, each as (instant, lateness)."""
        return sorted(zip(self._instants[: len(self.edges())], self.edges(), strict=True))
