"""Grooves out of a GrooVAE decoder as they are played: each step hears what was struck in the one before, no more."""

import numpy as np

from converter.groove_tensors import DRUMS, WIDTH, Rows
from converter.vae_network import VaeNetwork
from converter.vae_sampling import sigmoid, tossed

# What a density of 1 adds to the log-odds of a hit, in the box too (appliance/groove/improvised.py).
DENSITY_NATS = 2.0


def played(
    network: VaeNetwork,
    z: Rows,
    steps: int,
    hits: Rows | None = None,
    control: Rows | None = None,
    *,
    temperature: float = 0.0,
    rng: np.random.Generator | None = None,
    density: float = 0.0,
) -> Rows:
    """Rows [steps, 27] from z [Z]; with `hits` [steps, 9] those, as a humaniser plays, else hits of its own.

    `density`: -1 to 1 as the box's control of that name, more hits above 0 and fewer below.

    Velocity and offset are 0 where no drum is hit, also in what the next step hears: so it was in training, where
    those came from people's playing. (Magenta's own sampling leaves in what the network says of drums that rest.)
    """
    rng = rng or np.random.default_rng(0)
    (segment,) = network.segments(z)
    state, previous = network.start(segment), np.zeros(WIDTH, np.float32)
    rows = np.zeros((steps, WIDTH), np.float32)
    for step in range(steps):
        logits, state = network.step(previous, None if control is None else control[step], state)
        wished = logits[:DRUMS] + density * DENSITY_NATS
        struck = tossed(wished, temperature, rng) if hits is None else hits[step]
        loud, early = sigmoid(logits[DRUMS : 2 * DRUMS]), np.tanh(logits[2 * DRUMS :])
        previous = np.concatenate([struck, struck * loud, struck * early]).astype(np.float32)
        rows[step] = previous
    return rows


def hit_nats(network: VaeNetwork, z: Rows, rows: Rows, control: Rows | None = None) -> float:
    """How well the hits of rows [T, 27] are foretold from z, each step told the truth before it: nats in all."""
    (segment,) = network.segments(z)
    state, nats = network.start(segment), 0.0
    for step, row in enumerate(rows):
        before = rows[step - 1] if step else np.zeros(WIDTH, np.float32)
        logits, state = network.step(before, None if control is None else control[step], state)
        signed = np.where(row[:DRUMS] > 0, -logits[:DRUMS], logits[:DRUMS]).astype(np.float64)
        nats += float(np.logaddexp(0, signed).sum())
    return nats
