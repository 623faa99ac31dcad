"""The doctor's rounds: supply, heat, disk and the last update, looked at again and again, for the lamp."""

from pathlib import Path

from appliance.doctor.board import check_supply, check_temperature
from appliance.doctor.files import check_disk
from appliance.doctor.finding import Verdict
from appliance.doctor.kernel_files import KernelFiles
from appliance.doctor.versions import check_update
from appliance.drivers.status_link import StatusLink
from appliance.drivers.version_store import VersionStore
from appliance.status.codes import Code
from appliance.status.wire import Lift, Post
from appliance.status.wiring import StatusSettings

# Seconds between two rounds. The kernel's own sensor asks the firmware every 2 s.
_EVERY = 2.0


class Rounds:
    """Tells the board what is bad, and when it is over, whether or not a striker listens just then."""

    def __init__(
        self, kernel: KernelFiles, data: Path, limits: StatusSettings, link: StatusLink, versions: VersionStore
    ) -> None:
        self._kernel = kernel
        self._data = data
        self._limits = limits
        self._link = link
        self._versions = versions
        self._deadline = float("-inf")

    def next_deadline(self) -> float:
        """When the next round is due."""
        return self._deadline

    def advance(self, now: float) -> None:
        """Make a round."""
        self._deadline = max(self._deadline, now) + _EVERY
        findings = {
            Code.UNDER_VOLTAGE: check_supply(self._kernel),
            Code.TOO_HOT: check_temperature(self._kernel, self._limits.hot),
            Code.DISK_FULL: check_disk(self._data, self._limits.full),
            Code.UPDATE_FAILED: check_update(self._versions),
        }
        for code, finding in findings.items():
            self._link.tell(Post(code) if finding.verdict is Verdict.BAD else Lift(code))
