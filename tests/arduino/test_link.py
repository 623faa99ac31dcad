"""From an open port to strokes at their instants, and back after a loss, without a port and without waiting."""

import pytest

from appliance.arduino.hairless import HairlessLink
from appliance.arduino.image import image_of
from appliance.arduino.link import BoardLink, Standing
from appliance.arduino.messages import ACTIVE_SENSING, Ask, Outcome
from appliance.arduino.seven_bits import crc7, crc16, number, unpacked, value_of
from appliance.notation.hit import Stroke
from appliance.settings import load_settings
from appliance.strike.kit import StrikeSettings
from appliance.strike.outcome import LeftOut, Reason, Struck
from appliance.strike.profile import fetched
from appliance.strike.sending import Sending
from appliance.strike.touch import profile_of
from hw.firmware.make_tables import built_in

STRIKE = load_settings().room("strike", StrikeSettings)
IMAGE = image_of(STRIKE, built_in("pins"))
NAMES = [motor.name for motor in STRIKE.motors]


class ScriptedBoard:
    """A board of few words: it answers what a real one would, at once."""

    def __init__(self, checksum: int, version: int = 1) -> None:
        self.checksum = checksum
        self.version = version
        self.image = bytearray(512)
        self.strokes: list[bytes] = []
        self.sensed = 0
        self.zero = 10.0  # of its clock, on the host's

    def hello(self, *, asked: bool = False, cause: int = 1) -> bytes:
        body = bytes((0x41, self.version, asked, 1, 0, 0, 0, 0, cause, 0, 1))
        return self.say(body + number(self.checksum, 3))

    def answer(self, data: bytes, now: float) -> bytes:
        self.sensed += data.count(ACTIVE_SENSING)
        said = b""
        for part in data.split(b"\xf0")[1:]:
            message = part.partition(b"\xf7")[0]
            if message[:2] == b"\x7d\x47":
                said += self.obey(Ask(message[2]), message[3:-1], now)
        return said

    def obey(self, what: Ask, data: bytes, now: float) -> bytes:
        match what:
            case Ask.HELLO:
                return self.hello(asked=True)
            case Ask.CLOCK:
                return self.say(bytes((0x42, data[0])) + number(round((now - self.zero) / 4e-6), 5))
            case Ask.WRITE:
                offset, piece = value_of(data[:2]), unpacked(data[2:])
                self.image[offset : offset + len(piece)] = piece
                return self.say(bytes((0x45, 1)) + data[:2] + number(self.checksum, 3))
            case Ask.COMMIT:
                self.checksum = crc16(bytes(self.image[: value_of(data[:2])]))
                fine = self.checksum == value_of(data[2:])
                return self.say(bytes((0x45, 3 if fine else 4, 0, 0)) + number(self.checksum, 3))
            case _:
                self.strokes.append(data)
                return b""

    @staticmethod
    def say(body: bytes) -> bytes:
        return bytes((0xF0, 0x7D, 0x47, *body, crc7(body), 0xF7))


class Wire:
    """A link and a board, and time between them."""

    def __init__(self, board: ScriptedBoard) -> None:
        self.board = board
        self.link = BoardLink(IMAGE, NAMES, ahead=0.03)
        self.now = 20.0
        self.answers(self.link.opened(self.now))

    def answers(self, said: bytes) -> None:
        while said:
            heard = self.board.answer(said, self.now)
            self.now += 0.002
            said = self.link.receive(heard, self.now) if heard else b""

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while (deadline := self.link.next_deadline()) is not None and deadline <= end:
            self.now = max(self.now, deadline)
            self.answers(self.link.advance(self.now))
        self.now = max(self.now, end)


def sending(at: float, pitch: int = 38, velocity: int = 100, motor: str = "snare") -> Sending:
    stroke = Stroke(at, pitch, velocity)
    profile = profile_of(STRIKE.motors[NAMES.index(motor)], velocity)
    return Sending(at - profile.lead, motor, profile.edges, ((stroke, 7),))


