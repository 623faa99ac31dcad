"""The settings of a kit as the bytes that the board keeps in its EEPROM: hw/firmware/PROTOCOL.md."""

import struct

from appliance.arduino.wiring import ArduinoSettings, BoardWiring, Terminal
from appliance.errors import SettingsError
from appliance.notation.hit import LOUDEST
from appliance.strike.bridge_wiring import InIn, InInEnable, PhaseEnable, Solenoid
from appliance.strike.budget import Budget
from appliance.strike.kit import Knot, Motor, StrikeSettings
from appliance.strike.touch import push_of

VERSION = 1
TICK = 4e-6  # s
ROOM = 506  # bytes of an image

_GLOBAL = struct.Struct("<BBHHHHBB")
_MOTOR = struct.Struct("<BBBBHHBHHB")
_KNOT = struct.Struct("<BHBH")
_MAP = 64
_NO_MOTOR = 15
_NO_PIN = 255
_MOST_KNOTS = 8
_LONGEST = 0xFFFF * TICK


def image_of(strike: StrikeSettings, arduino: ArduinoSettings) -> bytes:
    """The image for the motors that hang on the board. Raises: SettingsError for numbers that it cannot hold."""
    wired = arduino.wired(strike)
    head = _GLOBAL.pack(
        VERSION,
        len(wired.motors),
        ticks(strike.dead_time, "dead_time"),
        ticks(strike.max_on, "max_on"),
        ticks(strike.tolerance, "tolerance"),
        ticks(arduino.latency, "latency"),
        arduino.channel,
        arduino.enable if arduino.enable >= 0 else _NO_PIN,
    )
    left = ROOM - len(head) - _MAP - _MOTOR.size * len(wired.motors)
    most = min(_MOST_KNOTS, left // (_KNOT.size * len(wired.motors)))
    motors = (_motor(motor, arduino.motors[motor.name], wired.budget_of(motor), most) for motor in wired.motors)
    return head + _map(wired) + b"".join(motors)


def ticks(seconds: float, what: str) -> int:
    """Seconds as ticks of the board's clock. Raises: SettingsError beyond 0.262 s, which 16 bits do not hold."""
    if not 0 <= seconds <= _LONGEST:
        raise SettingsError(f"{what} is {seconds} s: the Arduino counts to {_LONGEST:.3f} s")
    return round(seconds / TICK)


def duty(share: float) -> int:
    """A duty of 0 to 1 as the board has it, 0 to 255; what is driven at all is at least 1."""
    return max(round(share * 255), 1 if share > 0 else 0)


def knots_of(motor: Motor, most: int) -> list[Knot]:
    """The pushes of some velocities, straight lines between which are the motor's touch as near as `most` knots can."""
    if 2 <= len(motor.touch) <= most:
        return list(motor.touch)
    bent = bool(motor.touch) or motor.curve != 1.0
    count = most if bent else 2
    velocities = [round(1 + (LOUDEST - 1) * place / (count - 1)) for place in range(count)]
    pushes = [(velocity, push_of(motor, velocity)) for velocity in velocities]
    return [Knot(velocity, push.forward, push.duty, push.lead) for velocity, push in pushes]


def _map(strike: StrikeSettings) -> bytes:
    names = {motor.name: number for number, motor in enumerate(strike.motors)}
    found = [strike.kit.motor_for(key) for key in range(2 * _MAP)]
    numbers = [_NO_MOTOR if motor is None else names[motor.name] for motor in found]
    return bytes(even | odd << 4 for even, odd in zip(numbers[::2], numbers[1::2], strict=True))


def _motor(motor: Motor, wiring: BoardWiring, budget: Budget, most: int) -> bytes:
    knots = knots_of(motor, most)
    back = motor.back
    head = _MOTOR.pack(
        *_wiring(wiring),
        ticks(back.contact, f"back.contact of motor {motor.name!r}"),
        ticks(back.seconds, f"back.seconds of motor {motor.name!r}"),
        duty(back.duty),
        _milliseconds(budget.on, motor.name),
        _milliseconds(budget.window, motor.name),
        len(knots),
    )
    rows = (
        _KNOT.pack(
            knot.velocity,
            ticks(knot.forward, f"a push of motor {motor.name!r}"),
            duty(knot.duty),
            ticks(knot.lead, f"a lead of motor {motor.name!r}"),
        )
        for knot in knots
    )
    return head + b"".join(rows)


def _wiring(wiring: BoardWiring) -> tuple[int, int, int, int]:
    match wiring:
        case InInEnable(in1, in2, enable):
            return 1, in1, in2, _NO_PIN if enable is None else enable
        case InIn(in1, in2):
            return 2, in1, in2, _NO_PIN
        case PhaseEnable(phase, enable):
            return 3, phase, enable, _NO_PIN
        case Solenoid(line):
            return 4, line, _NO_PIN, _NO_PIN
        case Terminal(terminal):
            return 5, terminal, _NO_PIN, _NO_PIN


def _milliseconds(seconds: float, motor: str) -> int:
    # A twenty-fourth of the window holds 2.1 s at full duty: budget.h.
    if seconds > 48.0:
        raise SettingsError(f"the duty budget of motor {motor!r} spans {seconds} s: the Arduino counts to 48 s")
    return int(seconds * 1000)
