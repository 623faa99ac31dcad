"""What the board says, and that it hears what is meant whatever comes between."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.arduino.messages import (
    IDENTITY_REQUEST,
    Ask,
    BoardStatus,
    ClockRead,
    Done,
    Hello,
    Identity,
    Outcome,
    ResetCause,
    Words,
    ask,
    ask_clock,
    ask_stroke,
)
from appliance.arduino.seven_bits import crc7, crc16, number, packed, signed, unpacked, value_of
from tests.firmware.avr import VARIANTS, Script, Trace, Workshop

SNARE, SNARE_PIN = 38, 4
SENSED = bytes((0xFE,))


@pytest.fixture
def eeprom(tmp_path: Path) -> Path:
    return tmp_path / "eeprom.bin"


def begins(trace: Trace, pin: int = SNARE_PIN) -> list[float]:
    """When a motor's forward pin went high after a rest."""
    edges = [at for at, number, level in trace.uno_pins() if number == pin and level]
    return [at for before, at in zip([-1.0, *edges], edges, strict=False) if at - before > 0.02]


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_board_says_who_it_is_and_why_it_started(workshop: Workshop, eeprom: Path, variant: str) -> None:
    trace = Script().rx(0.2, IDENTITY_REQUEST).run(workshop, eeprom, 0.3, variant)
    board, driver = variant.split("-")
    place = (("uno", "leonardo").index(board), ("pins", "shield_v1", "shield_v2").index(driver))
    (hello,) = trace.of(Hello)
    assert isinstance(hello, Hello)
    assert (hello.board, hello.driver) == place
    assert (hello.cause, hello.resets, hello.origin) == (ResetCause.POWER_ON, 0, 0)
    (identity,) = trace.of(Identity)
    assert isinstance(identity, Identity)
    assert (identity.ours, identity.board, identity.driver) == (True, *place)
    assert identity.firmware == hello.firmware
    assert trace.of(Words) == [Words("Ghostnote")]


def test_the_clock_is_that_of_the_end_of_the_question(workshop: Workshop, eeprom: Path) -> None:
    asked = [0.1, 0.9]
    script = Script()
    for sequence, at in enumerate(asked):
        script.rx(at, ask_clock(sequence))
    first, second = script.run(workshop, eeprom, 1.0).of(ClockRead)
    assert isinstance(first, ClockRead)
    assert isinstance(second, ClockRead)
    assert (first.sequence, second.sequence) == (0, 1)
    assert (second.ticks - first.ticks) * 4e-6 == pytest.approx(0.8, abs=20e-6)


@pytest.mark.parametrize(
    "message",
    [
        (0x90, SNARE, 100),
        (0x90, 1, 1, SNARE, 100),  # running status
        (0x90, 0xFE, SNARE, 0xF8, 100),  # real-time bytes within
        (0xF0, 0x7D, 0x47, 0x90, SNARE, 100),  # a message torn by a status byte
        (0xF2, 1, 2, 0x90, SNARE, 100),
        (0xC0, 5, 0x90, SNARE, 100),
        (0x90, SNARE, 0x90, SNARE, 100),  # a torn note, and a whole one
        (0xF0, *[1] * 200, 0xF7, 0x90, SNARE, 100),  # longer than any of ours
    ],
)
def test_a_note_is_heard_whatever_comes_before_or_between(
    workshop: Workshop, eeprom: Path, message: tuple[int, ...]
) -> None:
    assert len(begins(Script().rx(0.1, bytes(message)).run(workshop, eeprom, 0.3))) == 1


@pytest.mark.parametrize(
    "message",
    [
        (0x80, SNARE, 100),
        (0x90, SNARE, 0),
        (0x90, 2, 100),  # no drum
        (SNARE, 100),  # no status yet
        (0xF3, 0x90, SNARE),
        (0x90, SNARE, 0xF2, 100),  # system common ends the running status
        (0xF0, 0x90, SNARE),
    ],
)
def test_nothing_else_strikes(workshop: Workshop, eeprom: Path, message: tuple[int, ...]) -> None:
    assert not begins(Script().rx(0.1, bytes(message)).run(workshop, eeprom, 0.3))


