"""Keras 3, kept quiet: with the TensorFlow, JAX or PyTorch that KERAS_BACKEND names, TensorFlow where it names none.

A graphics card is used where the backend finds one. TensorFlow is told to leave it alone unless CUDA_VISIBLE_DEVICES
says which: the converter needs none, and JAX and PyTorch could not share it with a TensorFlow that has taken it all.
"""

import os
from typing import Any

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
if os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow":
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
from keras import ops

BACKEND: str = keras.backend.backend()


def array_of(variable: Any) -> Any:
    """A copy of a variable's value, a numpy array of its own: JAX gives a buffer away when it is used."""
    return np.array(ops.convert_to_numpy(ops.copy(variable)))


def spread_over_devices() -> int:
    """Have every batch shared out among the backend's graphics cards where there are several; how many there are.

    Keras distributes under JAX alone; with another backend one card does all.
    """
    found = keras.distribution.list_devices() if BACKEND == "jax" else []  # the processor where there is no card
    devices = [device for device in found if not device.startswith("cpu")]
    if len(devices) > 1:
        keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))
    return len(devices)


__all__ = ["BACKEND", "array_of", "keras", "ops", "spread_over_devices"]
