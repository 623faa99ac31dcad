"""Every recurrent network that Magenta ever shipped, written with random weights as Magenta wrote it in its day.

Shapes and names are listed here anew, from Magenta's own dump of each configuration, and not by the converter.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from converter.bundle import Bundle
from converter.inference_graph import GraphForm, metagraph_bytes, v1_checkpoint_bytes

Vintage = Literal["A", "B", "C"]
Shapes = dict[str, tuple[int, ...]]
Variables = dict[str, npt.NDArray[np.float32]]
NOTE_SOFTMAXES = (13, 77, 128, 32, 25, 40)


@dataclass(frozen=True)
class Written:
    """A configuration as it is written: id, sizes of input and output, Magenta's default layers, attention.

    `parameters`: how many that makes, as TensorFlow counted them in Magenta's own graph (vintage C). `vintages`: those
    in which the configuration was there already.
    """

    name: str
    inputs: int
    outputs: int
    layers: tuple[int, ...]
    parameters: int
    attention: bool = False
    vintages: str = "ABC"
    nade: int = 0
    indexed: bool = False
    softmaxes: tuple[int, ...] = ()


_P = "performance_with_dynamics"
EVERY_RNN = (
    Written("one_drum", 2, 2, (128, 128), 198_914),
    Written("drum_kit", 518, 512, (256, 256, 256), 2_705_706, attention=True),
    Written("basic_rnn", 38, 38, (128, 128), 221_990),
    Written("mono_rnn", 130, 130, (128, 128), 280_962),
    Written("lookback_rnn", 121, 40, (128, 128), 264_744),
    Written("attention_rnn", 74, 40, (128, 128), 338_006, attention=True),
    Written("basic_improv", 87, 38, (64, 64), 74_406),
    Written("attention_improv", 123, 40, (128, 128, 128), 510_652, attention=True),
    Written("chord_pitches_improv", 75, 38, (256, 256, 256), 1_400_358),
    Written("polyphony", 259, 259, (256, 256, 256), 1_645_571, vintages="BC"),
    Written("performance", 356, 356, (512, 512, 512), 6_160_740, vintages="C"),
    Written(_P, 388, 388, (512, 512, 512), 6_242_692, vintages="C"),
    Written(f"{_P}_compact", 388, 388, (512, 512, 512), 6_242_692, vintages="C", indexed=True),
    Written(f"{_P}_and_modulo_encoding", 16, 388, (512, 512, 512), 5_480_836, vintages="C"),
    Written(f"{_P}_and_note_encoding", 315, 315, (512,) * 3, 6_055_739, vintages="C", softmaxes=NOTE_SOFTMAXES),
    Written(f"density_conditioned_{_P}", 396, 388, (512, 512, 512), 6_259_076, vintages="C"),
    Written(f"pitch_conditioned_{_P}", 400, 388, (512, 512, 512), 6_267_268, vintages="C"),
    Written(f"multiconditioned_{_P}", 408, 388, (512, 512, 512), 6_283_652, vintages="C"),
    Written(f"optional_multiconditioned_{_P}", 409, 388, (512, 512, 512), 6_285_700, vintages="C"),
    Written("rnn-nade", 88, 88, (128, 128, 128), 424_664, vintages="C", nade=128),
    Written("rnn-nade_attn", 88, 88, (128, 128), 394_480, attention=True, vintages="C", nade=128),
)


def shapes_of(
    rnn: Written,
    layers: tuple[int, ...],
    vintage: Vintage = "C",
    *,
    nade: int = 0,
    residual: bool = False,
    cell: str = "basic_lstm_cell",
) -> Shapes:
    """The variables under their modern names; attention is around layer 0 in vintage C, before it around the stack."""
    root = "decoder" if rnn.nade else "rnn"
    stack = f"{root}/attention_cell_wrapper" if rnn.attention and vintage != "C" else root
    shapes: Shapes = {}
    width, wrapper = rnn.inputs, ""
    for number, units in enumerate(layers):
        scope = f"{stack}/multi_rnn_cell/cell_{number}"
        if residual and (number == 0 or units != width):
            scope += "/input_projection_wrapper"
            shapes |= _dense(scope, width, units)
            width = units
        if rnn.attention and vintage == "C" and number == 0:
            scope = wrapper = f"{scope}/attention_cell_wrapper"
            shapes |= _attention(wrapper, width, units, 2 * units)
        shapes |= _dense(f"{scope}/{cell}", width + units, 4 * units)
        width = units
    if rnn.attention and vintage != "C":
        shapes |= _attention(stack, rnn.inputs, layers[-1], 2 * sum(layers))
    if rnn.nade:
        shapes |= {"nade/w_enc": (rnn.outputs, 1, nade), "nade/w_dec_t": (rnn.outputs, nade, 1)}
        return shapes | _dense("decoder/dense", width, nade + rnn.outputs)
    return shapes | {"fully_connected/weights": (width, rnn.outputs), "fully_connected/biases": (rnn.outputs,)}


def _dense(scope: str, rows: int, columns: int) -> Shapes:
    return {f"{scope}/kernel": (rows, columns), f"{scope}/bias": (columns,)}


def _attention(scope: str, inputs: int, size: int, queried: int) -> Shapes:
    return {
        **_dense(scope, inputs + size, inputs),
        **_dense(f"{scope}/attention", queried, size),
        f"{scope}/attention/attn_w": (1, 1, size, size),
        f"{scope}/attention/attn_v": (size,),
        **_dense(f"{scope}/attn_output_projection", 2 * size, size),
    }


def random_weights(shapes: Shapes, seed: int) -> Variables:
    """Weights scaled to the number of inputs, so that no gate is always shut; a head as decided as a trained one's."""
    random = np.random.default_rng(seed)
    weights = {}
    for name, shape in shapes.items():
        inputs = shape[-2] if len(shape) > 1 else 1
        scale = (4 if "fully_connected" in name or "dense" in name else 1) / np.sqrt(inputs)
        weights[name] = random.normal(0, scale, shape).astype(np.float32)
    return weights


