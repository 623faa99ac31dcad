"""What a striker has to say, until somebody takes it: strokes that are left out, and faults."""

from appliance.strike.outcome import Asked, Dropped, Reason, dropped


class Outbox:
    """Both in the order in which they happened; what was taken is not said again."""

    def __init__(self) -> None:
        self._left_out: list[Dropped] = []
        self._faults: list[str] = []

    def leave_out(self, asked: Asked, reason: Reason, batch: int = 0, hot: str = "") -> None:
        """Something will not be played; `hot` is the motor that is too hot for it, where that is the reason."""
        self._left_out.append(dropped(asked, reason, batch, hot))

    def tell(self, fault: str) -> None:
        """One sentence for the crew."""
        self._faults.append(fault)

    def take_left_out(self) -> list[Dropped]:
        """What was left out since the last time of asking."""
        left_out = self._left_out
        if left_out:
            self._left_out = []
        return left_out

    def take_faults(self) -> list[str]:
        """The faults since the last time of asking."""
        faults = self._faults
        if faults:
            self._faults = []
        return faults
