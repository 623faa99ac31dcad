"""The network's mathematics once more, in plain numpy: the yardstick where Magenta's own graph cannot be run.

It is written from the equations and shares no code with the TFLite conversion, so that one may find the other's faults.
TensorFlow 2 no longer imports every graph of 2016, and no graph is built for checkpoints with attention over the stack.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from converter.architecture import HEAD, Architecture, Attention
from converter.checkpoint import Variables

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Restatement:
    """The network computed in double precision; `name` says why it stands in."""

    name: str
    architecture: Architecture
    variables: Variables

    def initial_state(self) -> tuple[Floats, ...]:
        """All zeros, each tensor [1, size]."""
        return tuple(np.zeros((1, size), np.float32) for _, size in self.architecture.state())

    def run(self, rows: Floats, state: tuple[Floats, ...]) -> tuple[Floats, tuple[Floats, ...]]:
        """The softmax [T, classes] and the final state, from rows [T, input_size] and a state."""
        names = [name for name, _ in self.architecture.state()]
        now: dict[str, Doubles] = {n: s[0].astype(np.float64) for n, s in zip(names, state, strict=True)}
        answers = []
        for row in rows:
            logits, now = self._step(row.astype(np.float64), now)
            answers.append(_softmax(logits))
        return np.array(answers, np.float32), tuple(now[name][None, :].astype(np.float32) for name in names)

    def _step(self, x: Doubles, state: dict[str, Doubles]) -> tuple[Doubles, dict[str, Doubles]]:
        attention = self.architecture.attention
        after = dict(state)
        if attention:
            x = self._affine(attention.prefix, x, state["attns"])
        for layer in range(len(self.architecture.layer_sizes)):
            x = self._lstm(layer, x, after)
            if attention and attention.scope == "layer_0" and layer == 0:
                x = self._attend(attention, x, after, (0,))
        if attention and attention.scope == "stack":
            x = self._attend(attention, x, after, tuple(range(len(self.architecture.layer_sizes))))
        head = self.variables[f"{HEAD}/weights"], self.variables[f"{HEAD}/biases"]
        return x @ head[0] + head[1], after

    def _affine(self, scope: str, *parts: Doubles) -> Doubles:
        return np.asarray(np.concatenate(parts) @ self.variables[f"{scope}/kernel"] + self.variables[f"{scope}/bias"])

    def _lstm(self, layer: int, x: Doubles, state: dict[str, Doubles]) -> Doubles:
        c, h = state[f"c{layer}"], state[f"h{layer}"]
        i, j, f, o = np.split(self._affine(self.architecture.layer_scope(layer), x, h), 4)
        # BasicLSTMCell's forget_bias of 1 is added at run time.
        c = c * _sigmoid(f + 1) + _sigmoid(i) * np.tanh(j)
        h = np.tanh(c) * _sigmoid(o)
        state[f"c{layer}"], state[f"h{layer}"] = c, h
        return h

    def _attend(self, attention: Attention, h: Doubles, state: dict[str, Doubles], layers: tuple[int, ...]) -> Doubles:
        scope = f"{attention.prefix}/attention"
        memory = state["attn_states"].reshape(attention.length, attention.size)
        query = self._affine(scope, *(state[f"{name}{layer}"] for layer in layers for name in "ch"))
        tilted = np.tanh(memory @ self.variables[f"{scope}/attn_w"][0, 0] + query)
        state["attns"] = _softmax(tilted @ self.variables[f"{scope}/attn_v"]) @ memory
        y = self._affine(f"{attention.prefix}/attn_output_projection", h, state["attns"])
        state["attn_states"] = np.concatenate([memory[1:].ravel(), y])
        return y


def _sigmoid(x: Doubles) -> Doubles:
    return np.asarray((1 + np.tanh(x / 2)) / 2)


def _softmax(x: Doubles) -> Doubles:
    exponentials = np.exp(x - x.max())
    return np.asarray(exponentials / exponentials.sum())