def spelling(vintage: Vintage) -> Callable[[str], str]:
    """From a modern name to what TensorFlow called it in that vintage."""
    return {"A": _name_of_2016, "B": _name_of_early_2017, "C": str}[vintage]


def _name_of_2016(name: str) -> str:
    """TensorFlow 0.x."""
    if name.startswith("fully_connected"):
        return name
    name = name.replace("attn_output_projection/", "AttnOutputProjection/Linear/")
    name = re.sub(r"attention/(kernel|bias)$", r"Attention/Linear/\1", name)
    name = name.replace("attention/attn_w", "Attention/AttnW").replace("attention/attn_v", "Attention/AttnV")
    name = re.sub(r"attention_cell_wrapper/(kernel|bias)$", r"AttentionCellWrapper/Linear/\1", name)
    name = name.replace("attention_cell_wrapper", "AttentionCellWrapper").replace("multi_rnn_cell", "MultiRNNCell")
    name = re.sub(r"cell_(\d+)/basic_lstm_cell/", r"Cell\1/BasicLSTMCell/Linear/", name)
    return re.sub(r"^rnn/", "RNN/", name).replace("kernel", "Matrix").replace("/bias", "/Bias")


def _name_of_early_2017(name: str) -> str:
    """TensorFlow 1.0 and 1.1."""
    return re.sub(r"/bias$", "/biases", name.replace("/kernel", "/weights"))


def bundle_of(
    rnn: Written, layers: tuple[int, ...], vintage: Vintage = "C", *, attention_length: int = 5, seed: int = 1
) -> tuple[Bundle, Variables]:
    """The bundle, and its weights under their modern names.

    In vintage A the state is one tensor and the temperature no placeholder.
    """
    shapes = shapes_of(rnn, layers, vintage, nade=9 if rnn.nade else 0)
    weights, spelled = random_weights(shapes, seed), spelling(vintage)
    form = GraphForm(rnn.softmaxes, rnn.indexed, spelled, joined_state=vintage == "A", temperature=vintage != "A")
    length = attention_length if rnn.attention else 0
    bundle = Bundle(
        generator_id=rnn.name.removesuffix("_compact"),  # as Magenta has it: the two share an id
        description="random weights",
        checkpoint=v1_checkpoint_bytes({spelled(name): array for name, array in weights.items()}),
        metagraph=metagraph_bytes(weights, length, rnn.inputs, form),
    )
    return bundle, weights
