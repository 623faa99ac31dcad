"""What the converter's tests work on: the tiny models beside this file, and real ones where they can be had."""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TINY_DRUM_KIT = HERE / "tiny_drum_kit.mag"
TINY_ONE_DRUM = HERE / "tiny_one_drum.mag"
SHARED = Path(os.environ.get("GHOSTNOTE_SHARED", HERE.parents[2] / "shared"))

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the real bundles are not beside this repository (../shared or GHOSTNOTE_SHARED)"
)
needs_tensorflow = pytest.mark.skipif(find_spec("tensorflow") is None, reason="TensorFlow is not installed")
