"""An autoencoder run by numpy says what TensorFlow's LSTMBlockCell says."""

import numpy as np
import pytest

from converter.vae_conversion import sampler_of
from converter.vae_parity import compare_vae
from converter.vae_plain_network import VaePlainNetwork
from converter.vae_reference import VaeReference
from tests.converter.material import needs_tensorflow
from tests.converter.vae_material import chance_model


@needs_tensorflow
@pytest.mark.parametrize(
    "name",
    [
        "groovae_2bar_hits_control_tfds",
        "nade-drums_2bar_reduced",
        "hierdec-trio_16bar",
        "hier-trio_16bar",
        "hier-multiperf_vel_1bar_med_chords",
    ],
)
def test_numpy_says_what_tensorflow_says(name: str) -> None:
    source, architecture = chance_model(name)
    config, sizes = architecture.config, architecture.sizes
    plain = VaePlainNetwork(config, sizes, source.variables)
    found = compare_vae(VaeReference(config, sizes, source.variables), plain, sampler_of(source, architecture))
    assert max(found.mu, found.sigma) < 1e-5
    assert found.outputs < 1e-4
    assert np.isfinite(found.mean)
