"""Writes the tiny groove models beside this file: layers of a few units, weights of chance, drums struck now and then.

`python -m tests.groove.make_tiny_grooves`, in the converter's environment.
"""

from pathlib import Path

import numpy as np

from converter.conversion import Label
from converter.vae_card import vae_model_bytes
from converter.vae_conversion import convert_vae
from converter.vae_shapes import Sizes
from tests.converter.vae_material import chance_model

HERE = Path(__file__).parent
TINY = {
    "humanize": "groovae_2bar_humanize",
    "tap": "groovae_2bar_tap_fixed_velocity",
    "drums": "cat-drums_2bar_small",
}


def main() -> None:
    for short, config in TINY.items():
        source, architecture = chance_model(config, Sizes(4, (6,), (8, 8)), seed=3)
        bias = source.variables["decoder/output_projection/bias"]
        if short == "drums":
            bias[:] = [-1.5 * label.bit_count() for label in range(512)]
        else:
            bias[:9] -= 1.5
            source.variables["decoder/output_projection/kernel"][:] *= 2
        model = convert_vae(source, architecture, "none", Label(f"tiny_{short}", "Apache-2.0", "chance")).model
        (HERE / f"tiny_{short}.tflite").write_bytes(vae_model_bytes(model))
        print(short, len(model.flatbuffer), np.round(bias[:3], 2))


if __name__ == "__main__":
    main()
