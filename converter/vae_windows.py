"""Windows of chance in the form each configuration hears, to hold a converted model against its source by."""

from itertools import pairwise

import numpy as np

from converter.vae_config import VaeConfig
from converter.vae_network import Floats


def window(config: VaeConfig, steps: int, rng: np.random.Generator) -> Floats:
    """Rows [steps, in] as music of this kind looks: one of each softmax, drums struck now and then."""
    if config.kind == "groove":
        hits = (rng.random((steps, 9)) < 0.25).astype(np.float32)
        velocities, offsets = rng.random((steps, 9)), rng.uniform(-1, 1, (steps, 9))
        return np.concatenate([hits, hits * velocities, hits * offsets], 1).astype(np.float32)
    if config.kind in {"drums", "nade_drums"}:
        hits = (rng.random((steps, config.input_depth - 1)) < 0.2).astype(np.float32)
        return np.concatenate([hits, ~hits.any(axis=1, keepdims=True)], 1).astype(np.float32)
    rows = np.zeros((steps, config.input_depth), np.float32)
    for start, end in pairwise([0, *np.cumsum(config.output_depths).tolist()]):
        rows[np.arange(steps), rng.integers(start, end, steps)] = 1
    return rows


def control(config: VaeConfig, steps: int, rng: np.random.Generator) -> Floats | None:
    """Rows [steps, c] of what encoder and decoder are told besides: bits of hits, or one chord a step."""
    if not config.control_depth:
        return None
    if config.kind == "groove":
        return (rng.random((steps, config.control_depth)) < 0.25).astype(np.float32)
    return np.eye(config.control_depth, dtype=np.float32)[rng.integers(0, config.control_depth, steps)]


def segments(config: VaeConfig, steps: int, rng: np.random.Generator) -> list[Floats]:
    """What an encoder is fed, control included: `steps` in all; tracks of a multitrack model end where they like."""
    parts = config.encoder_segments
    found = []
    for part in range(parts):
        length = steps // parts
        if config.end_token is not None:
            length = 0 if part == 0 else int(rng.integers(1, length + 1))
        beside = control(config, length, rng)
        rows = window(config, length, rng)
        found.append(rows if beside is None else np.concatenate([rows, beside], 1))
    return found
