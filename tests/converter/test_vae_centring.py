"""A latent that is moved and stretched: the network rebuilds what it rebuilt, and N(0, I) is where its windows lie."""

from typing import Any

import numpy as np
import pytest

from converter.keras_library import ops
from converter.vae_centring import centred
from converter.vae_config import VAE_CONFIGS
from converter.vae_material import VaeMaterial
from converter.vae_pupil import Teaching, VaePupil, VaeShape, first_vae_weights
from converter.vae_shapes import Sizes

Z = 6
CASES = {
    "cat-drums_2bar_small": Sizes(Z, (8,), (8, 8)),
    "groovae_2bar_hits_control_tfds": Sizes(Z, (8,), (8,)),
    "nade-drums_2bar_reduced": Sizes(Z, (8,), (8,), nade_hidden=4),
    "hierdec-trio_16bar": Sizes(Z, (8, 8), (8,), conductor=(8,)),
}


def material_of(name: str, count: int = 32) -> VaeMaterial:
    """Windows that all begin alike, so that z lies far from 0."""
    config, chance = VAE_CONFIGS[name], np.random.default_rng(4)
    given = (chance.random((count, config.steps, config.input_depth)) < 0.1).astype(np.float32)
    given[:, : config.steps // 2] = given[0, : config.steps // 2]
    control = given[..., : config.control_depth]

    def encode(places: Any, _: np.random.Generator | None) -> dict[str, Any]:
        return {"given": given[places], **({"control": control[places]} if config.control_depth else {})}

    return VaeMaterial(np.arange(count), encode)


def weights_of(shape: VaeShape) -> dict[str, Any]:
    weights = first_vae_weights(shape, np.random.default_rng(2))
    weights["encoder/mu/kernel"] *= 2
    weights["encoder/mu/bias"] += np.linspace(-5, 5, Z, dtype=np.float32)
    weights["encoder/sigma/bias"] -= 3
    return weights


def rebuilt(shape: VaeShape, weights: Any, batch: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Mean and deviation of z, and the outputs from the mean."""
    pupil = VaePupil(shape, weights, Teaching("published", 0.0), 0)
    rows = {name: ops.convert_to_tensor(np.swapaxes(array, 0, 1)) for name, array in batch.items()}
    control = rows.get("control")
    mean, deviation = pupil.encode(rows["given"], control)
    parts, depth = len(shape.config.output_depths), shape.config.output_depth
    width, kind, none = (parts, "int32", -1) if parts > 1 else (depth, "float32", 0)
    fed = ops.full((shape.config.steps, mean.shape[0], width), none, dtype=kind)
    outputs = pupil.decode(pupil.segments(mean), fed, control)
    return tuple(np.asarray(ops.convert_to_numpy(one)) for one in (mean, deviation, outputs))


@pytest.mark.parametrize("name", CASES)
def test_what_is_rebuilt_stays_and_the_cloud_is_a_standard_one(name: str) -> None:
    shape, material = VaeShape(VAE_CONFIGS[name], CASES[name]), material_of(name)
    before = weights_of(shape)
    after = centred(shape, before, material)
    batch = material.encode(np.arange(32), None)
    far, _, said = rebuilt(shape, before, batch)
    near, deviation, same = rebuilt(shape, after, batch)
    assert np.abs(far.mean(0)).max() > 3
    assert np.abs(near.mean(0)).max() < 1e-3
    assert np.sqrt(near.var(0) + np.square(deviation).mean(0)) == pytest.approx(1, abs=0.15)
    assert same == pytest.approx(said, abs=2e-4)
    assert {array.dtype for array in after.values()} == {np.dtype(np.float32)}


def test_a_number_of_z_that_tells_nothing_stays_finite() -> None:
    name = "cat-drums_2bar_small"
    shape, material = VaeShape(VAE_CONFIGS[name], CASES[name]), material_of(name)
    before = weights_of(shape)
    before["encoder/mu/kernel"][:, 0] = 0
    before["encoder/sigma/bias"][0] = -80
    after = centred(shape, before, material)
    assert all(np.isfinite(array).all() for array in after.values())
    batch = material.encode(np.arange(8), None)
    assert rebuilt(shape, after, batch)[2] == pytest.approx(rebuilt(shape, before, batch)[2], abs=2e-4)
