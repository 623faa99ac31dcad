"""What holds for all tests."""

import os

from hypothesis import settings

# A machine that is busy with something else fails no test. GHOSTNOTE_EXAMPLES: how many examples each is given.
settings.register_profile("untimed", deadline=None, max_examples=int(os.environ.get("GHOSTNOTE_EXAMPLES", "100")))
settings.load_profile("untimed")
