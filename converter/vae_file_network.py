"""An autoencoder run from its model file by a TFLite interpreter, the walks around its steps included."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from converter.stepper import interpreter_of
from converter.vae_config import VaeConfig
from converter.vae_network import Floats, State
from converter.vae_shapes import Sizes, encoder_layers
from converter.vae_step import READ_STATE, conductor_sizes


class VaeFileNetwork:
    """One interpreter, one thread. `plain` takes TFLite's own kernels instead of XNNPACK's, as Stepper does."""

    def __init__(self, flatbuffer: bytes, config: VaeConfig, sizes: Sizes, *, plain: bool = False) -> None:
        self._config, self._sizes = config, sizes
        self._interpreter = interpreter_of(flatbuffer, plain=plain)
        self._runners = {
            name: self._interpreter.get_signature_runner(name) for name in self._interpreter.get_signature_list()
        }

    def encode(self, segments: Sequence[Floats]) -> tuple[Floats, Floats]:
        """Mean and standard deviation of z [Z], from rows [T, in] of each segment."""
        if self._config.encoder_segments > 1:
            embeddings = [self._read(0, rows)[0] for rows in segments]
            embedding, _ = self._read(1, np.concatenate(embeddings))
        else:
            fed = segments[0]
            for layer in range(len(encoder_layers(self._config, self._sizes))):
                embedding, fed = self._read(layer, fed)
        found = self._run("latent", {"embedding": embedding})
        return found["mu"][0], found["sigma"][0]

    def segments(self, z: Floats) -> Sequence[Floats]:
        """The conductor's outputs [E]; of a flat decoder z itself."""
        if not self._config.conductor:
            return [z]
        found, names = [], tuple(conductor_sizes(self._sizes))
        state = {name.removesuffix("_out"): value for name, value in self._run("open", {"z": z[None]}).items()}
        for _ in range(self._config.segments):
            after = self._run("conduct", state)
            state = {name: after[f"{name}_out"] for name in names}
            found.append(after["segment"][0])
        return found

    def start(self, segment: Floats) -> State:
        """The state before a segment's first step, each [size]."""
        return {name: value[0] for name, value in self._run("start", {"segment": segment[None]}).items()}

    def step(self, previous: Floats, control: Floats | None, state: State) -> tuple[Floats, State]:
        """The logits of a step and the state behind it."""
        told = {} if control is None else {"control": control[None]}
        fed = {"previous": previous[None], **told, **{name: value[None] for name, value in state.items()}}
        after = self._run("step", fed)
        return after["logits"][0], {
            name: after[f"{name}_out"][0] if f"{name}_out" in after else state[name] for name in state
        }

    def _read(self, layer: int, rows: Floats) -> tuple[Floats, Floats]:
        """What both directions end with [1, 2U], and what they say at each step [T, 2U]."""
        units = encoder_layers(self._config, self._sizes)[layer]
        state = {name: np.zeros((1, units), np.float32) for name in READ_STATE}
        heard: dict[str, list[Floats]] = {"fh": [], "bh": []}
        for forward, backward in zip(rows, rows[::-1], strict=True):
            after = self._run(f"read_{layer}", {"forward": forward[None], "backward": backward[None], **state})
            state = {name: after[f"{name}_out"] for name in READ_STATE}
            for name, said in heard.items():
                said.append(state[name][0])
        up, down = (np.reshape(said, (len(rows), units)) for said in heard.values())
        return np.concatenate([state["fh"], state["bh"]], 1), np.concatenate([up, down[::-1]], 1)

    def _run(self, name: str, fed: Mapping[str, Any]) -> dict[str, Floats]:
        found: dict[str, Floats] = self._runners[name](**fed)
        return found
