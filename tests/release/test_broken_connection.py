"""The crew's terminal is shut in mid-update: nobody listens any more, and the update goes on."""

import os
import subprocess
import sys
from pathlib import Path

SAYING = """
import sys
from appliance.commands.update import _say
for number in range(3):
    _say("x" * 100000)
print("to nobody", file=sys.stderr, flush=True)
open(sys.argv[1], "w").write("done")
"""


def test_what_is_said_to_nobody_stops_nothing(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-c", SAYING, str(tmp_path / "end")],
        stdout=writing,
        stderr=writing,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    os.close(writing)
    assert done.returncode == 0
    assert (tmp_path / "end").read_text() == "done"
