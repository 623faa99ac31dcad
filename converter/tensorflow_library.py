"""TensorFlow, imported when it is first needed and kept quiet."""

import os
from functools import cache
from typing import Any

from converter.errors import MissingToolsError

INSTALL = "pip install 'ghostnote[converter]'"


@cache
def tensorflow() -> Any:
    """The tensorflow module.

    It takes seconds to import and logs a page, so a mistyped path must be told before this is called.

    Raises:
        MissingToolsError: it is not installed.

    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    # Other instruction sets sum in other orders; without oneDNN a model converts alike on more machines.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    try:
        import tensorflow as tf
    except ImportError as error:
        raise MissingToolsError(f"The converter needs TensorFlow, which is not installed: {INSTALL}") from error
    tf.get_logger().setLevel("ERROR")
    return tf
