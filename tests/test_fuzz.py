"""A little of what `make fuzz` does with a million events; in virtual time, on dry motors."""

import pytest

from appliance.tempo.settings import Source
from bench.fuzz import fuzz


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("source", Source)
def test_whatever_it_is_told_nothing_breaks_and_the_next_call_is_answered(source, seed):
    outcome = fuzz(2000, seed, source)
    assert outcome.events == 2000
    assert outcome.struck > 0
