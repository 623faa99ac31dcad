"""What became of the last update."""

from appliance.doctor.finding import Finding, bad, ok
from appliance.drivers.version_store import VersionStore
from appliance.release.chronicle import Outcome


def check_update(store: VersionStore) -> Finding:
    """Whether the last one plays; bad until another one does, or somebody has gone back by hand."""
    updates = store.chronicle().updates
    if not updates:
        return ok("update", "there was none")
    last = updates[-1]
    found = f"{last.version} {last.outcome}, {last.at}"
    if last.outcome in (Outcome.REFUSED, Outcome.TAKEN_BACK):
        return bad("update", f"{found}: {last.reason}", "Mend what it names, and install it again.")
    return ok("update", found)
