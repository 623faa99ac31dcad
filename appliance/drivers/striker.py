"""The real-time loop: wait for the deadline, write, note how late it was; attend to clients in between."""

import contextlib
from collections import deque
from collections.abc import Sequence
from typing import Protocol

import msgspec

from appliance.clock import Clock
from appliance.drivers.lateness_record import LatenessRecord
from appliance.drivers.realtime import SPIN
from appliance.drivers.striker_board import Board
from appliance.drivers.striker_state import Attendant, StrikerState
from appliance.errors import MotorFault
from appliance.notation.hit import Stroke
from appliance.strike.groove import Groove, GrooveKeeper, Passed
from appliance.strike.motor import COAST, MotorDriver
from appliance.strike.outcome import Reason, Struck, Tried, dropped
from appliance.strike.sending import Sending
from appliance.strike.striker import Striker, Write
from appliance.strike.trial import Try
from appliance.strike.wire import (
    Cancel,
    Fault,
    GrooveEnded,
    GrooveHeld,
    Panic,
    Panicked,
    Player,
    Reply,
    Request,
    Rest,
    Strokes,
    UsePins,
)

# Below this time (s) to the next edge nothing but the edge is thought of: twice what one packet costs on a Pi. The
# clients are heard even so: eight motors have at most 32 edges in the 59 ms of a motion, so one gap is above 1.7 ms.
SPARE = SPIN + 0.0004

# So long (s) before an edge a striker that sleeps is woken, and computes it: the wake may be late by 0.5 ms, and a busy
# machine has spells in which its caches hold nothing and 0.05 ms of work take 1.5 ms (bench/striker_lateness.py).
EARLY = 0.0025

# So long (s) before the instant the way to the pins is gone for nothing, by telling a motor at rest to rest: what is in
# the caches takes 1 us instead of 20.
_REHEARSED = (0.0005, 0.0002)

# What attends to lamps, buttons and watchdogs may take longer than a packet does: below this time (s) it is not called.
ATTENDING = 0.001

# Edges that are remembered where nobody asked for more: two seconds of the densest playing. Memory is locked.
_SHORT = 1 << 10

# Replies in a packet: as many as fit a page of memory.
_REPLIES = 32


class PreciseClock(Clock, Protocol):
    """A clock that can be waited for."""

    def reach(self, instant: float) -> None:
        """Return at `instant`, or at once if it is past."""
        ...


class Door(Protocol):
    """Where requests come from and replies go."""

    stopped: bool

    @property
    def player(self) -> bool:
        """Whether the player is connected."""
        ...

    def wait(self, until: float | None) -> Sequence[Request]:
        """What was asked, as soon as something is; at the latest at `until`."""
        ...

    def send(self, replies: Sequence[Reply]) -> None:
        """To every client; it never waits for one."""
        ...