def test_a_board_with_the_same_settings_is_ready_within_a_fifth_of_a_second() -> None:
    wire = Wire(ScriptedBoard(crc16(IMAGE)))
    wire.run(0.2)
    assert wire.link.ready
    assert bytes(wire.board.image) == bytes(512)


def test_a_board_with_other_settings_is_sent_these_first() -> None:
    wire = Wire(ScriptedBoard(0))
    wire.run(0.5)
    assert wire.link.ready
    assert bytes(wire.board.image[: len(IMAGE)]) == IMAGE


def test_a_firmware_of_another_version_is_left_alone_and_told_of() -> None:
    wire = Wire(ScriptedBoard(crc16(IMAGE), version=9))
    wire.run(0.5)
    assert wire.link.standing is Standing.REFUSED
    assert any("ghostnote firmware flash" in words for words in wire.link.take_words())


def test_something_is_said_every_tenth_of_a_second() -> None:
    wire = Wire(ScriptedBoard(crc16(IMAGE)))
    wire.run(2.0)
    assert wire.board.sensed >= 18


def test_a_stroke_goes_out_with_the_boards_own_time() -> None:
    wire = Wire(ScriptedBoard(crc16(IMAGE)))
    wire.run(1.0)
    wanted = sending(wire.now + 0.06)
    assert wire.link.send(wanted)[3] == Ask.STROKE
    wire.board.answer(wire.link.send(wanted), wire.now)
    number_, motor, velocity = wire.board.strokes[0][:3]
    assert (motor, velocity) == (NAMES.index("snare"), 100)
    ticks = value_of(wire.board.strokes[0][3:])
    assert ticks * 4e-6 == pytest.approx(wanted.start - wire.board.zero, abs=0.002)
    assert list(wire.link.receive(b"", wire.now)) == []
    wire.link.receive(ScriptedBoard.say(bytes((0x43, number_, 0)) + number(5, 3)), wire.now)
    assert wire.link.take_told() == [Struck(Stroke(wanted.asked[0][0].time, 38, 100), 5 * 4e-6, 7)]


def test_what_the_board_never_tells_of_is_left_out() -> None:
    wire = Wire(ScriptedBoard(crc16(IMAGE)))
    wire.run(0.2)
    wire.link.send(sending(wire.now + 0.06))
    wire.run(0.5)
    assert [told.reason for told in wire.link.take_told() if isinstance(told, LeftOut)] == [Reason.FAULT]


def test_a_board_that_started_again_has_lost_its_strokes_and_is_ready_again_soon() -> None:
    wire = Wire(ScriptedBoard(crc16(IMAGE)))
    wire.run(0.2)
    wire.link.send(sending(wire.now + 0.06))
    wire.board.zero = wire.now
    wire.answers(wire.link.receive(wire.board.hello(cause=4), wire.now))
    assert [told.reason for told in wire.link.take_told() if isinstance(told, LeftOut)] == [Reason.FAULT]
    assert any("brown-out" in words for words in wire.link.take_words())
    wire.run(0.2)
    assert wire.link.ready


def test_a_board_that_falls_silent_is_given_up() -> None:
    wire = Wire(ScriptedBoard(crc16(IMAGE)))
    wire.run(0.2)
    wire.link.advance(wire.now + 1.2)
    assert not wire.link.lost(wire.now + 1.2), (
        "a bootloader is silent for a second, and a port opened anew begins it again"
    )
    assert wire.link.lost(wire.now + 1.6)


def test_a_board_that_started_again_and_was_not_heard_to_say_so_is_found_by_its_clock() -> None:
    wire = Wire(ScriptedBoard(crc16(IMAGE)))
    wire.run(1.0)
    wire.link.send(sending(wire.now + 0.06))
    wire.board.zero = wire.now
    wire.run(1.2)
    assert wire.link.ready
    assert [told.reason for told in wire.link.take_told() if isinstance(told, LeftOut)] == [Reason.FAULT]
    wanted = sending(wire.now + 0.06)
    wire.board.answer(wire.link.send(wanted), wire.now)
    assert value_of(wire.board.strokes[-1][3:]) * 4e-6 == pytest.approx(wanted.start - wire.board.zero, abs=0.002)


