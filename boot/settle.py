#!/usr/bin/python3 -I
"""Before any unit starts: take back an update that was still on trial when the power went.

    settle.py /opt/ghostnote [UNIT ...]

With names of units it restarts them after it has taken something back: so the unit that installs an update runs it when
it ends, however it ends. It runs whatever became of the installed version: so it is one file, needs Python itself
alone, and always ends with 0. What it reads and writes is described in appliance/release/chronicle.py.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

REASON = "power was lost, or the box started again, before the new version had proved itself"


def settle(root: Path) -> str:
    """Take back what is on trial; one sentence for the journal, empty when there was nothing to do."""
    file = root / "updates.json"
    chronicle = json.loads(file.read_text("utf-8"))
    if not chronicle["updates"] or chronicle["updates"][-1]["outcome"] != "trying":
        return ""
    trying = chronicle["updates"][-1]
    if trying["before"] and (root / "versions" / trying["before"]).is_dir():
        point(root, trying["before"])
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
        said = settle(Path(sys.argv[1]))
        if said and sys.argv[2:]:
            subprocess.run(["systemctl", "restart", "--no-block", *sys.argv[2:]], check=True)  # noqa: S603, S607
    except FileNotFoundError:
        said = ""
    except Exception as error:  # noqa: BLE001 - whatever it is, the units come next
        said = f"cannot settle the last update: {error!r}"
    if said:
        print(f"ghostnote update: {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
