"""When each motor must move for each stroke to land on time, and which strokes cannot be played."""

import heapq
from collections.abc import Iterable

import msgspec

from appliance.notation.hit import Stroke
from appliance.strike.chokes import Chokes, same_drum
from appliance.strike.kit import Motor, StrikeSettings
from appliance.strike.lane import Lane
from appliance.strike.motion import Motion, Part
from appliance.strike.outbox import Outbox
from appliance.strike.outcome import Asked, Reason
from appliance.strike.profile import doubled, fetched
from appliance.strike.sending import Sending
from appliance.strike.touch import Touch
from appliance.strike.trial import Try

# Strokes that wait at a time: nine drums on every sixteenth of fourteen bars. A client gone wild is stopped here.
CAPACITY = 2048

# With what the second push of a double begins, and the push of a stick that is fetched: profile.doubled and fetched.
_SECOND_PUSH = _LATER_PUSH = 2

# A stick that was pulled from the head lies at its stop after this time (s), over and above its settling: the door-lock
# motor of strike/stick.py needs 5 to 15 ms from the end of the pull.
_FETCHED = 0.020


class DutyChange(msgspec.Struct, frozen=True, gc=False):
    """From `time` on a motor's signed duty; `begins` is what its push is for, where one starts.

    `follows`: it is the second push of a double, in a motion that is under way.
    """

    time: float
    motor: str
    duty: float
    begins: Asked | None = None
    batch: int = 0
    follows: bool = False