def test_a_board_that_keeps_no_settings_is_told_of() -> None:
    class Forgetful(ScriptedBoard):
        def obey(self, what: Ask, data: bytes, now: float) -> bytes:
            if what is Ask.COMMIT:
                return self.say(bytes((0x45, 4, 0, 0)) + number(self.checksum, 3))
            return super().obey(what, data, now)

    wire = Wire(Forgetful(0))
    wire.run(3.0)
    assert not wire.link.ready
    assert sum("does not keep the settings" in words for words in wire.link.take_words()) == 1


def test_strokes_for_a_board_that_is_away_are_left_out() -> None:
    link = BoardLink(IMAGE, NAMES, 0.03)
    assert link.send(sending(5.0)) == b""
    assert [told.reason for told in link.take_told() if isinstance(told, LeftOut)] == [Reason.FAULT]


def test_behind_hairless_a_stroke_is_a_note() -> None:
    link = HairlessLink(channel=0)
    link.opened(1.0)
    assert link.send(sending(5.0)) == bytes((0x99, 38, 100))
    assert link.advance(1.0) == ACTIVE_SENSING
    assert isinstance(link.take_told()[0], Struck)


def test_what_a_sketch_says_in_debug_frames_is_passed_on() -> None:
    link = HairlessLink(channel=3)
    link.opened(1.0)
    link.take_words()
    link.receive(bytes((0xFF, 0, 0, 3)) + b"hot", 1.0)
    assert link.take_words() == ["the Arduino says: hot"]
    assert link.panic() == bytes((0xB2, 120, 0))


def fetching(at: float, rest: float = 0.05) -> Sending:
    profile = profile_of(STRIKE.motors[NAMES.index("snare")], 100)
    edges = fetched(profile, rest)
    return Sending(at - profile.lead - edges[2][0], "snare", edges, ((Stroke(at, 38, 100), 7),), fetches=True)


def test_a_stroke_whose_stick_is_fetched_goes_out_in_numbers() -> None:
    wire = Wire(ScriptedBoard(crc16(IMAGE)))
    wire.run(1.0)
    assert wire.link.send(fetching(wire.now + 0.2))[3] == Ask.MOTION
    assert not wire.link.take_told()


def test_a_motion_too_slow_for_the_boards_counters_is_left_out() -> None:
    wire = Wire(ScriptedBoard(crc16(IMAGE)))
    wire.run(1.0)
    assert wire.link.send(fetching(wire.now + 0.5, rest=0.27)) == b""
    assert [told.reason for told in wire.link.take_told() if isinstance(told, LeftOut)] == [Reason.LIMIT]


def test_what_is_too_hot_for_the_board_names_its_motor() -> None:
    wire = Wire(ScriptedBoard(crc16(IMAGE)))
    wire.run(1.0)
    wire.board.answer(wire.link.send(sending(wire.now + 0.06)), wire.now)
    number_ = wire.board.strokes[0][0]
    wire.link.receive(ScriptedBoard.say(bytes((0x43, number_, Outcome.HOT)) + number(0, 3)), wire.now)
    assert [(told.reason, told.hot) for told in wire.link.take_told() if isinstance(told, LeftOut)] == [
        (Reason.HOT, "snare")
    ]


def test_behind_hairless_no_note_stands_for_a_motion_that_begins_with_a_pull() -> None:
    link = HairlessLink(channel=0)
    link.opened(1.0)
    assert link.send(fetching(5.0)) == b""
    assert [told.reason for told in link.take_told() if isinstance(told, LeftOut)] == [Reason.RECOVERY]
