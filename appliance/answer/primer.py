"""The call as the network hears it, step by step while it is played.

The network is one step behind the player at most: when the call ends, the logits of the answer's first step are there.
"""

from typing import Any

from appliance.answer.dynamics import Dynamics
from appliance.answer.network import Network
from appliance.call.listener import StepHeard
from appliance.errors import ModelError

# Steps behind the last hit at which the network's state is kept, as the answer may go on from any of them: 64 bars of
# 4/4 in sixteenths, some 25 MB with the shipped model. A call that waits for longer is answered from where it is.
_MOST_KEPT = 1024


class Primer:
    """One call; what the network made of it is kept wherever the answer may go on from."""

    def __init__(self, network: Network, steps_per_bar: int, memory: Any = None, position: int = 0) -> None:
        """With a `memory` the network goes on from there, at that position of its counter, a whole number of bars."""
        self.network = network
        self.position = position
        self.memory = network.fresh() if memory is None else memory
        self.dynamics = Dynamics(steps_per_bar, network.class_of)
        self.fault = ""
        self._heard_from = {0: self.memory}  # by the step that would be the answer's first

    def listen(self, heard: StepHeard) -> None:
        """Feed a step. A model that fails is not asked again in this call."""
        for note in heard.notes:
            self.dynamics.hear(note)
        if not self.fault:
            try:
                pitches = [note.pitch for note in heard.notes]
                self.memory = self.network.hear(self.memory, pitches, self.position + heard.step)
            except ModelError as error:
                self.fault = str(error)
        if heard.notes:
            # The answer goes on behind the last hit, never before it.
            self._heard_from.clear()
        elif len(self._heard_from) >= _MOST_KEPT:
            del self._heard_from[next(iter(self._heard_from))]
        self._heard_from[heard.step + 1] = self.memory

    def memory_at(self, step: int) -> Any:
        """The memory from which an answer behind so many steps goes on."""
        return self._heard_from.get(step, self.memory)