class StrikerLoop:
    """One thread, the only one that touches the motors.

    It writes what is due, and in the time between two edges files new strokes one by one and sends replies.
    """

    def __init__(
        self,
        striker: Striker,
        motors: MotorDriver,
        door: Door,
        clock: PreciseClock,
        groove: GrooveKeeper | None = None,
        record: LatenessRecord | None = None,
        board: Board | None = None,
        *,
        behind: bool = False,
    ) -> None:
        """Without a keeper nothing is played that nobody asked for; without a record of its own it has a short one.

        With a board motions go there; when it is `behind` the pins, only once these have failed.
        """
        self._striker = striker
        self._motors = motors
        self._door = door
        self._clock = clock
        self._inbox: deque[tuple[int, Stroke] | Try | Cancel] = deque()
        self._outbox: deque[Reply] = deque()
        self._groove = groove or GrooveKeeper(bars=0, lead=0.0)
        self._attendants: list[Attendant] = []
        self._state = StrikerState()
        self.record = record or LatenessRecord(_SHORT)
        self._board = board
        self._behind = behind
        if board is not None:
            self.employ(board)
            if not behind:
                striker.send_ahead(board.ahead, freely=board.freely)

    @property
    def state(self) -> StrikerState:
        """How the striker stands now: a frozen value, a new one after each change."""
        if self._state.player != self._door.player:
            self._state = msgspec.structs.replace(self._state, player=self._door.player)
        return self._state

    def employ(self, *attendants: Attendant) -> None:
        """Call these in the time between two edges; they may look at `state`."""
        self._attendants.extend(attendants)

    def run(self) -> None:
        """Strike until the door is stopped; every motor coasts before, and after whatever ends it.

        Raises: MotorFault when a motor at fault cannot be brought to a coast.
        """
        self._motors.coast_all()
        try:
            while not self._door.stopped:
                self.turn()
        finally:
            self._motors.coast_all()

    def panic(self) -> None:
        """Drop everything, and let every motor coast now; for an attendant, in its `advance`. Raises: MotorFault."""
        if self._board is not None:
            self._board.panic()
        now = self._clock.now()
        for write in self._striker.panic(now):
            self._write(write)
        self._outbox.append(Panicked(now))
        for item in self._inbox:
            if isinstance(item, Try):
                self._outbox.append(dropped(item, Reason.PANIC, item.batch))
            elif not isinstance(item, Cancel):
                self._outbox.append(dropped(item[1], Reason.PANIC, item[0]))
        self._inbox.clear()
        self._groove.stop(Reason.PANIC)
        self._pass(Passed())
        self._collect()

    def turn(self) -> None:
        """One edge, or one look at the clients."""
        deadline = self._striker.next_deadline()
        if self._is_far(deadline, ATTENDING):
            self._attend()
        heard = self._is_far(deadline, SPARE) and self._listen(deadline)
        if deadline is not None and not heard and not self._is_far(deadline, EARLY):
            self._strike(deadline)

    def _strike(self, deadline: float) -> None:
        # Computed before the instant: between the end of the wait and the pin there is nothing but the write.
        writes = self._striker.advance(max(deadline, self._clock.now()))
        self._rehearse(deadline, writes)
        self._clock.reach(deadline)
        for write in writes:
            if isinstance(write, Sending):
                self._send(write)
            else:
                self._write(write)
        self._collect()

    def _rehearse(self, deadline: float, writes: Sequence[Write | Sending]) -> None:
        # With a board behind the pins it is a stroke that they are to refuse: that one the board can beat for them.
        resting = None if self._behind else self._striker.resting(writes, self._state.out_of_play)
        if resting is None or not any(isinstance(write, Write) for write in writes):
            return
        for before in _REHEARSED:
            if self._is_far(deadline, before):
                self._clock.reach(deadline - before)
                rest = Write(deadline, resting, COAST)
                try:
                    self._put(rest)
                except MotorFault as fault:
                    self._take_out(rest, fault)
                    return

    def _put(self, write: Write) -> float | None:
        """To the pins; the instant after, or None for a stroke that is too late. Raises: MotorFault."""
        if self._striker.missed(write, self._clock.now()):
            return None
        self._motors.write(write.motor, write.inputs)
        return self._clock.now()

    def _send(self, sending: Sending) -> None:
        assert self._board is not None, "motions are handed out whole for a board only"
        self._board.send(sending)
        self._hear_board()

    def _hear_board(self) -> None:
        board = self._board
        if board is None:
            return
        now = self._clock.now()  # the board tells of a motion some ms behind its start
        for told in board.take_told():
            self._outbox.append(told)
            if isinstance(told, Struck | Tried):
                self.record.note(now, told.lateness)
            if isinstance(told, Struck):
                self._state = msgspec.structs.replace(self._state, strokes=self._state.strokes + 1, last_stroke=now)
        self._outbox.extend(Fault(words) for words in board.take_words())
        lost = not board.ready and (self._state.fallback or not self._behind)
        if lost is not self._state.board_lost:
            self._state = msgspec.structs.replace(self._state, board_lost=lost)

    def _change_over(self, fault: MotorFault) -> None:
        """The pins have failed: from now on the board plays, the stroke that the pins refused first."""
        assert self._board is not None, "there is a board behind the pins"
        self._outbox.append(Fault(f"{fault}: the Arduino plays from now on, until `ghostnote pins`"))
        self._state = msgspec.structs.replace(self._state, fallback=True)
        self._striker.send_ahead(self._board.ahead, freely=self._board.freely)

    def _lower(self, motor: str) -> None:
        # Pins that fail may refuse this too. Nothing more can be done from here, and the board plays on.
        with contextlib.suppress(MotorFault):
            self._motors.write(motor, COAST)

    def _go_back(self) -> None:
        """The crew asked for it: the pins play again, from the next motion on."""
        if not self._state.fallback:
            return
        try:
            self._motors.coast_all()
        except MotorFault as fault:
            self._tell(f"{fault}: the Arduino plays on")
            return
        self._striker.send_ahead(None)
        self._state = msgspec.structs.replace(self._state, fallback=False, board_lost=False)

    def _write(self, write: Write) -> None:
        try:
            at = self._put(write)
        except MotorFault as fault:
            self._take_out(write, fault)
            return
        if at is None:
            return
        self._striker.written(write, at)
        self.record.note(at, at - write.deadline)
        begun = write.struck(at)
        if begun is not None:
            self._outbox.append(begun)
        if isinstance(begun, Struck):
            self._state = msgspec.structs.replace(self._state, strokes=self._state.strokes + 1, last_stroke=at)

    def _take_out(self, write: Write, fault: MotorFault) -> None:
        if self._board is not None and self._behind and (self._state.fallback or self._board.ready):
            if not self._state.fallback:
                self._change_over(fault)
            if not self._striker.renew(write) and write.begins is not None:
                self._outbox.append(dropped(write.begins, Reason.FAULT, write.batch))
            self._lower(write.motor)
            return
        if write.motor not in self._state.out_of_play:
            self._tell(f"{fault}: motor {write.motor!r} plays no more until the striker is started again")
            self._state = msgspec.structs.replace(self._state, out_of_play=(*self._state.out_of_play, write.motor))
        if write.begins is not None:
            self._outbox.append(dropped(write.begins, Reason.FAULT, write.batch))
        for coast in self._striker.take_out(write.motor, self._clock.now()):
            try:
                self._motors.write(coast.motor, coast.inputs)
            except MotorFault:
                # Its pins cannot be trusted: all are lowered, and if that fails too the striker ends with the reason.
                self._motors.coast_all()

    def _is_far(self, deadline: float | None, distance: float) -> bool:
        return deadline is None or self._clock.now() < deadline - distance

    def _attend(self) -> None:
        alone = self._groove.next_deadline()
        if alone is not None and alone <= self._clock.now():
            self._pass(self._groove.advance(self._clock.now()))
            return
        for attendant in self._attendants:
            due = attendant.next_deadline()
            if due is not None and due <= self._clock.now():
                self._advance(attendant)
                return

    def _advance(self, attendant: Attendant) -> None:
        # The one that was served goes behind the others: none can keep them from their turn.
        self._attendants.remove(attendant)
        try:
            attendant.advance(self._clock.now())
        except MotorFault:
            raise
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in a lamp or a button, the drums play on
            self._tell(f"{type(attendant).__name__} is out of order: {error}")
        else:
            self._attendants.append(attendant)

    def _listen(self, deadline: float | None) -> bool:
        """One piece of work for the clients, as soon as there is one; whether there was."""
        if self._inbox:
            self._file()
            return True
        if self._outbox:
            self._reply()
            return True
        requests = self._door.wait(self._awake_at(deadline))
        for request in requests:
            self._receive(request)
        if self._board is not None:
            self._board.look()
            self._hear_board()
        return bool(requests)

    def _awake_at(self, deadline: float | None) -> float | None:
        if deadline is not None and not self._is_far(deadline, ATTENDING):
            return deadline - EARLY
        edges = [] if deadline is None else [deadline - EARLY]
        duties = [self._groove.next_deadline(), *(attendant.next_deadline() for attendant in self._attendants)]
        return min((*edges, *(due for due in duties if due is not None)), default=None)

    def _receive(self, request: Request) -> None:
        match request:
            case Strokes(batch, strokes, float(until)):
                self._pass(self._groove.receive(strokes, until, batch, self._clock.now()))
            case Strokes(batch, strokes):
                self._inbox.extend((batch, stroke) for stroke in sorted(strokes, key=lambda stroke: stroke.time))
            case Groove():
                self._groove.begin(request)
            case Rest():
                self._pass(self._groove.rest(self._clock.now()))
            case Cancel():
                self._groove.stop(Reason.CANCELLED)
                self._pass(Passed(cut=request.after))
            case Try():
                self._inbox.append(request)
            case Panic():
                self.panic()
            case UsePins():
                self._go_back()
            case Player():
                pass  # the door has seen it

    def _pass(self, passed: Passed) -> None:
        if passed.cut is not None:
            self._inbox.append(Cancel(passed.cut))
        in_order = sorted(passed.strokes, key=lambda sent: sent[1].time)
        self._inbox.extend(in_order)
        self._outbox.extend(self._groove.outbox.take_left_out())
        until = self._groove.until
        if self._groove.alone != self._state.groove:
            now = self._clock.now()
            self._outbox.append(GrooveEnded(now) if until is None else GrooveHeld(now, until))
            self._state = msgspec.structs.replace(self._state, groove=self._groove.alone)

    def _file(self) -> None:
        item = self._inbox.popleft()
        if isinstance(item, Cancel):
            self._striker.cancel(item.after)
        elif isinstance(item, Try):
            self._striker.attempt(item, self._clock.now())
        else:
            batch, stroke = item
            self._striker.receive((stroke,), self._clock.now(), batch)
        self._collect()

    def _collect(self) -> None:
        self._outbox.extend(self._striker.outbox.take_left_out())
        for fault in self._striker.outbox.take_faults():
            self._tell(fault)

    def _tell(self, fault: str) -> None:
        self._outbox.append(Fault(fault))
        self._state = msgspec.structs.replace(self._state, faults=self._state.faults + 1)

    def _reply(self) -> None:
        count = min(len(self._outbox), _REPLIES)
        self._door.send([self._outbox.popleft() for _ in range(count)])
