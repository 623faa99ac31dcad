"""The door: a password, in either language; and out again."""

from selenium.webdriver.common.keys import Keys

from tests.panel_page.conftest import knows, show
from tests.panel_page.served import PASSWORD


def test_a_wrong_password_is_told_and_the_right_one_opens(door):
    door.allowed = ("401",)
    door.go("/")
    door.find("#password").send_keys("open sesame\n")
    door.until(lambda: "That is not the password." in door.text("#said"), "that it is wrong")
    door.find("#password").send_keys(PASSWORD + "\n")
    knows(door)
    assert door.text("main").startswith("Kick") or door.find(".stage")


def test_the_door_speaks_estonian(door):
    door.go("/login")
    door.button("Eesti").click()
    assert door.text("label") == "Kasti parool"
    assert door.run("return document.documentElement.lang") == "et"


def test_who_logs_out_is_before_the_door(page, box):
    show(page, "setup")
    page.allowed = ("401",)
    page.button("Log out").click()
    page.find("#password")
    page.go("/#stage")
    page.find("#password")


def test_a_session_that_ends_leads_to_the_door(page, box):
    page.allowed = ("401",)
    box.do(box.sessions.clear)
    box.do(lambda: [panel.close(4401) for panel in list(box.panels)])
    page.find("#password")


def test_the_password_is_changed_and_a_short_one_refused(page, box):
    page.allowed = ("400",)
    show(page, "setup")
    page.find("#old-password").send_keys(PASSWORD)
    new = page.find("#new-password")
    new.send_keys("short" + Keys.ENTER)
    page.until(lambda: "8 characters" in page.text("form:has(#new-password) [role=status]"), "too short")
    new.clear()
    new.send_keys("long enough now" + Keys.ENTER)
    page.until(lambda: "Changed." in page.text("form:has(#new-password) [role=status]"), "changed")
    assert ("POST", "password", {"old": PASSWORD, "new": "long enough now"}) in box.asked


def test_who_is_logged_in_stays_so_in_a_new_page(page):
    page.go("/#knobs")
    knows(page)
    assert page.find("#knob-temperature")
