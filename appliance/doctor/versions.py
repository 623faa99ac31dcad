"""What became of the last update of each kind."""

from appliance.doctor.finding import Finding, Verdict, bad, ok
from appliance.drivers.version_store import VersionStore
from appliance.release.chronicle import Outcome
from appliance.release.manifest import Kind


def check_update(store: VersionStore) -> Finding:
    """Whether the last ones play; bad until another one does, or somebody has gone back by hand."""
    kinds = (store, *(VersionStore(store.root / kind) for kind in (Kind.MODELS, Kind.SETTINGS)))
    findings = [_last(kind) for kind in kinds if kind.chronicle().updates]
    worst = next((finding for finding in findings if finding.verdict is Verdict.BAD), None)
    return worst or (findings[0] if findings else ok("update", "there was none"))


def _last(store: VersionStore) -> Finding:
    last = store.chronicle().updates[-1]
    name = last.version if last.kind == Kind.APPLICATION else f"{last.kind} {last.version}"
    found = f"{name} {last.outcome}, {last.at}"
    if last.outcome in (Outcome.REFUSED, Outcome.TAKEN_BACK):
        return bad("update", f"{found}: {last.reason}", "Mend what it names, and install it again.")
    return ok("update", found)
