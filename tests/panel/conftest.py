import pytest

from tests.panel.box import Box, Browser


@pytest.fixture(scope="session")
def box(tmp_path_factory):
    box = Box(tmp_path_factory.mktemp("box"))
    box.start("striker", "player", "panel")
    yield box
    box.close()


@pytest.fixture(scope="session")
def browser(box):
    return Browser.invited(box)