def test_a_note_begins_within_half_a_millisecond_of_its_last_byte(workshop: Workshop, eeprom: Path) -> None:
    (at,) = begins(Script().rx(0.1, bytes((0x90, SNARE, 100))).run(workshop, eeprom, 0.3))
    # 3 bytes of 11 bits, as simavr has it, at 117647 baud
    assert 0 < at - 0.1 - 3 * 1496 / 16e6 < 0.0005


def test_a_garbled_message_does_nothing_and_is_counted(workshop: Workshop, eeprom: Path) -> None:
    stroke = bytearray(ask_stroke(1, 1, 100, round(0.15 / 4e-6)))
    stroke[6] ^= 1
    trace = Script().rx(0.1, bytes(stroke)).rx(0.2, ask(Ask.STATUS)).run(workshop, eeprom, 0.3)
    (status,) = trace.of(BoardStatus)
    assert isinstance(status, BoardStatus)
    assert (status.garbled, status.overruns, status.cuts, status.motors) == (1, 0, 0, 8)
    assert not begins(trace)
    assert not trace.of(Done)


@pytest.mark.parametrize(
    ("motor", "at", "outcome"),
    [(1, 0.2, Outcome.STRUCK), (1, 0.05, Outcome.LATE), (9, 0.2, Outcome.NO_MOTOR), (1, 30.0, Outcome.LIMIT)],
)
def test_each_stroke_is_told_once(workshop: Workshop, eeprom: Path, motor: int, at: float, outcome: Outcome) -> None:
    trace = Script().rx(0.1, ask_stroke(77, motor, 100, round(at / 4e-6))).run(workshop, eeprom, 0.4)
    (done,) = trace.of(Done)
    assert isinstance(done, Done)
    assert (done.number, done.outcome) == (77, outcome)


@pytest.mark.parametrize("message", [(0xB0, 120, 0), (0xB0, 123, 0), (0xFF,), tuple(ask(Ask.PANIC))])
def test_a_panic_ends_what_moves_and_drops_what_waits(
    workshop: Workshop, eeprom: Path, message: tuple[int, ...]
) -> None:
    waits = ask_stroke(5, 2, 100, round(0.5 / 4e-6))
    script = Script().rx(0.1, waits, bytes((0x90, SNARE, 127))).rx(0.11, bytes(message))
    trace = script.run(workshop, eeprom, 0.8)
    latest = max(at for at, _, level in trace.uno_pins() if level)
    assert latest < 0.11 + len(message) * 1496 / 16e6 + 0.0005
    assert Done(5, Outcome.STOPPED, 0) in trace.of(Done)


def test_silence_of_a_host_that_promised_to_talk_stops_everything(workshop: Workshop, eeprom: Path) -> None:
    late = ask_stroke(5, 2, 100, round(0.75 / 4e-6))
    trace = Script().rx(0.1, SENSED).rx(0.3, late).run(workshop, eeprom, 1.2)
    assert Done(5, Outcome.STOPPED, 0) in trace.of(Done)
    ((at, _),) = [(at, reply) for at, reply in trace.replies if isinstance(reply, Done)]
    assert 0.6 <= at < 0.61


def test_a_host_that_never_promised_it_may_be_silent(workshop: Workshop, eeprom: Path) -> None:
    trace = Script().rx(0.1, ask_stroke(5, 1, 100, round(0.9 / 4e-6))).run(workshop, eeprom, 1.2)
    assert len(begins(trace)) == 1


@given(st.binary(max_size=60))
def test_bytes_survive_their_way_through_seven_bits(plain: bytes) -> None:
    assert unpacked(packed(plain)) == plain
    assert all(byte < 0x80 for byte in packed(plain))


@given(st.integers(-(1 << 20), (1 << 20) - 1))
def test_numbers_survive_their_way_through_seven_bits(value: int) -> None:
    assert signed(number(value, 3)) == value
    assert value_of(number(value, 3)) == value % (1 << 21)


def test_the_checksums_are_those_of_their_standards() -> None:
    # CRC-7 of SD's CMD0 (40 00 00 00 00, whose last byte 95 is 4A and a 1) and the check value of CRC-16/XMODEM.
    assert crc7(bytes((0x40, 0, 0, 0, 0))) == 0x4A
    assert crc16(b"123456789") == 0x31C3
