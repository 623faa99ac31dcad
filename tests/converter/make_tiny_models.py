"""Makes the tiny models beside it: untrained, seeded, and small when packed, since weights are of nine values only.

Run it from the repository's root: `python tests/converter/make_tiny_models.py`. They are kept because a bundle written
once must stay readable. The weights come out the same each time; the bytes of the graph do not, since TensorFlow lists
the values of a loop in the order of a hash.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from converter.__main__ import main as converter
from converter.bundle import Bundle, write_bundle
from converter.inference_graph import metagraph_bytes, v1_checkpoint_bytes

HERE = Path(__file__).parent
SIZES = (8, 8)
ATTENTION_LENGTH = 4
Variables = dict[str, npt.NDArray[np.float32]]


def tiny_weights(shapes: Mapping[str, tuple[int, ...]], seed: int) -> Variables:
    """Weights of nine values, scaled by a power of two to the number of inputs so that no gate is always shut.

    The head's are larger, for answers as decided as a trained model's.
    """
    random = np.random.default_rng(seed)
    weights = {name: _weights(shape, random) for name, shape in shapes.items()}
    weights["fully_connected/weights"] *= 8
    return weights


def _weights(shape: tuple[int, ...], random: np.random.Generator) -> npt.NDArray[np.float32]:
    inputs = shape[-2] if len(shape) > 1 else 1
    scale = 2.0 ** -(np.log2(inputs) // 2)
    return (random.integers(-4, 5, shape) / 4 * scale).astype(np.float32)


def shapes_of(
    input_size: int, classes: int, scope: str | None, sizes: tuple[int, ...] = SIZES
) -> dict[str, tuple[int, ...]]:
    """Magenta's variables for these sizes, listed here anew and not by the converter."""
    stack = "rnn/attention_cell_wrapper" if scope == "stack" else "rnn"
    shapes: dict[str, tuple[int, ...]] = {}
    width = input_size
    for layer, units in enumerate(sizes):
        wrapper = "/attention_cell_wrapper" if scope == "layer_0" and layer == 0 else ""
        cell = f"{stack}/multi_rnn_cell/cell_{layer}{wrapper}/basic_lstm_cell"
        shapes |= {f"{cell}/kernel": (width + units, 4 * units), f"{cell}/bias": (4 * units,)}
        width = units
    if scope:
        outer = "rnn/multi_rnn_cell/cell_0/attention_cell_wrapper" if scope == "layer_0" else stack
        size = sizes[0] if scope == "layer_0" else sizes[-1]
        queried = 2 * sizes[0] if scope == "layer_0" else 2 * sum(sizes)
        shapes |= {
            f"{outer}/kernel": (input_size + size, input_size),
            f"{outer}/bias": (input_size,),
            f"{outer}/attention/kernel": (queried, size),
            f"{outer}/attention/bias": (size,),
            f"{outer}/attention/attn_w": (1, 1, size, size),
            f"{outer}/attention/attn_v": (size,),
            f"{outer}/attn_output_projection/kernel": (2 * size, size),
            f"{outer}/attn_output_projection/bias": (size,),
        }
    return shapes | {"fully_connected/weights": (width, classes), "fully_connected/biases": (classes,)}


def weights_of(config: str) -> Variables:
    """The weights of this configuration's bundle."""
    # 32 units, because the converter leaves a matrix of fewer than 1,024 weights unquantised.
    shapes = shapes_of(518, 512, "layer_0") if config == "drum_kit" else shapes_of(2, 2, None, (32, 32))
    return tiny_weights(shapes, seed=len(config))


def tiny_bundle(config: str) -> Bundle:
    """The bundle of this configuration: drum_kit with attention, one_drum without."""
    size, length = (518, ATTENTION_LENGTH) if config == "drum_kit" else (2, 0)
    weights = weights_of(config)
    return Bundle(
        generator_id=config,
        description="Untrained, for tests.",
        checkpoint=v1_checkpoint_bytes(weights),
        metagraph=metagraph_bytes(weights, length, size),
    )


if __name__ == "__main__":
    for config in ("drum_kit", "one_drum"):
        write_bundle(HERE / f"tiny_{config}.mag", tiny_bundle(config))
    about = ["--licence", "Apache-2.0", "--credit", "none: untrained", "-o", str(HERE)]
    for name, quantization in (("tiny_one_drum", "none"), ("tiny_one_drum_int8", "int8")):
        converter([*("convert", str(HERE / "tiny_one_drum.mag"), "--name", name, "--quantize", quantization), *about])
