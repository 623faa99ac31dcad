"""TensorFlow, imported when it is first needed and kept quiet."""

import os
from functools import cache
from importlib.util import find_spec
from typing import Any


@cache
def tensorflow() -> Any:
    """The tensorflow module.

    It takes seconds to import and logs a page, so a mistyped path must be told before this is called.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    # Other instruction sets sum in other orders; without oneDNN a model converts alike on more machines.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    return tf


def there(library: str) -> bool:
    """Whether a library is installed; it is not imported for that."""
    return find_spec(library) is not None
