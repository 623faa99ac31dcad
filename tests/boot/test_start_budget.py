"""What a start costs, in counts that no busy computer changes: modules loaded, files opened until a service is ready.

On a Pi 3 a module costs about a millisecond of its start, a file on a cold card half of one: so these are kept, where
times could not be.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.drivers.test_striker_process import start

PROBE = """
import atexit, json, os, sys
opened = []
sys.addaudithook(lambda event, facts: opened.append(str(facts[0])) if event == "open" else None)
def tell():
    with os.fdopen(int(os.environ["BUDGET"]), "w") as stream:
        json.dump({"modules": sorted(sys.modules), "opened": opened}, stream)
atexit.register(tell)
from appliance.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def cost(*words: str) -> tuple[set[str], list[str]]:
    """Modules, and files opened, of a command that ends when its standard input does: at once."""
    reading, writing = os.pipe()
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROBE, *words, "--until-eof"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        pass_fds=(writing,),
        env={**os.environ, "BUDGET": str(writing), "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    os.close(writing)
    with os.fdopen(reading) as stream:
        said = stream.read()
    assert done.returncode == 0, done.stderr
    found = json.loads(said)
    # Byte code that is there is one file; in a checkout it may have to be written first.
    return set(found["modules"]), [name for name in found["opened"] if not name.endswith(".pyc.tmp")]


def check(modules: set[str], opened: list[str], most: tuple[int, int]) -> None:
    print(f"{len(modules)} modules, {len(opened)} files")
    assert len(modules) <= most[0]
    assert len(opened) <= most[1]


def test_the_striker_opens_few_files(tmp_path: Path) -> None:
    cost("striker", "--dry", "--socket", str(tmp_path / "warm.sock"))  # byte code is written
    modules, opened = cost("striker", "--dry", "--socket", str(tmp_path / "striker.sock"))
    check(modules, opened, STRIKER)
    assert not [name for name in opened if name.endswith(".tflite")]


def test_the_sender_opens_few_files(tmp_path: Path) -> None:
    cost("out", "--socket", str(tmp_path / "warm.sock"))
    check(*cost("out", "--socket", str(tmp_path / "out.sock")), SENDER)


def test_the_player_opens_few_files_and_never_a_model(tmp_path: Path) -> None:
    """The worker has the model: that the player waits for it is all it does."""
    striker = start(tmp_path / "striker.sock")
    story = Path(__file__).parents[1] / "stories/rock.mid"
    words = ["run", "--striker", str(tmp_path / "striker.sock"), "--out", str(tmp_path / "out.sock")]
    words += ["--priority=0", "--story", str(story)]
    try:
        cost(*words)
        modules, opened = cost(*words)
    finally:
        striker.communicate(timeout=20)
    check(modules, opened, PLAYER)
    assert not modules & {"numpy", "ai_edge_litert", "tflite_runtime", "rtmidi", "gpiozero", "tornado"}


# Some more than there were when this was written (208 and 189; 218 and 192; 350 and 386), for a new Python's own ones.
STRIKER = (225, 210)
SENDER = (235, 215)
PLAYER = (370, 410)


def test_who_makes_rounds_needs_no_numpy() -> None:
    told = "import sys, appliance.commands.doctor; print('numpy' in sys.modules)"
    home = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, cwd=home, check=True)
    assert done.stdout.strip() == "False"
