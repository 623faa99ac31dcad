"""What the tests of a whole box need: `make test-box` builds it, and says where it is."""

import os
from pathlib import Path

import pytest

from tests.appliance_board.container import Container
from tests.appliance_board.releases import Releases, make_key

HERE = Path(__file__).parent
SETTINGS = HERE / "ghostnote.toml"
_BOX = ("GHOSTNOTE_BOX", "make test-box")
SLOW = {
    "test_board.py": ("GHOSTNOTE_BOARD", "make board"),
    "test_page.py": _BOX,
    "test_services.py": _BOX,
    "test_updates.py": _BOX,
}


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents and item.path.name in SLOW:
            variable, target = SLOW[item.path.name]
            if variable not in os.environ:
                item.add_marker(pytest.mark.skip(reason=f"a whole box takes minutes: {target}"))


@pytest.fixture(scope="session")
def board_folder():
    """The folder that prepare.sh filled, for the emulated board."""
    return Path(os.environ["GHOSTNOTE_BOARD"])


@pytest.fixture(scope="session")
def board_arch():
    """Its processor, as Debian names it."""
    return os.environ.get("GHOSTNOTE_BOARD_ARCH", "amd64")


@pytest.fixture(scope="session")
def built():
    """The folder that prepare.sh filled: release, card, kernel, initrd."""
    return Path(os.environ["GHOSTNOTE_BOX"])


@pytest.fixture(scope="session")
def releases(built, tmp_path_factory):
    folder = tmp_path_factory.mktemp("releases")
    return Releases(built / "release", folder / "made", make_key(folder, "key"))


@pytest.fixture(scope="session")
def owner(releases, tmp_path_factory):
    """What the owner put on the card: here with mock pins."""
    settings = tmp_path_factory.mktemp("owner") / "ghostnote.toml"
    text = SETTINGS.read_text()
    settings.write_text(text.replace('factory = "lgpio"', 'factory = "mock"').replace("pace = 20.0", "pace = 1.0"))
    signers = releases.key.with_name("key.signers")
    return {
        "ghostnote.toml": settings,
        "allowed_signers": signers,
        "authorized_keys": releases.key.with_name("key.pub"),
    }


@pytest.fixture(scope="module")
def box(built, owner, tmp_path_factory):
    """A box in a container, with all its units ready."""
    with Container(built / "card", tmp_path_factory.mktemp("box"), owner) as container:
        container.await_ready()
        yield container
