"""One browser for all tests of the page, and for each test a box of its own."""

import pytest

from tests.panel_page.box import Box
from tests.panel_page.browser import PATIENCE, Browser, browser, missing
from tests.panel_page.served import PASSWORD

VIEWS = ("stage", "knobs", "duets", "drum", "models", "concerts", "setup")
SETTLED = {"drum": ".motor .curve", "models": "article.card", "concerts": ".concert", "setup": ".findings li"}


@pytest.fixture(scope="session")
def chromium():
    if missing():
        pytest.skip(missing())
    with browser("") as one:
        yield one


@pytest.fixture
def box():
    box = Box()
    yield box
    box.close()


@pytest.fixture
def door(chromium: Browser, box: Box):
    """A browser before the door; behind the test nothing must have been complained of."""
    chromium.driver.delete_all_cookies()
    chromium.address = box.address
    chromium.allowed = ()
    yield chromium
    left = [entry for entry in chromium.complaints() if not any(word in entry for word in chromium.allowed)]
    assert not left


@pytest.fixture
def page(door: Browser):
    """A browser behind the door, on the stage, with the box's state."""
    enter(door)
    return door


def enter(browser: Browser, view: str = "stage") -> None:
    """Log in as a person would, and wait until the page knows the box."""
    browser.go("/login")
    browser.find("#password").send_keys(PASSWORD + "\n")
    knows(browser)
    show(browser, view)


def knows(browser: Browser) -> None:
    browser.until(lambda: browser.run("return Boolean(globalThis.ghostnote?.store.state.duets)"), "the box's state")


def settle(browser: Browser, view: str, patience: float = PATIENCE) -> None:
    """Show a view, and wait for what it has to ask the box for."""
    show(browser, view)
    if view in SETTLED:
        browser.until(lambda: browser.all(SETTLED[view]), view, patience)


def show(browser: Browser, view: str) -> None:
    browser.run("location.hash = arguments[0]", view)
    browser.until(
        lambda: browser.run("return document.querySelector('.rail a[aria-current]')?.hash") == f"#{view}", view
    )
