#!/usr/bin/python3 -I
"""Before any unit starts: take back an update that was still on trial when the power went.

    settle.py /opt/ghostnote [UNIT ...]

Models and settings have folders of their own in it, of the same form; the settings that run are a plain file elsewhere.

With names of units it restarts them after it has taken something back: so the unit that installs an update runs it when
it ends, however it ends. It runs whatever became of the installed version: so it is one file, needs Python itself
alone, and always ends with 0. What it reads and writes is described in appliance/release/chronicle.py.
"""

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SETTINGS = Path("/var/lib/ghostnote/ghostnote.toml")
REASON = "power was lost, or the box started again, before the new version had proved itself"


def settle(root: Path) -> str:
    """Take back what is on trial; one sentence for the journal, empty when there was nothing to do."""
    file = root / "updates.json"
    chronicle = json.loads(file.read_text("utf-8"))
    if not chronicle["updates"] or chronicle["updates"][-1]["outcome"] != "trying":
        return ""
    trying = chronicle["updates"][-1]
    before = root / "versions" / trying["before"]
    if trying["before"] and before.is_dir():
        if trying["kind"] == "settings":
            restore(before / SETTINGS.name)
        point(root, trying["before"])
        trying.update(outcome="taken back", reason=REASON)
    elif trying["kind"] == "models":
        (root / "current").unlink(missing_ok=True)
        sync(root)
        trying.update(outcome="taken back", reason=REASON)
    else:
        # There is nothing to go back to: a first installation plays, or nothing does.
        trying.update(outcome="confirmed", reason="there was no version before it")
    replace(file, json.dumps(chronicle, indent=1).encode() + b"\n")
    return f"{trying['version']} {trying['outcome']}: {trying['reason']}"


def point(root: Path, version: str) -> None:
    """Let `current` name a version."""
    link = root / ".current"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("versions") / version)
    link.rename(root / "current")
    sync(root)


def restore(kept: Path) -> None:
    """The owner's settings as they were, and whose they were."""
    owner = SETTINGS.parent.stat()
    replace(SETTINGS, kept.read_bytes())
    # Whoever they belong to, the box starts, and the trial is over.
    with contextlib.suppress(OSError):
        os.chown(SETTINGS, owner.st_uid, owner.st_gid)
    SETTINGS.chmod(0o664)


def replace(file: Path, content: bytes) -> None:
    """The file anew, whole or not at all."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fchmod(handle, 0o644)
        os.fsync(handle)
    Path(name).replace(file)
    sync(file.parent)


def sync(folder: Path) -> None:
    """A rename is on disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def main() -> int:
    """A box that cannot be settled still starts: the version that `current` names is a whole one."""
    try:
        root = Path(sys.argv[1])
        handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        told = [said for kind in (root, root / "models", root / "settings") if (said := attempt(kind))]
        if told and sys.argv[2:]:
            subprocess.run(["systemctl", "restart", "--no-block", *sys.argv[2:]], check=True)  # noqa: S603, S607
        os.close(handle)
    except BlockingIOError:
        # Who holds the folder (appliance/drivers/version_store.py) is trying an update at this moment.
        told = []
    except Exception as error:  # noqa: BLE001 - whatever it is, the units come next
        told = [f"the services were not started again: {error!r}"]
    for said in told:
        print(f"ghostnote update: {said}")
    return 0


def attempt(root: Path) -> str:
    """Settle one kind; what was done, or went wrong."""
    try:
        return settle(root)
    except FileNotFoundError:
        return ""
    except Exception as error:  # noqa: BLE001 - the other kinds come next
        return f"cannot settle the last update in {root}: {error!r}"


if __name__ == "__main__":
    sys.exit(main())
