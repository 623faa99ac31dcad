"""The attendant that looks at the striker and keeps the lamp right, so that the lamp tells of a dead player too."""

from collections.abc import Callable, Sequence

from appliance.drivers.status_led import Lamp
from appliance.drivers.striker_state import StrikerState
from appliance.status.blink import Blinker, Pattern
from appliance.status.board import Notice, StatusBoard
from appliance.status.codes import MEANINGS, Code, Colour

# Seconds between two looks at the striker.
LOOK = 0.05

# A player may take so long (s) to come when the box starts: its imports and its model, from a slow card.
PATIENCE = 60.0

# Without a player for so long (s) the groove has begun, or the drums fall silent with the last stroke that was sent.
_GRACE = 0.8

# An Arduino that was reset is back within this time (s): its bootloader takes one.
_BACK = 2.0

# The drums play as long as a stroke began within this time (s): two beats at 120 quarters a minute.
_SOUNDING = 1.0

# What only a player knows, and takes with it.
_PLAYERS = (Code.READY, Code.LISTENING, Code.PAD_LOST, Code.MODEL_FAULTY)


class Lookout:
    """Posts what the striker's state says, and plays the board on the lamp.

    `motors` are the names in the order of the settings: the first is number 1.
    """

    def __init__(self, board: StatusBoard, lamp: Lamp, look: Callable[[], StrikerState], motors: Sequence[str]) -> None:
        self._board = board
        self._lamp = lamp
        self._look = look
        self._motors = tuple(motors)
        self._blinker = Blinker()
        self._shown: tuple[tuple[Code, int], ...] = ()
        self._was = StrikerState()
        self._deadline = 0.0
        self._colour: Colour | None = None
        self._lost_at: float | None = None  # when an Arduino that is away will be taken for lost
        self._dead_at: float | None = None  # when a player that is not there will be taken for dead

    def next_deadline(self) -> float:
        """The next look, or the next change of the lamp."""
        change = self._blinker.next_deadline()
        return self._deadline if change is None else min(self._deadline, change)

    def advance(self, now: float) -> None:
        """Look, and light the lamp. Raises: what the lamp's pins raise."""
        if now >= self._deadline:
            self._deadline = now + LOOK
            self._note(self._look(), now)
            self._show(now)
        self._blinker.advance(now)
        self._light()

    def _note(self, state: StrikerState, now: float) -> None:
        self._note_player(state, now)
        (self._board.post if state.fallback else self._board.lift)(Code.ON_ARDUINO)
        self._note_arduino(state, now)
        (self._board.post if _sounds(state, now) else self._board.lift)(Code.ANSWERING)
        for motor in state.out_of_play[len(self._was.out_of_play) :]:
            self._board.post(Code.MOTOR_FAULT, self._motors.index(motor) + 1)
        # A motor that is taken out is told as a fault too; it has a code of its own.
        known = len(state.out_of_play) - len(self._was.out_of_play)
        if state.faults - self._was.faults > known:
            self._board.mark(Code.STRIKER_FAULT)
        self._was = state

    def _note_arduino(self, state: StrikerState, now: float) -> None:
        if not state.board_lost:
            self._lost_at = None
            self._board.lift(Code.ARDUINO_LOST)
        elif self._lost_at is None:
            self._lost_at = now + _BACK
        elif now >= self._lost_at:
            self._board.post(Code.ARDUINO_LOST)

    def _note_player(self, state: StrikerState, now: float) -> None:
        if state.player:
            if not self._was.player:
                self._welcome()
            return
        if self._was.player:
            self._dead_at = now + _GRACE
            for code in _PLAYERS:
                self._board.lift(code)
        self._miss(state, now)

    def _welcome(self) -> None:
        self._board.lift(Code.PLAYER_AWAY)
        self._board.lift(Code.PLAYER_DEAD)
        self._board.post(Code.READY)

    def _miss(self, state: StrikerState, now: float) -> None:
        if self._dead_at is None:
            self._dead_at = now + PATIENCE
        if state.groove:
            self._board.lift(Code.PLAYER_DEAD)
            self._board.post(Code.PLAYER_AWAY)
        elif now >= self._dead_at and not _sounds(state, now):
            self._board.lift(Code.PLAYER_AWAY)
            self._board.post(Code.PLAYER_DEAD)

    def _show(self, now: float) -> None:
        notices = self._board.shown()
        shown = tuple((notice.code, notice.motor) for notice in notices)
        if shown == self._shown:
            return
        # What is new comes first: a fault is on the lamp at once, and not when those before it have been blinked.
        first = next((number for number, key in enumerate(shown) if key not in self._shown), 0)
        self._shown = shown
        self._blinker.show([_pattern(notice) for notice in notices], first, now)

    def _light(self) -> None:
        colour = MEANINGS[self._shown[self._blinker.turn][0]].colour if self._blinker.lit else None
        if colour is not self._colour:
            self._lamp.light(colour)
            self._colour = colour


def _sounds(state: StrikerState, now: float) -> bool:
    return state.last_stroke is not None and now - state.last_stroke < _SOUNDING


def _pattern(notice: Notice) -> Pattern:
    return MEANINGS[notice.code].blinks(notice.motor)
