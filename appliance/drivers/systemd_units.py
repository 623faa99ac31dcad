"""The box's units as systemd has them, by `systemctl`."""

import subprocess
from collections.abc import Sequence

import msgspec

from appliance.errors import UpdateFailed

# Seconds for one question, and for stopping all units (the longest TimeoutStopSec is 20).
_ASKING = 20.0
_STOPPING = 60.0


class UnitState(msgspec.Struct, frozen=True):
    """What systemd says of a unit; `starts` counts its automatic restarts (systemd.service(5), NRestarts).

    `left_out`: it was asked to start, and one of its conditions says that it is not for this box.
    """

    name: str
    active: str
    sub: str
    result: str
    starts: int
    left_out: bool = False

    @property
    def ready(self) -> bool:
        """A service of Type=notify is active when it has said so itself; nobody waits for one that is left out."""
        return self.left_out or (self.active == "active" and self.sub == "running")


class SystemdUnits:
    """Some units that start and stop together."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)

    def restart(self) -> None:
        """Stop them all, and start them; they may not be ready yet. Raises: UpdateFailed."""
        self._systemctl(["daemon-reload"], _ASKING)
        # Named in the order of their starting, they end in the other: a player whose striker leaves first has failed,
        # and would be taken for a bad one. `restart` would stop them all at once.
        self._systemctl(["stop", *reversed(self._names)], _STOPPING)
        self._systemctl(["reset-failed", *self._names], _ASKING)
        self._systemctl(["start", "--no-block", *self._names], _ASKING)

    def states(self) -> list[UnitState]:
        """Each unit's state, in order. Raises: UpdateFailed."""
        properties = "--property=Id,ActiveState,SubState,Result,NRestarts,ConditionResult,ConditionTimestampMonotonic"
        said = self._systemctl(["show", properties, *self._names], _ASKING)
        return [state_of(block) for block in said.strip().split("\n\n")]

    def _systemctl(self, words: Sequence[str], patience: float) -> str:
        try:
            done = subprocess.run(  # noqa: S603 - words of our own, and no shell
                ["systemctl", *words],  # noqa: S607 - the system's own, wherever it is
                capture_output=True,
                text=True,
                timeout=patience,
                check=False,
            )
        except FileNotFoundError:
            raise UpdateFailed("this computer has no systemd: an update restarts the box's units by it") from None
        except subprocess.TimeoutExpired:
            raise UpdateFailed(f"systemctl {words[0]} did not end within {patience:.0f} s") from None
        if done.returncode and words[0] != "reset-failed":  # it complains of units that never failed
            raise UpdateFailed(f"systemctl {words[0]}: {' '.join(done.stderr.split())[:300]}")
        return done.stdout


def state_of(block: str) -> UnitState:
    """A unit's state from the lines of `systemctl show`."""
    values = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
    active = values.get("ActiveState", "")
    # Of a unit that nobody has asked to start yet the conditions were not looked at: the instant is 0, the result "no".
    looked = values.get("ConditionTimestampMonotonic", "0") != "0"
    return UnitState(
        values.get("Id", ""),
        active,
        values.get("SubState", ""),
        values.get("Result", ""),
        int(values.get("NRestarts") or 0),
        left_out=looked and active == "inactive" and values.get("ConditionResult") == "no",
    )