class Schedule:
    """Strokes in, duty changes out at start = beat - lead; ties go in the order of arrival.

    It is told the time and never asks; a stroke's own time is kept to the last bit, on the grid or off it. What is left
    out goes to the outbox.
    """

    def __init__(self, settings: StrikeSettings, outbox: Outbox | None = None) -> None:
        self._settings = settings
        self._touch = Touch(settings.kit)
        self._motors = {pitch: settings.kit.motors_for(pitch) for pitch in range(128)}
        self._chokes = Chokes(settings.chokes)
        self._tolerance = settings.tolerance
        self._heap: list[tuple[float, int, Motion]] = []
        self._order = 0
        self._lanes = {motor.name: Lane(settings.dead_time, settings.budget_of(motor)) for motor in settings.motors}
        self._ahead: float | None = None
        self._freely = True
        self.outbox = outbox or Outbox()

    @property
    def waiting(self) -> int:
        """How many motions have not ended yet."""
        return len(self._heap)

    def send_ahead(self, seconds: float | None, *, freely: bool = True) -> None:
        """From now on hand out whole motions, so long before their start; None: edge by edge, when each is due.

        Unless `freely`, what they go to knows strokes alone: no double, and no stick that is fetched first.
        """
        self._ahead, self._freely = seconds, freely
        self._clear_gone()

    def renew(self, motor: str, start: float) -> bool:
        """Hand out once more the motion whose first edge, at that start, could not be made; whether there is one."""
        for motion in self._lanes[motor].motions():
            if motion.edge == 1 and motion.start == start and motion.parts:
                motion.edge = 0
                self._clear_gone()
                return True
        return False

    def receive(self, strokes: Iterable[Stroke], now: float, batch: int = 0) -> None:
        """File strokes, the earliest first; one that stands already keeps its place against one that comes later."""
        for stroke in sorted(strokes, key=lambda stroke: stroke.time):
            self._file(stroke, now, batch)

    def attempt(self, trial: Try, now: float) -> None:
        """File a try: like a stroke, it is left out where it cannot be made."""
        reason = self._admit(trial, now)
        if reason is not None:
            self.outbox.leave_out(trial, reason, trial.batch)

    def cancel(self, after: float) -> None:
        """Drop the strokes that were to sound at or after that instant and have not begun."""
        for motion in self._in_order():
            if motion.begun:
                self._spare(motion, after)
            elif len(motion.parts) > 1 and motion.time < after <= motion.parts[1].asked.time:
                self._halve(motion)
            elif motion.time >= after:
                self._leave_out(motion, Reason.CANCELLED)
        self._clear_gone()

    def panic(self) -> None:
        """Drop everything, the motions under way too: their motors count as busy until they would have been at rest."""
        self._clear(self._in_order(), Reason.PANIC)

    def take_out(self, motor: str) -> None:
        """Play no more strokes of a motor at fault."""
        lane = self._lanes[motor]
        lane.faulty = True
        self._clear(lane.motions(), Reason.FAULT)

    def abandon(self, motor: str) -> None:
        """Forget the motions under way of a motor; it counts as busy until it would have been at rest."""
        self._clear([motion for motion in self._lanes[motor].motions() if motion.begun], Reason.LATE)

    def next_deadline(self) -> float | None:
        """When the next duty change is due."""
        return self._heap[0][0] if self._heap else None

    def advance(self, now: float) -> list[DutyChange | Sending]:
        """What is due by now, in order of time; strokes that should long have begun are left out."""
        changes: list[DutyChange | Sending] = []
        heap = self._heap
        while heap and heap[0][0] <= now:
            deadline, order, motion = heap[0]
            if not motion.begun and now - motion.start > self._tolerance:
                heapq.heappop(heap)
                self._leave_out(motion, Reason.LATE)
                continue
            changes.append(self._take_edge(motion, deadline))
            if motion.edge < len(motion.edges):
                heapq.heapreplace(heap, (motion.deadline, order, motion))
            else:
                heapq.heappop(heap)
                self._forget(motion)
        return changes

    def _take_edge(self, motion: Motion, deadline: float) -> DutyChange | Sending:
        if self._ahead is None or motion.begun:
            change = _change(motion, deadline)
            motion.edge += 1
            return change
        # Its motor is busy to its end, of which the last edge reminds.
        motion.edge = len(motion.edges) - 1
        asked = tuple((part.asked, part.batch) for part in motion.parts)
        return Sending(motion.start, motion.motor, motion.edges, asked, fetches=motion.parts[0].edge > 0)

    def _due(self, motion: Motion) -> float:
        return motion.deadline - (0.0 if self._ahead is None or motion.begun else self._ahead)

    def _file(self, stroke: Stroke, now: float, batch: int) -> None:
        motors = self._motors[stroke.pitch]
        if motors and any(self._is_at(key, stroke.time) for key in self._chokes.silencers(stroke.pitch)):
            self.outbox.leave_out(stroke, Reason.CHOKED, batch)
            return
        refused: Reason | None = None
        hot = ""
        for motor in motors:
            reason = self._place(stroke, motor, now, batch)
            if reason is None:
                self._choke(stroke)
                return
            if reason is Reason.HOT:
                # Heat is told before any other reason, of the stand-in if it is both: the stroke was lost by it.
                refused, hot = reason, motor.name
            refused = refused or reason
            if reason is Reason.DOUBLED and self._is_drum_of(motor, stroke):
                refused, hot = reason, ""
                break
        self.outbox.leave_out(stroke, refused or Reason.NO_MOTOR, batch, hot)

    def _place(self, stroke: Stroke, motor: Motor, now: float, batch: int) -> Reason | None:
        if self._fetch(stroke, motor, now, batch):
            return None
        profile = self._touch.profile(motor.name, stroke.velocity)
        start, part = stroke.time - profile.lead, Part(0, stroke, batch)
        reason = self._enter(Motion(motor.name, start, profile.edges, (part,), profile.settle), now)
        if reason is Reason.RECOVERY and motor.rebound is not None and self._double(stroke, motor, batch):
            return None
        return reason

    def _fetch(self, stroke: Stroke, motor: Motor, now: float, batch: int) -> bool:
        """Make a motion of a pull and a stroke, where the stick may lie on the head and there is time for both.

        A door-lock motor has no spring: after a panic in mid-push its stick would stay, and its next stroke be mute.
        """
        lane = self._lanes[motor.name]
        if not (self._freely and lane.astray and motor.back.duty) or lane.before(stroke.time) is not None:
            return False
        profile = self._touch.profile(motor.name, stroke.velocity)
        edges = fetched(profile, self._settings.dead_time + motor.back.settle + _FETCHED)
        start = stroke.time - profile.lead - edges[_LATER_PUSH][0]
        part = Part(_LATER_PUSH, stroke, batch)
        return self._enter(Motion(motor.name, start, edges, (part,), profile.settle), now) is None

    def _admit(self, trial: Try, now: float) -> Reason | None:
        if trial.motor not in self._lanes:
            return Reason.NO_MOTOR
        if not self._settings.allows(trial):
            return Reason.LIMIT
        return self._enter(Motion(trial.motor, trial.time, trial.profile.edges, (Part(0, trial, trial.batch),)), now)

    def _enter(self, motion: Motion, now: float) -> Reason | None:
        lane = self._lanes[motion.motor]
        if lane.faulty:
            return Reason.FAULT
        if now - motion.start > self._tolerance:
            return Reason.LATE
        if len(self._heap) >= CAPACITY:
            return Reason.FULL
        twin = lane.at(motion.time)
        chokes = twin is not None and self._chokes_motion(motion, twin)
        if twin is not None and (twin.begun or (_hardness(twin) >= _hardness(motion) and not chokes)):
            return Reason.DOUBLED
        refused = lane.refusal(motion, instead=twin)
        if refused is not None:
            return refused
        if twin is not None:
            self._leave_out(twin, Reason.CHOKED if chokes else Reason.DOUBLED)
            self._clear_gone()
        lane.add(motion)
        self._order += 1
        heapq.heappush(self._heap, (self._due(motion), self._order, motion))
        return None

    def _double(self, stroke: Stroke, motor: Motor, batch: int) -> bool:
        """Make one motion of a stroke and the one before it, where its rebound can play it."""
        lane, rebound = self._lanes[motor.name], motor.rebound
        first = lane.before(stroke.time)
        if rebound is None or first is None or first.begun or not self._freely:
            return False
        if len(first.parts) > 1 or first.parts[0].edge:
            return False
        asked, gap = first.parts[0].asked, stroke.time - first.time
        if isinstance(asked, Try) or not rebound.soonest <= gap <= rebound.latest:
            return False
        edges = doubled(self._touch.profile(motor.name, asked.velocity), self._touch.rebound(motor.name), gap)
        parts = (first.parts[0], Part(_SECOND_PUSH, stroke, batch))
        both = Motion(motor.name, first.start, edges, parts, first.settle)
        if lane.refusal(both, instead=first) is not None:
            return False
        first.edges, first.parts = both.edges, both.parts
        return True

    def _spare(self, motion: Motion, after: float) -> None:
        """Of a stick that is being fetched, the pull alone."""
        if not motion.parts or motion.parts[0].edge < motion.edge or motion.time < after:
            return
        if motion.edge >= _LATER_PUSH:
            self._forget(motion, Reason.CANCELLED)
            return
        part, motion.parts, motion.edges = motion.parts[0], (), motion.edges[:_LATER_PUSH]
        self.outbox.leave_out(part.asked, Reason.CANCELLED, part.batch)

    def _halve(self, motion: Motion) -> None:
        first, second = motion.parts
        motion.parts = (first,)
        if isinstance(first.asked, Stroke):
            motion.edges = self._touch.profile(motion.motor, first.asked.velocity).edges
        self.outbox.leave_out(second.asked, Reason.CANCELLED, second.batch)

    def _is_at(self, pitch: int, instant: float) -> bool:
        """Whether a stroke of a key's drum stands at an instant."""
        found = (self._lanes[motor.name].at(instant) for motor in self._motors[pitch])
        return any(motion is not None and _plays(motion, pitch) for motion in found)

    def _choke(self, stroke: Stroke) -> None:
        for pitch in self._chokes.silenced(stroke.pitch):
            for motor in self._motors[pitch]:
                motion = self._lanes[motor.name].at(stroke.time)
                if motion is not None and not motion.begun and len(motion.parts) == 1 and _plays(motion, pitch):
                    self._leave_out(motion, Reason.CHOKED)
                    self._clear_gone()

    def _chokes_motion(self, motion: Motion, twin: Motion) -> bool:
        asked = motion.parts[0].asked
        return isinstance(asked, Stroke) and any(_plays(twin, key) for key in self._chokes.silenced(asked.pitch))

    def _is_drum_of(self, motor: Motor, stroke: Stroke) -> bool:
        twin = self._lanes[motor.name].at(stroke.time)
        return twin is not None and _plays(twin, stroke.pitch)

    def _in_order(self) -> list[Motion]:
        return [motion for _, _, motion in sorted(self._heap, key=lambda entry: entry[:2])]

    def _clear(self, motions: list[Motion], reason: Reason) -> None:
        for motion in motions:
            if motion.begun:
                self._forget(motion, reason)
            else:
                self._leave_out(motion, reason)
        self._clear_gone()

    def _leave_out(self, motion: Motion, reason: Reason) -> None:
        motion.gone = True
        self._lanes[motion.motor].drop(motion)
        for part in motion.parts:
            self.outbox.leave_out(part.asked, reason, part.batch)

    def _forget(self, motion: Motion, reason: Reason | None = None) -> None:
        motion.gone = True
        self._lanes[motion.motor].finish(motion, broken_off=reason is not None)
        if reason is None:
            return
        for part in motion.unbegun():
            self.outbox.leave_out(part.asked, reason, part.batch)

    def _clear_gone(self) -> None:
        self._heap = [(self._due(motion), order, motion) for _, order, motion in self._heap if not motion.gone]
        heapq.heapify(self._heap)


def _change(motion: Motion, deadline: float) -> DutyChange:
    duty, part = motion.edges[motion.edge][1], motion.begins()
    if part is None:
        return DutyChange(deadline, motion.motor, duty)
    return DutyChange(deadline, motion.motor, duty, part.asked, part.batch, follows=motion.begun)


def _hardness(motion: Motion) -> int:
    # A try gives way to a stroke: music comes before measurements.
    return max(0 if isinstance(part.asked, Try) else part.asked.velocity for part in motion.parts)


def _plays(motion: Motion, pitch: int) -> bool:
    asked = motion.parts[0].asked
    return isinstance(asked, Stroke) and same_drum(asked.pitch, pitch)
