import pytest

from tests.panel.box import Box, Browser, live


@pytest.fixture(scope="session")
def box(tmp_path_factory):
    box = Box(tmp_path_factory.mktemp("box"))
    box.start("striker", "player", "panel")
    yield box
    box.close()


@pytest.fixture(scope="session")
def browser(box):
    browser = Browser.invited(box)

    async def heard():
        # What is asked by HTTP would else be answered before the player has said who plays with what.
        page = await browser.page()
        await page.until(lambda one: one.state.get("duets", {}).get("a", {}).get("models"))

    live(heard)
    return browser
