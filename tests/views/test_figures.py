import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.views.figures import percentile


def test_percentiles_are_of_the_nearest_rank():
    values = list(range(1, 101))
    assert [percentile(values, share) for share in (0.0, 0.5, 0.99, 1.0)] == [1, 50, 99, 100]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.floats(0, 1))
def test_a_share_of_the_values_is_at_most_its_percentile(values, share):
    at_most = sum(value <= percentile(values, share) for value in values)
    assert at_most >= share * len(values) - 1e-9


def test_nothing_has_no_percentile():
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)
