"""An autoencoder as music goes through it: a window in and its place in the latent space out, and back again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from converter.errors import DataError
from converter.vae_network import Floats, VaeNetwork
from converter.vae_sampling import VaeSampler


@dataclass(frozen=True)
class VaePlayer:
    """A network with the sampling behind it."""

    network: VaeNetwork
    sampler: VaeSampler

    def encode(
        self, inputs: Floats | Sequence[Floats], control: Floats | Sequence[Floats] | None = None
    ) -> tuple[Floats, Floats]:
        """The mean and the standard deviation of z [Z], from a window [T, in]; `control` [T, c] goes beside it.

        A flat encoder reads a window of any length. A hierarchical one takes its segments, each of any length, also 0,
        as a sequence of windows (multitrack models), or one window that is cut into them.

        Raises:
            DataError: the window does not fit the configuration.

        """
        windows = self._cut(inputs)
        told = [None] * len(windows) if control is None else self._cut(control)
        rows = [
            window if beside is None else np.concatenate([window, beside], 1)
            for window, beside in zip(windows, told, strict=True)
        ]
        config = self.sampler.config
        width = config.input_depth + config.control_depth
        for window in rows:
            if window.shape[1:] != (width,):
                raise DataError(f"{config.name} takes {width} numbers a step; given are {list(window.shape)}.")
        return self.network.encode([window.astype(np.float32) for window in rows])

    def decode(
        self, z: Floats, steps: int, temperature: float, rng: np.random.Generator, control: Floats | None = None
    ) -> Floats:
        """Steps [T, out] drawn from z [Z]: `steps` of them, or as many as all segments have; `control` [T, c].

        A segment begins behind the last sample of the one before, and is filled up with zeros where an end token came
        before its time.
        """
        config = self.sampler.config
        previous, played = np.zeros(config.output_depth, np.float32), np.zeros((0, config.output_depth), np.float32)
        for segment in self.network.segments(z):
            left = steps - len(played)
            length = min(left, config.segment_steps) if config.segments > 1 else left
            if length <= 0:
                break
            beside = None if control is None else control[len(played) : len(played) + length].astype(np.float32)
            drawn = self._segment(segment, previous, (length, temperature, rng), beside)
            previous = drawn[-1]
            played = np.concatenate([played, drawn, np.zeros((length - len(drawn), config.output_depth), np.float32)])
        return played

    def _segment(
        self, segment: Floats, previous: Floats, how: tuple[int, float, np.random.Generator], control: Floats | None
    ) -> Floats:
        (length, temperature, rng), end = how, self.sampler.config.end_token
        state, drawn = self.network.start(segment), []
        for number in range(length):
            logits, state = self.network.step(previous, None if control is None else control[number], state)
            previous = self.sampler.sample(logits, temperature, rng)
            drawn.append(previous)
            if end is not None and previous[end]:
                break
        return np.stack(drawn)

    def _cut(self, window: Floats | Sequence[Floats]) -> list[Floats]:
        """The segments that the encoder takes."""
        parts = self.sampler.config.encoder_segments
        whole = isinstance(window, np.ndarray) and window.ndim == 2
        found = np.array_split(window, parts) if whole and parts > 1 else [window] if whole else list(window)
        if len(found) != parts:
            raise DataError(f"{self.sampler.config.name} takes {parts} segments; given are {len(found)}.")
        return [np.asarray(part) for part in found]
