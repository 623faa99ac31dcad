"""What a model file says of itself: the door between the converter, which writes it, and the appliance."""

import msgspec


class Encoding(msgspec.Struct, frozen=True):
    """How a step becomes a label: bit i of it is class i of `drum_map`, whose first pitch sounds the class."""

    kind: str
    drum_map: tuple[tuple[int, ...], ...]
    drum_map_vintage: str
    counter_bits: int
    input_size: int
    classes: int


class StateTensor(msgspec.Struct, frozen=True):
    """One state tensor of a step, float32 [1, size]; its output has `_out` behind the name."""

    name: str
    size: int


class Likelihood(msgspec.Struct, frozen=True):
    """What the model gave on data it was not trained on, in nats per step."""

    data: str
    nats_per_step: float


class Flatbuffer(msgspec.Struct, frozen=True):
    """The part of the file that the interpreter reads."""

    bytes: int
    sha256: str


class Card(msgspec.Struct, frozen=True):
    """The fields of `card.json` that the appliance needs; it has more, for people."""

    format: int
    name: str
    description: str
    family: str
    config: str
    encoding: Encoding
    steps_per_quarter: int
    layer_sizes: tuple[int, ...]
    state: tuple[StateTensor, ...]
    quantization: str
    licence: str
    credit: str
    tflite: Flatbuffer
    likelihood: Likelihood | None = None
