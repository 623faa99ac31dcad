"""The duets as a page shows them: whose turn it is, where the controls stand, how likely each answer was."""

from collections.abc import Callable, Mapping
from typing import Any

from appliance.answer.delivered import AnswerBegan, AnswerEnded, AnswerMoved
from appliance.call.listener import CallEnded
from appliance.controls.control import Control, Turned
from appliance.dials import DIALS
from appliance.happenings import AnswerOver, CallDropped, ModelOffered, Rerouted, Stand, TurnRefused, TurnTaken
from appliance.panel.difference import Tree
from appliance.panel.roll import placed
from appliance.turn import Turn

_COURSE = 64  # answers whose likelihood is shown


class Duets:
    """`tree` has one table for each; a table that changes is another object."""

    def __init__(self, shown_as: Callable[[str], str]) -> None:
        self._shown_as = shown_as
        self._refused: dict[tuple[str, str], object] = {}
        self.tree: Tree = {}

    def stand(self, time: float, duets: Mapping[str, Stand]) -> None:
        """How they all stand."""
        self.tree = {
            name: {
                **{key: self.tree.get(name, {}).get(key) for key in ("call", "answer")},
                "likelihoods": self.tree.get(name, {}).get("likelihoods", []),
                "turn": stand.turn.value,
                "since": time,
                "inputs": list(stand.inputs),
                "outputs": list(stand.outputs),
                "values": {control.value: self._value(control, value) for control, value in stand.controls.items()},
                "models": [self._shown_as(model) for model in stand.models],
            }
            for name, stand in duets.items()
        }

    def answer(self, name: str) -> int | None:
        """The number of the answer that a duet is giving."""
        answer = (self.tree.get(name) or {}).get("answer")
        return answer and answer.get("answer")

    def rest(self) -> None:
        """The player is away."""
        for name in self.tree:
            self._change(name, turn="idle", call=None, answer=None)

    def see(self, name: str, event: object) -> bool:
        """Whether an event was theirs."""
        match event:
            case Turned() if event.control in DIALS:
                self._turn(event)
                return True
            case TurnRefused(_, control) if control in DIALS:
                self._turn_back(name, control)
                return True
            case ModelOffered(model):
                for duet, table in self.tree.items():
                    models = dict.fromkeys([*table["models"], self._shown_as(model)])
                    self._change(duet, models=list(models))
                return True
        if name not in self.tree:
            return False
        return self._see_turn(name, event)

    def _see_turn(self, name: str, event: object) -> bool:
        match event:
            case TurnTaken(time, turn):
                over = {"call": None, "answer": None} if turn is Turn.IDLE else {}
                self._change(name, turn=turn.value, since=time, **over)
            case CallEnded(track, timeline, _):
                self._change(name, call=placed(timeline, track.length))
            case AnswerBegan(answer, _, length, timeline):
                self._change(name, answer={"answer": answer, **placed(timeline, length)})
            case AnswerMoved(timeline):
                moved = {"origin": timeline.origin, "step_seconds": timeline.grid.step_seconds}
                self._change(name, answer={**placed(timeline, None), **(self.tree[name].get("answer") or {}), **moved})
            case AnswerEnded(track, _, likelihood, fault, answer):
                self._remember(name, answer, likelihood, track.length, fault, event)
            case AnswerOver() | CallDropped():
                self._change(name, answer=None)
            case Rerouted(inputs, outputs):
                self._change(name, inputs=list(inputs), outputs=list(outputs))
            case _:
                return False
        return True

    def _remember(self, name: str, answer: int, nats: float, steps: int, fault: str, ended: AnswerEnded) -> None:
        figure = {
            "answer": answer,
            "time": ended.timeline.origin,
            "log_likelihood": nats,
            "steps": steps,
            "fault": fault,
        }
        course = [one for one in self.tree[name]["likelihoods"] if one["answer"] != answer]
        self._change(name, likelihoods=[*course, figure][-_COURSE:])

    def _turn(self, turned: Turned) -> None:
        for name in [turned.duet] if turned.duet in self.tree else list(self.tree):
            values = self.tree[name]["values"]
            self._refused[name, turned.control] = values.get(turned.control.value)
            value = self._value(turned.control, turned.value)
            if turned.control is Control.MODEL and isinstance(value, int):
                models = self.tree[name]["models"]
                value = models[value] if 0 <= value < len(models) else values.get(turned.control.value)
            self._change(name, values={**values, turned.control.value: value})

    def _turn_back(self, name: str, control: Control) -> None:
        # It was said as turned, then as refused: it stays where it was.
        for duet in [name] if name in self.tree else list(self.tree):
            before = self._refused.get((duet, control))
            self._change(duet, values={**self.tree[duet]["values"], control.value: before})

    def _value(self, control: Control, value: object) -> object:
        if control is Control.MODEL and isinstance(value, str):
            return self._shown_as(value)
        return value

    def _change(self, name: str, **changed: Any) -> None:
        self.tree = {**self.tree, name: {**self.tree[name], **changed}}
