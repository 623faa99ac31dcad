"""Does what a page asks while it plays: hits, controls, lines, learning, panic."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from appliance.clock import Clock
from appliance.controls.control import Control
from appliance.controls.limits import checked
from appliance.controls.wire import Join, Learn, Offer, Part, Play, Request, Route, Turn
from appliance.drivers.panel_player import PlayerLink
from appliance.drivers.panel_striker import StrikerSide
from appliance.panel.allowance import Allowance
from appliance.panel.api import Refusal
from appliance.panel.asking import (
    Draw,
    Hit,
    JoinDuet,
    KeepBindings,
    KeepRoutes,
    LearnControl,
    LearnPads,
    Midi,
    Panic,
    PartDuet,
    Said,
    Seen,
    SkipDrum,
    TurnTo,
)
from appliance.panel.lesson import Lesson
from appliance.panel.stage import Stage

# Of all pages together, a second, for the player: more than two hands on every page, less than it can bear.
_RATE, _BURST = 500.0, 1000.0

# What a row of [controls] need not say.
_UNSAID = (("channel", 0), ("port", ""), ("duet", ""))

_NOTE_ON = 0x99  # MIDI 1.0, on channel 10

# A sentence of an owner's file that cannot be written is told as it is. Raises: Refusal.
Keep = Callable[[Mapping[str, Any]], Awaitable[None]]


class Words:
    """`do` is a page's Do."""

    def __init__(
        self,
        player: PlayerLink,
        striker: StrikerSide,
        lesson: Lesson,
        clock: Clock,
        stage: Stage,
        path_of: Callable[[str], str],
        keep: Keep,
        panicked: Callable[[], object],
        kept: Callable[[], Iterable[str]],
    ) -> None:
        """`path_of`: what the player calls a model; `keep`: writes settings; `panicked`: ends what moves sticks.

        `kept`: the duets that the owner's settings have.
        """
        self._player = player
        self._striker = striker
        self._lesson = lesson
        self._clock = clock
        self._stage = stage
        self._path_of = path_of
        self._keep = keep
        self._panicked = panicked
        self._kept = kept
        self._allowance = Allowance(_BURST, _RATE)

    async def do(self, said: Said, arrived: float) -> None:
        """Do it. Raises: Refusal."""
        match said:
            case Panic():
                # It goes past every limit.
                self._panicked()
                told = self._player.ask(Turn(Control.PANIC))
                if not await self._striker.panic() and not told:
                    raise Refusal(503, "striker_away", "neither player nor striker is there: no motor is driven")
            case Seen():
                if not self._striker.see():
                    raise Refusal(503, "striker_away", "the striker is away")
            case KeepBindings():
                await self._keep({"controls.bindings": [_row(one) for one in self._stage.tree["bindings"]]})
            case KeepRoutes():
                await self._keep(self._routes())
            case LearnPads(pad=pad, drums=drums):
                self._learn(pad, drums)
            case SkipDrum():
                self._lesson.skip()
                self._stage.put(lesson=self._lesson.place)
            case LearnControl(control=control, duet=duet):
                self._ask(Learn(control, duet))
                self._stage.put(learning=None if control is None else {"control": control.value, "duet": duet})
            case _:
                self._ask(self._meant(said, arrived))

    def offer(self, models: Mapping[str, str]) -> None:
        """Let the player know of uploaded models."""
        for path in models.values():
            self._player.ask(Offer(path))

    def _meant(self, said: Said, arrived: float) -> Request:
        match said:
            case Hit(key=key, velocity=velocity):
                return Play((_NOTE_ON, key, velocity), arrived)
            case Midi(message=message):
                return Play(message, arrived)
            case TurnTo():
                return self._turn(said)
            case Draw(duet=duet, inputs=inputs, outputs=outputs):
                return Route(duet, inputs, outputs)
            case JoinDuet(duet=duet, inputs=inputs, outputs=outputs):
                return Join(duet, inputs, outputs)
            case PartDuet(duet=duet):
                return Part(duet)
        raise Refusal(400, "bad_request", "nobody knows how")

    def _turn(self, said: TurnTo) -> Turn:
        value = said.value
        try:
            value = checked(said.control, value)
        except ValueError as error:
            raise Refusal(400, "bad_request", str(error)) from None
        duets = self._stage.tree["duets"]
        if said.duet and said.duet not in duets:
            raise Refusal(404, "not_found", f"there is no duet {said.duet!r}: there are {', '.join(duets)}")
        if said.control is Control.MODEL and isinstance(value, str):
            value = self._path_of(value)
        return Turn(said.control, value, said.duet)

    def _ask(self, request: Request) -> None:
        if not self._allowance.take(self._clock.now()):
            raise Refusal(429, "busy", "that is more than the player is asked at once")
        if not self._player.ask(request):
            raise Refusal(503, "player_away", "the player is away: it starts again by itself")

    def _learn(self, pad: str | None, drums: tuple[str, ...]) -> None:
        if pad is None:
            self._lesson.stop()
            self._stage.put(lesson=None)
            return
        if pad not in self._stage.tree["pads"]:
            raise Refusal(404, "not_found", f"there is no pad {pad!r}: there are {', '.join(self._stage.tree['pads'])}")
        try:
            self._lesson.begin(pad, drums)
        except ValueError as error:
            raise Refusal(400, "bad_request", str(error)) from None
        self._stage.put(lesson=self._lesson.place)

    def _routes(self) -> dict[str, Any]:
        there = self._stage.tree["duets"]
        if not there:
            raise Refusal(503, "player_away", "nobody has said yet which duets there are: the player is away")
        lines: dict[str, Any] = {f"duets.{name}": None for name in self._kept() if name not in there}
        for name, duet in there.items():
            lines[f"duets.{name}.inputs"] = duet["inputs"]
            lines[f"duets.{name}.outputs"] = duet["outputs"]
        return lines


def _row(binding: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in binding.items() if (key, value) not in _UNSAID}
