"""For everyone: axe-core finds no violation in any view, theme, size or language; the keyboard reaches everything."""

from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from tests.panel_page.browser import browser, missing
from tests.panel_page.conftest import VIEWS, enter, knows, settle, show

RUN = """
const done = arguments[0];
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const where = ({ html, failureSummary }) => `${html.slice(0, 140)} ${failureSummary}`;
axe.run(document, { runOnly: rules }).then(({ violations }) =>
  done(violations.map(({ id, nodes }) => `${id}: ${nodes.map(where).join(" | ")}`)));
"""
# What ends to the right of a phone's edge, without being in a part that can be scrolled to the side.
CUT = """
const aside = (one) => one.tagName !== "MAIN" && /auto|scroll/.test(getComputedStyle(one).overflowX);
const scrolls = (one) => one && (aside(one) || scrolls(one.parentElement));
return [...document.querySelectorAll("main *, nav *, header *")]
  .filter((one) => one.getBoundingClientRect().right > 391 && !scrolls(one.parentElement) && !one.closest("svg"))
  .map((one) => one.outerHTML.slice(0, 100));
"""


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's own text: a Python package brings it along; nothing else of that package is used."""
    try:
        found = next(file for file in files("axe-playwright-python") or () if file.name == "axe.min.js")
    except (PackageNotFoundError, StopIteration):
        pytest.skip("axe-core is not installed: make test-page installs it")
    return Path(str(found.locate())).read_text("utf-8")


def violations(page, axe):
    if not page.run("return Boolean(globalThis.axe)"):
        page.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": axe})
    return page.run_async(RUN)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_no_view_has_a_violation(door, axe, theme):
    door.go("/login")
    door.run("localStorage.setItem('ghostnote.theme', arguments[0])", theme)
    door.go("/login")
    door.find("#password")
    assert violations(door, axe) == []
    enter(door)
    assert door.run("return document.documentElement.dataset.theme") == theme
    for view in VIEWS:
        settle(door, view)
        assert violations(door, axe) == [], view


@pytest.fixture(scope="module")
def phone_browser():
    if missing():
        pytest.skip(missing())
    with browser("", size=(390, 844), scale=2.0) as one:
        yield one


@pytest.fixture
def phone(phone_browser, box):
    phone_browser.driver.delete_all_cookies()
    phone_browser.address = box.address
    enter(phone_browser)
    return phone_browser


def test_on_a_phone_nothing_is_cut_off_and_nothing_violated(phone, axe):
    for view in VIEWS:
        settle(phone, view)
        assert phone.run("return [innerWidth, document.querySelector('main').scrollWidth]") == [390, 390], view
        assert phone.run(CUT) == [], view
        box = phone.find(".panic").rect
        assert box["height"] >= 56, view
        assert box["y"] + box["height"] <= 844, view
        assert violations(phone, axe) == [], view


def test_a_pad_on_a_phone_can_be_hit(phone, box):
    pad = phone.find(".pad:nth-child(5)")
    assert pad.rect["width"] >= 36
    assert pad.rect["height"] >= 80
    pad.click()
    phone.until(lambda: any(one["t"] == "hit" for one in box.heard), "the hit")


def test_every_view_is_reached_by_keyboard_alone(page, box):
    page.go("/")
    knows(page)
    page.press(Keys.TAB)
    page.until(lambda: page.run("return document.activeElement.className") == "skip", "the way to the content first")
    for place, view in enumerate(VIEWS):
        link = page.find(f".rail a[href='#{view}']")
        if place:
            link.send_keys(Keys.ENTER)
            page.until(lambda view=view: page.run("return location.hash") == f"#{view}", view)
        assert page.run("return document.querySelector('main h1').textContent")
    page.until(lambda: page.run("return document.activeElement.id") == "main", "the focus in the view")


def test_what_has_the_focus_is_seen(page):
    show(page, "knobs")
    page.find("#knob-temperature")
    for _ in range(12):
        page.press(Keys.TAB)
        width = page.run("return getComputedStyle(document.activeElement).outlineWidth")
        assert width == "3px", page.run("return document.activeElement.outerHTML.slice(0, 200)")


def test_the_pad_that_has_the_focus_is_hit_by_enter(page, box):
    page.find(".pad:nth-child(3)").send_keys(Keys.ENTER)
    page.until(lambda: [one["key"] for one in box.heard if one["t"] == "hit"] == [42], "the hit")


def test_the_turn_is_told_to_who_does_not_see_it(page, box):
    box.do(box.answer)
    page.until(
        lambda: page.run("return document.querySelector('.turn[role=status]').textContent") == "Answering", "the turn"
    )


def test_the_page_speaks_estonian_from_one_moment_to_the_next(page, box, axe):
    show(page, "setup")
    page.button("Eesti").click()
    page.until(lambda: page.text("h1") == "Seaded", "Estonian")
    assert page.run("return document.documentElement.lang") == "et"
    assert "PAANIKA" in page.text(".panic")
    for view in VIEWS:
        settle(page, view)
    show(page, "stage")
    page.until(lambda: "Mootor 3 läheks liiga kuumaks" in page.text(".faults"), "the fault in Estonian")
    assert page.run("return document.querySelector('.pad').getAttribute('aria-label')") == "Basstrumm, klahv A"
    assert violations(page, axe) == []


def test_the_theme_is_changed_and_kept(page):
    show(page, "setup")
    page.button("Daylight").click()
    assert page.run("return getComputedStyle(document.body).backgroundColor") == "rgb(244, 241, 234)"
    page.go("/#stage")
    page.until(lambda: page.run("return document.documentElement.dataset.theme") == "light", "daylight")
