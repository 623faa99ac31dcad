"""A recurrent network as a TFLite flatbuffer that every supported interpreter loads."""

import tempfile
from typing import Any, Literal

from converter.architecture import Architecture
from converter.rnn_step import concrete_step, parted_product, plain_product
from converter.tensorflow_library import tensorflow
from converter.weights import Variables

Quantization = Literal["none", "float16", "int8"]
SIGNATURE = "step"


def flatbuffer(architecture: Architecture, variables: Variables, quantization: Quantization) -> bytes:
    """The network with the signature `step`.

    `float16` halves the stored weights; `int8` stores the large matrices in 8 bits and quantises their inputs as it
    runs (dynamic range). Both keep float32 at every input and output.
    """
    tf = tensorflow()
    module, step = concrete_step(architecture, variables, parted_product if quantization == "int8" else plain_product)
    with tempfile.TemporaryDirectory() as folder:
        # Only a saved model carries a signature's names through the converter.
        tf.saved_model.save(module, folder, signatures={SIGNATURE: step})
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=[SIGNATURE])
        choose(converter, quantization)
        content: bytes = converter.convert()
    return content


def choose(converter: Any, quantization: Quantization) -> None:
    """Ask the TFLite converter for what every supported interpreter knows, and for the weights in this form."""
    tf = tensorflow()
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    # Scales per output channel need FULLY_CONNECTED version 12; tflite-runtime 2.14 stops at 10.
    converter._experimental_disable_per_channel_quantization_for_dense_layers = True
    if quantization != "none":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if quantization == "float16":
        converter.target_spec.supported_types = [tf.float16]
