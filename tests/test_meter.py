"""The shipped model answers a rock call as a drummer would: in its meter, with about as many notes."""

from appliance.commands.models import Models
from bench.meter import look

SEEDS = 100


def test_answers_to_a_rock_call_keep_its_meter():
    models = Models()
    looks = [look(models, seed, temperature=1.0) for seed in range(SEEDS)]
    assert sum(one.downbeat or one.density for one in looks) >= 0.95 * SEEDS
    assert sum(one.downbeat for one in looks) >= 0.90 * SEEDS
    assert sum(one.density for one in looks) >= 0.90 * SEEDS
