"""Settings come whole over the wire, and a cut of power leaves the old ones or the new ones."""

import random
from pathlib import Path

import msgspec
import pytest

from appliance.arduino.image import image_of
from appliance.arduino.messages import PIECE, Ask, Hello, WriteResult, Wrote, ask, ask_commit, ask_write
from appliance.arduino.seven_bits import crc16
from tests.firmware.avr import Script, Workshop
from tests.firmware.kits import EIGHT, FIVE, STRIKE, eeprom_with

OLD = image_of(STRIKE, FIVE)
NEW = image_of(msgspec.structs.replace(STRIKE, tolerance=0.0015, max_on=0.055), EIGHT)
A_PIECE = 0.1  # s: 24 bytes of 3.4 ms, and the wire


def upload(script: Script, image: bytes, at: float) -> float:
    """Every piece, with time to write it; returns when the commit is done."""
    for offset in range(0, len(image), PIECE):
        script.rx(at, ask_write(offset, image[offset : offset + PIECE]))
        at += A_PIECE
    script.rx(at, ask_commit(len(image), crc16(image)))
    return at + 0.1


def test_what_was_sent_is_used_and_survives_the_power(workshop: Workshop, tmp_path: Path) -> None:
    eeprom = tmp_path / "eeprom.bin"
    script = Script()
    done = upload(script, NEW, 0.1)
    script.say(done, "power")
    trace = script.run(workshop, eeprom, done + 0.2)
    results = [wrote.result for wrote in trace.of(Wrote) if isinstance(wrote, Wrote)]
    assert results == [*[WriteResult.WRITTEN] * (len(results) - 1), WriteResult.COMMITTED]
    first, second = (hello for hello in trace.of(Hello) if isinstance(hello, Hello))
    assert first.origin == 0
    assert (second.origin, second.checksum) == (1, crc16(NEW))


def test_a_torn_image_is_not_used(workshop: Workshop, tmp_path: Path) -> None:
    script = Script()
    for offset in range(0, len(NEW), PIECE):
        if offset != 5 * PIECE:
            script.rx(0.1 + offset / PIECE * A_PIECE, ask_write(offset, NEW[offset : offset + PIECE]))
    end = 0.2 + len(NEW) / PIECE * A_PIECE
    script.rx(end, ask_commit(len(NEW), crc16(NEW))).rx(end + 0.1, ask(Ask.HELLO))
    trace = script.run(workshop, eeprom_with(tmp_path / "eeprom.bin", FIVE), end + 0.2)
    last = trace.of(Wrote)[-1]
    assert isinstance(last, Wrote)
    assert last.result is WriteResult.CORRUPT
    hello = trace.of(Hello)[-1]
    assert isinstance(hello, Hello)
    assert (hello.origin, hello.checksum) == (1, crc16(OLD))


@pytest.mark.parametrize("seed", range(12))
def test_power_cut_at_any_instant_of_a_write_leaves_the_old_settings_or_the_new(
    workshop: Workshop, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    eeprom = eeprom_with(tmp_path / "eeprom.bin", FIVE)
    script = Script()
    done = upload(script, NEW, 0.1)
    # Most of the danger is at the commit, whose seven bytes say which bank is used.
    cut = chance.uniform(0.1, done) if seed % 3 else chance.uniform(done - 0.1, done - 0.05)
    early = Script()
    early._lines = [line for line in script._lines if line[0] < cut]
    early.say(cut, "power")
    trace = early.run(workshop, eeprom, cut + 0.2)
    assert len(trace.resets) == 1
    hello = trace.of(Hello)[-1]
    assert isinstance(hello, Hello)
    assert hello.checksum in (crc16(OLD), crc16(NEW))
    assert hello.origin in (1, 2)
    # And the next write finds its way from whatever the cut has left.
    again = Script()
    end = upload(again, NEW, 0.1)
    last = again.run(workshop, eeprom, end + 0.1).of(Wrote)[-1]
    assert isinstance(last, Wrote)
    assert (last.result, last.checksum) == (WriteResult.COMMITTED, crc16(NEW))


def test_strokes_that_come_while_settings_are_written_are_not_made(workshop: Workshop, tmp_path: Path) -> None:
    script = Script().rx(0.1, ask_write(0, NEW[:PIECE])).rx(0.12, bytes((0x90, 38, 100)))
    trace = script.run(workshop, tmp_path / "eeprom.bin", 0.4)
    assert not [edge for edge in trace.uno_pins() if edge[2]]
