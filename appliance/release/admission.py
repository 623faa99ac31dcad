"""Whether a box may take a release: the rules beside the signature."""

import msgspec

from appliance.errors import UpdateRefused
from appliance.release.manifest import Kind, Manifest
from appliance.release.version import Version

# Beside the files themselves: what a file system needs for them, and what journals may grow by meanwhile.
_MARGIN = 20 * 1024 * 1024


class Box(msgspec.Struct, frozen=True):
    """What an update meets: the board, its Python, the running version of that kind (None: none), the room in bytes."""

    machine: str
    python: str
    running: Version | None
    free: int


def admit(release: Manifest, box: Box) -> None:
    """Raises: UpdateRefused, with what to do, for a release that this box must not take."""
    _fits(release, box)
    if box.running is not None and release.number == box.running:
        raise UpdateRefused(f"{release.kind} {release.version} runs already")
    if box.running is not None and release.number < box.running:
        raise UpdateRefused(
            f"{release.kind} {release.version} is older than {box.running}, which runs: "
            "`ghostnote update rollback` goes back to the version before"
        )
    if box.free < release.bytes + _MARGIN:
        raise UpdateRefused(
            f"the release needs {(release.bytes + _MARGIN) >> 20} MB and {box.free >> 20} MB are free: "
            "delete old journals, or move them to another computer"
        )


def _fits(release: Manifest, box: Box) -> None:
    if release.machine not in ("", box.machine):
        raise UpdateRefused(f"the release is for {release.machine}, this board is {box.machine}")
    if release.python not in ("", box.python):
        raise UpdateRefused(f"the release is for Python {release.python}, this box has {box.python}")
    if release.kind is Kind.APPLICATION and not (release.machine and release.python):
        raise UpdateRefused("the release does not say for which board and Python it is: make it again")
