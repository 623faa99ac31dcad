"""Real MIDI ports: on ALSA's sequencer where this machine has one, else on a JACK server of the test's own.

USB pads and their unplugging are in tests/board, on an emulated board.
"""

import os
import select
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from appliance.clock import MonotonicClock
from appliance.drivers.midi_ports import open_ports
from appliance.pad.ports import PortsSettings, Search, Wanted
from appliance.pad.presence import PortFound, PortLost

rtmidi = pytest.importorskip("rtmidi", reason="python-rtmidi has no wheel here")

PATIENCE = 10.0  # s until a test gives up; nothing is measured here
HIT = bytes((0x99, 38, 100))
NAME = f"Tester {os.getpid()}"
WANTED = (Wanted("pad", NAME),)
NOTHING = PortsSettings(prefer=(), never=(), inputs={})


@pytest.fixture(scope="module")
def api():
    if Path("/dev/snd/seq").exists():
        yield rtmidi.API_LINUX_ALSA
        return
    if not shutil.which("jackd") or rtmidi.API_UNIX_JACK not in rtmidi.get_compiled_api():
        pytest.skip("there is neither an ALSA sequencer nor JACK here")
    server = f"ghostnote-{os.getpid()}"
    before = os.environ.get("JACK_DEFAULT_SERVER")
    os.environ["JACK_DEFAULT_SERVER"] = server
    command = ["jackd", "--no-realtime", "-n", server, "-d", "dummy", "-r", "48000", "-p", "64"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        waited = subprocess.run(["jack_wait", "-s", server, "-w", "-t", "20"], check=False, stdout=subprocess.DEVNULL)
        if waited.returncode:
            pytest.skip("JACK did not start within 20 s")
        yield rtmidi.API_UNIX_JACK
    finally:
        process.kill()
        process.wait()
        os.environ.pop("JACK_DEFAULT_SERVER")
        if before is not None:
            os.environ["JACK_DEFAULT_SERVER"] = before


class Instrument:
    """A program with a MIDI output, that comes and goes."""

    def __init__(self, api):
        self._port = rtmidi.MidiOut(api, NAME)
        self._port.open_virtual_port("out")

    def play(self, message):
        self._port.send_message(list(message))

    def leave(self):
        self._port.delete()


@pytest.fixture
def ports(api):
    opened = open_ports(WANTED, Search(WANTED, NOTHING), MonotonicClock())
    yield opened
    opened.close()


def until(ports, wanted, often=lambda: None):
    """Until a message or a change is of a kind; `often` is done again and again."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        often()
        select.select(ports.filenos(), (), (), 0.05)
        for one in [*ports.changes(), *ports.messages()]:
            if isinstance(one, wanted):
                return one
    raise AssertionError(f"no {wanted.__name__} within {PATIENCE} s")


def test_a_port_that_comes_is_heard_and_one_that_goes_is_missed_twice_over(api, ports):
    assert isinstance(until(ports, PortLost), PortLost)
    for _ in range(2):
        instrument = Instrument(api)
        assert until(ports, PortFound).name == "pad"
        before = time.monotonic()
        name, instant, message = until(ports, tuple, lambda instrument=instrument: instrument.play(HIT))
        assert (name, message) == ("pad", HIT)
        assert before <= instant <= time.monotonic()
        instrument.leave()
        assert until(ports, PortLost).name == "pad"


def test_a_port_is_closed_in_the_middle_of_a_roll(api):
    instrument = Instrument(api)
    opened = open_ports(WANTED, Search(WANTED, NOTHING), MonotonicClock())
    until(opened, tuple, lambda: instrument.play(HIT))
    for _ in range(100):
        instrument.play(HIT)
    opened.close()
    instrument.leave()
