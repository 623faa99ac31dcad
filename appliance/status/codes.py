"""Every state and fault that the lamp can show: how it blinks, what it means, what to do."""

from enum import IntEnum, StrEnum

import msgspec

from appliance.status.blink import Pattern, counted, dips, even


class Colour(StrEnum):
    """What an RGB lamp shows without dimming; a plain one is lit or not, and the pattern alone tells."""

    RED = "red"
    AMBER = "amber"  # red and green
    GREEN = "green"
    CYAN = "cyan"
    BLUE = "blue"
    WHITE = "white"


class Urgency(IntEnum):
    """Which codes hide which."""

    STATE = 0  # all is well; shown while there is no fault to show
    LOOK = 1  # the music goes on; hidden once seen, until it comes again
    BAD = 2  # something does not play; shown in turn with the state as long as it holds, even when seen


class Code(StrEnum):
    """The name of a state or fault, as it is on the wire and in the journal."""

    SHUTTING_DOWN = "shutting down"
    STARTING = "starting"
    ANSWERING = "answering"
    LISTENING = "listening"
    READY = "ready"
    PLAYER_AWAY = "player away"
    PLAYER_DEAD = "player dead"
    PAD_LOST = "pad lost"
    MODEL_FAULTY = "model faulty"
    NO_REAL_TIME = "no real-time rights"
    LATE_STROKES = "late strokes"
    SETTINGS_FAULTY = "settings faulty"
    PANIC_PRESSED = "panic pressed"
    STRIKER_FAULT = "striker fault"
    ON_ARDUINO = "on the arduino"
    ARDUINO_LOST = "arduino lost"
    MOTOR_FAULT = "motor fault"
    MOTOR_HOT = "motor hot"
    UNDER_VOLTAGE = "under-voltage"
    TOO_HOT = "too hot"
    DISK_FULL = "disk full"
    UPDATE_FAILED = "update failed"


class Meaning(msgspec.Struct, frozen=True):
    """A row of the table.

    A fault's lamp gives `long` long flashes, then `short` short ones; short 0 stands for the number of a motor.
    A state's has a `pattern` of its own and no flashes to count.
    """

    urgency: Urgency
    colour: Colour
    means: str
    do: str
    long: int = 0
    short: int = 0
    pattern: Pattern | None = None

    @property
    def of_a_motor(self) -> bool:
        """Whether the short flashes count the motor."""
        return self.pattern is None and self.short == 0

    def blinks(self, motor: int = 0) -> Pattern:
        """The pattern; a motor's code needs the motor's number, from 1."""
        if self.pattern is not None:
            return self.pattern
        return counted(self.long, self.short or motor)

    def label(self, motor: int = 0) -> str:
        """What a stagehand says on the radio: `2-3`, or `3-n` for any motor; nothing for a state."""
        return "" if self.pattern is not None else f"{self.long}-{self.short or motor or 'n'}"


def _state(colour: Colour, pattern: Pattern, means: str, do: str = "Nothing.") -> Meaning:
    return Meaning(Urgency.STATE, colour, means, do, pattern=pattern)


def _look(long: int, short: int, means: str, do: str) -> Meaning:
    return Meaning(Urgency.LOOK, Colour.AMBER, means, do, long, short)


def _bad(long: int, short: int, means: str, do: str) -> Meaning:
    return Meaning(Urgency.BAD, Colour.RED, means, do, long, short)


_ANY = 0  # short flashes: the number of the motor

# In the order in which codes of one urgency are shown. The long flashes say where to look: 1 the player, 2 the striker,
# 3 and 4 a motor, 5 the box.
MEANINGS: dict[Code, Meaning] = {
    Code.SHUTTING_DOWN: _state(
        Colour.WHITE, even(0.2), "The box shuts down.", "Wait until the lamp is dark, then switch off."
    ),
    Code.ANSWERING: _state(Colour.CYAN, dips(3), "The drums play.", "Keep hands and cables away from the sticks."),
    Code.LISTENING: _state(Colour.BLUE, dips(2), "It hears the pad and takes in a call."),
    Code.READY: _state(Colour.GREEN, dips(1), "Ready: play something on the pad."),
    Code.STARTING: _state(Colour.WHITE, even(0.75), "The box starts.", "Wait half a minute."),
    Code.PLAYER_DEAD: _bad(
        1, 2, "The player is gone; the drums are silent.", "It starts again by itself. After a minute: restart the box."
    ),
    Code.PLAYER_AWAY: _look(
        1, 1, "The player is gone; the drums repeat the last bar.", "Nothing: it comes back at a bar line."
    ),
    Code.PAD_LOST: _bad(
        1, 3, "The drum pad cannot be heard.", "Plug in its USB cable again; check that the pad is on."
    ),
    Code.MODEL_FAULTY: _bad(
        1, 4, "The model that answers cannot be used.", "Choose another on the panel, or copy the file again."
    ),
    Code.SETTINGS_FAULTY: _bad(
        2, 3, "The settings cannot be used; no motor moves.", "Run `ghostnote doctor`, mend what it names."
    ),
    Code.STRIKER_FAULT: _bad(
        2, 5, "Something in the striker failed; it plays on.", "Read what it says on the panel; restart in a pause."
    ),
    Code.ARDUINO_LOST: _bad(
        2, 7, "The Arduino that beats the drums is away.", "Plug in its USB cable again; look at its supply."
    ),
    Code.PANIC_PRESSED: _look(2, 4, "Somebody pressed panic: all motors rest.", "Look at the sticks; play on."),
    Code.ON_ARDUINO: _look(
        2,
        6,
        "The board's pins failed; the Arduino beats the drums.",
        "Look at the bridges' wiring; then `ghostnote pins`.",
    ),
    Code.NO_REAL_TIME: _look(
        2, 1, "No real-time rights: strokes can be late under load.", "Start it as a system service; see the doctor."
    ),
    Code.LATE_STROKES: _look(
        2, 2, "Strokes came too late and were left out.", "If it comes again: close other programs, see the doctor."
    ),
    Code.MOTOR_FAULT: _bad(
        3, _ANY, "Motor n is at fault and plays no more.", "Check its plug, wires and bridge; restart in a pause."
    ),
    Code.MOTOR_HOT: _look(4, _ANY, "Motor n would get too hot and rests.", "Nothing; if often: play it less densely."),
    Code.UNDER_VOLTAGE: _look(
        5, 1, "The board's supply voltage was too low.", "Use a better supply or a shorter cable; see hw/README.md."
    ),
    Code.TOO_HOT: _look(5, 2, "The board is too hot and slows down.", "Give it air."),
    Code.DISK_FULL: _look(5, 3, "The disk is full.", "Delete old journals; the music does not need them."),
    Code.UPDATE_FAILED: _look(5, 4, "An update failed; the version before plays.", "See `ghostnote update status`."),
}
