"""A part's small weights keep their worth beside another's large ones, in a format that has one scale a matrix."""

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="the converter extra is not installed")

from converter.rnn_step import parted_product, plain_product
from converter.tensorflow_library import tensorflow

RANDOM = np.random.default_rng(5)
# The part with the large weight is silent: what is left is what it does to the other.
PARTS = [np.zeros((1, 40), np.float32), RANDOM.uniform(-1, 1, (1, 24)).astype(np.float32)]
KERNEL = RANDOM.normal(0, 0.05, (64, 32)).astype(np.float32)
KERNEL[3, 7] = 9.0  # one label's weight, grown large in training


def in_eight_bits(product):
    """The product as the TFLite interpreter computes it from 8-bit weights."""
    from ai_edge_litert.interpreter import Interpreter

    tf = tensorflow()
    specs = [tf.TensorSpec(part.shape, tf.float32, name=f"part_{index}") for index, part in enumerate(PARTS)]
    step = tf.function(lambda *parts: product(parts, np.tile(KERNEL, (1, 40))), input_signature=specs)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([step.get_concrete_function()])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter._experimental_disable_per_channel_quantization_for_dense_layers = True
    interpreter = Interpreter(model_content=converter.convert())
    interpreter.allocate_tensors()
    for detail in interpreter.get_input_details():
        interpreter.set_tensor(detail["index"], next(part for part in PARTS if part.shape == tuple(detail["shape"])))
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[:, :32]


def test_in_full_precision_the_two_are_one():
    assert np.allclose(parted_product(PARTS, KERNEL), plain_product(PARTS, KERNEL), atol=1e-6)


def test_the_large_weights_of_one_part_do_not_take_the_precision_of_another():
    exact = PARTS[1] @ KERNEL[40:]
    plain = np.abs(in_eight_bits(plain_product) - exact).max()
    parted = np.abs(in_eight_bits(parted_product) - exact).max()
    assert parted < plain / 10
