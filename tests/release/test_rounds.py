"""The lamp is told of an update that failed, and that it is over when another one plays."""

from appliance.doctor.kernel_files import KernelFiles
from appliance.doctor.rounds import Rounds
from appliance.drivers.version_store import VersionStore
from appliance.release.chronicle import Chronicle, Outcome, Update
from appliance.settings import load_settings
from appliance.status.codes import Code
from appliance.status.wire import Lift, Post
from appliance.status.wiring import StatusSettings


class Lamp:
    def __init__(self):
        self.words = []

    def tell(self, *words):
        self.words += words
        return True


def told(folder, *outcomes):
    """What a round says of updates with these outcomes, one after the other."""
    updates = tuple(Update("application", f"1.{number}.0", "1.0.0", "", one) for number, one in enumerate(outcomes))
    store, lamp = VersionStore(folder), Lamp()
    store.write(Chronicle(updates=updates))
    limits = load_settings().room("status", StatusSettings)
    Rounds(KernelFiles(folder), folder, limits, lamp, store).advance(1.0)
    return next(word for word in lamp.words if word.code is Code.UPDATE_FAILED)


def test_an_update_that_was_taken_back_is_on_the_lamp(tmp_path):
    assert told(tmp_path, Outcome.CONFIRMED, Outcome.TAKEN_BACK) == Post(Code.UPDATE_FAILED)


def test_an_update_that_was_refused_is_on_the_lamp(tmp_path):
    assert told(tmp_path, Outcome.REFUSED) == Post(Code.UPDATE_FAILED)


def test_an_update_that_plays_ends_it(tmp_path):
    assert told(tmp_path, Outcome.TAKEN_BACK, Outcome.CONFIRMED) == Lift(Code.UPDATE_FAILED)


def test_an_update_on_trial_has_not_failed(tmp_path):
    assert told(tmp_path, Outcome.TRYING) == Lift(Code.UPDATE_FAILED)


def test_a_box_without_updates_has_none_that_failed(tmp_path):
    assert told(tmp_path) == Lift(Code.UPDATE_FAILED)
