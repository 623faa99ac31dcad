"""The latent of a trained autoencoder put where music is drawn from: around 0, as wide as 1.

What is free of a price in training (free bits) may lie anywhere, and it does: a trio's windows came to lie in a cloud
0.4 wide at a distance of 9 from 0, and what was drawn from N(0, I), as Magenta's samplers draw it, was noise. The
encoder's last layer and the first of the decoder are linear, so the cloud of what was learnt can be moved and stretched
after the training, and from the mean of z the network plays what it played before.
"""

import itertools
from collections.abc import Mapping

import numpy as np

from converter.keras_library import ops
from converter.network import Floats
from converter.vae_material import VaeMaterial
from converter.vae_pupil import Teaching, VaePupil, VaeShape
from converter.vae_shapes import CONDUCTOR, core_cell, core_depths, core_scopes

_WINDOWS, _LANES = 512, 32
_NARROWEST = 1e-3  # a number of z that no window moves is not stretched without end


def centred(shape: VaeShape, weights: Mapping[str, Floats], material: VaeMaterial) -> dict[str, Floats]:
    """Weights that rebuild the same from the mean of z, where z has mean 0 and variance 1 over windows of `material`.

    The deviation of z is a softplus, e^x where it is small: there it is stretched exactly, elsewhere it comes out up to
    a third too small.
    """
    mean, deviation = _cloud(shape, weights, material)
    found = dict(weights)
    found["encoder/mu/kernel"] = weights["encoder/mu/kernel"] / deviation
    found["encoder/mu/bias"] = (weights["encoder/mu/bias"] - mean) / deviation
    found["encoder/sigma/bias"] = weights["encoder/sigma/bias"] - np.log(deviation)
    for kernel, bias, first in _heard(shape):
        last = first + shape.sizes.z
        rows = weights[kernel][first:last]
        found[kernel] = weights[kernel].copy()
        found[kernel][first:last] = rows * deviation[:, None]
        found[bias] = weights[bias] + mean @ rows
    return {name: np.asarray(array, np.float32) for name, array in found.items()}


def _cloud(shape: VaeShape, weights: Mapping[str, Floats], material: VaeMaterial) -> tuple[Floats, Floats]:
    """Mean and standard deviation [Z] of z over some of the windows, drawn with a seed of their own."""
    pupil = VaePupil(shape, weights, Teaching("published", 0.0), 0)
    lanes = min(_LANES, material.in_a_pass)
    means, variances = [], []
    batches = material.drawn(np.random.default_rng(0), lanes)
    for batch in itertools.islice(batches, max(1, _WINDOWS // lanes)):
        given = ops.transpose(ops.convert_to_tensor(batch["given"]), [1, 0, 2])
        control = ops.transpose(ops.convert_to_tensor(batch["control"]), [1, 0, 2]) if "control" in batch else None
        mean, deviation = pupil.encode(given, control)
        means.append(np.asarray(ops.convert_to_numpy(mean)))
        variances.append(np.square(np.asarray(ops.convert_to_numpy(deviation))))
    z = np.concatenate(means)
    spread = np.sqrt(z.var(0) + np.concatenate(variances).mean(0))
    return z.mean(0), np.maximum(spread, _NARROWEST)


def _heard(shape: VaeShape) -> list[tuple[str, str, int]]:
    """Where z is heard: kernel, bias, and the first row of the kernel that is z's."""
    if shape.sizes.conductor:
        scope = f"{CONDUCTOR}/initial_state"
        return [(f"{scope}/kernel", f"{scope}/bias", 0)]
    found = []
    for scope, depth in zip(core_scopes(shape.config), core_depths(shape.config), strict=True):
        start, cell = f"{scope}/z_to_initial_state", core_cell(scope, 0)
        found += [(f"{start}/kernel", f"{start}/bias", 0), (f"{cell}/kernel", f"{cell}/bias", depth)]
    return found
