"""What a process can no longer do once it has given it up. It is tried in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

LIMIT = 60.0
TRIED = """
import json, os, socket, subprocess, sys, threading
from pathlib import Path
from appliance.drivers.confinement import confine

own, other = map(Path, sys.argv[1:])
confine(memory=1 << 30, seconds=20, writable=[own])
found = {}

def tried(name, act):
    try:
        act()
        found[name] = True
    except (OSError, MemoryError):
        found[name] = False

tried("network", lambda: socket.socket(socket.AF_INET).close())
tried("sockets of this machine", lambda: socket.socket(socket.AF_UNIX).close())
tried("other programs", lambda: subprocess.run(["/bin/true"]))
tried("signals", lambda: os.kill(os.getppid(), 0))
tried("writing elsewhere", lambda: (other / "file").write_text("x"))
tried("adding to a file", lambda: (other / "there").open("a").write("x"))
tried("deleting elsewhere", lambda: (other / "there").unlink())
tried("making a folder", lambda: (other / "folder").mkdir())
tried("memory", lambda: bytearray(2 << 30))
tried("writing at home", lambda: (own / "file").write_text("x"))
tried("reading", lambda: (other / "there").read_text())
tried("a thread", lambda: threading.Thread(target=int).start())
print(json.dumps(found))
"""
STILL = {"writing at home", "reading", "a thread"}
BY_LANDLOCK = {"writing elsewhere", "adding to a file", "deleting elsewhere", "making a folder"}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    own, other = tmp_path_factory.mktemp("own"), tmp_path_factory.mktemp("other")
    (other / "there").write_text("here")
    command = [sys.executable, "-c", TRIED, str(own), str(other)]
    home = str(Path(__file__).parents[2])
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, cwd=home)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_what_a_reader_needs_is_left(found):
    assert all(found[name] for name in STILL)


def test_the_rest_is_gone(found):
    if found["writing elsewhere"]:
        pytest.skip("this kernel has no Landlock")
    assert not any(can for name, can in found.items() if name not in STILL)


def test_network_programs_and_memory_are_gone_on_every_kernel(found):
    assert not any(can for name, can in found.items() if name not in STILL | BY_LANDLOCK)
