"""A variational autoencoder as a TFLite flatbuffer with a signature for each thing it does."""

import tempfile
from collections.abc import Callable
from typing import Any

from converter.rnn_step import parted_product, plain_product
from converter.tensorflow_library import tensorflow
from converter.tflite import Quantization, choose
from converter.vae_config import VaeConfig
from converter.vae_shapes import Sizes
from converter.vae_step import VaeSteps
from converter.weights import Variables


def vae_flatbuffer(config: VaeConfig, sizes: Sizes, variables: Variables, quantization: Quantization) -> bytes:
    """The network with the signatures of vae_step.py; quantized as recurrent networks are (tflite.py)."""
    tf = tensorflow()
    product = parted_product if quantization == "int8" else plain_product
    module, signatures = tf.Module(), {}
    for name, (function, widths) in VaeSteps(config, sizes, variables, product).signatures().items():
        signatures[name] = _concrete(function, widths)
        setattr(module, name, signatures[name])  # a saved model keeps what hangs on its module
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures=signatures)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=list(signatures))
        choose(converter, quantization)
        content: bytes = converter.convert()
    return content


def _concrete(function: Callable[..., dict[str, Any]], widths: dict[str, int]) -> Any:
    tf = tensorflow()
    specs = [tf.TensorSpec([1, width], tf.float32, name=name) for name, width in widths.items()]

    def called(*fed: Any) -> dict[str, Any]:
        return function(*fed)

    return tf.function(called, input_signature=specs).get_concrete_function()
