"""A headless Chromium: made where there is one, and waited for by conditions with deadlines."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--force-color-profile=srgb",
    "--lang=en",
)
PATIENCE = 15.0  # s until a condition that must come true has failed
LOOKS_AGAIN = 0.02  # s

Found = TypeVar("Found")

_LABELLED = """
const all = [...document.querySelectorAll("button, a")];
return all.find((one) => one.innerText.trim().startsWith(arguments[0]));
"""


def missing() -> str:
    """Why no browser can be had; empty when one can."""
    if BROWSER and DRIVER:
        return ""
    return "no Chromium with its driver here: apt-get install chromium chromium-driver, or make test-page as root"


class Browser:
    def __init__(self, driver: webdriver.Chrome, address: str) -> None:
        self.driver = driver
        self.address = address
        self.allowed: tuple[str, ...] = ()  # words of complaints that a test expects

    def go(self, path: str) -> None:
        self.driver.get(self.address + path)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def run_async(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_async_script(script, *arguments)

    def find(self, css: str, within: WebElement | None = None) -> WebElement:
        """The first element, waited for."""
        return self.until(lambda: next(iter((within or self.driver).find_elements(By.CSS_SELECTOR, css)), None), css)

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def text(self, css: str) -> str:
        found: str = self.run("return document.querySelector(arguments[0])?.innerText ?? ''", css)
        return found

    def button(self, text: str) -> WebElement:
        """The button or link that is labelled so, waited for."""
        found: WebElement = self.until(lambda: self.run(_LABELLED, text), f"a button {text!r}")
        return found

    def until(self, condition: Callable[[], Found | None], what: str = "it", patience: float = PATIENCE) -> Found:
        """What a condition gives as soon as it is true. Fails behind its deadline, with what the page said."""
        deadline = time.monotonic() + patience
        while True:
            found = condition()
            if found:
                return found
            if time.monotonic() > deadline:
                raise AssertionError(f"{what} did not come in {patience:g} s; the page says {self.complaints()}")
            time.sleep(LOOKS_AGAIN)

    def press(self, key: str) -> None:
        webdriver.ActionChains(self.driver).send_keys(key).perform()

    def complaints(self) -> list[str]:
        """What the browser's console has of errors and violations since the last look."""
        log: Any = self.driver.get_log  # selenium gives it no types
        return [entry["message"] for entry in log("browser") if entry["level"] in ("SEVERE", "WARNING")]


@contextmanager
def browser(
    address: str, size: tuple[int, int] = (1280, 800), scale: float = 1.0, language: str = "en"
) -> Iterator[Browser]:
    profile = tempfile.mkdtemp(prefix="panel-page-")
    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for switch in (*SWITCHES, f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}"):
        options.add_argument(switch)
    options.add_experimental_option("prefs", {"intl.accept_languages": language})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(executable_path=str(DRIVER)))
    try:
        # Headless Chromium's window is no narrower than 500 px: a phone must be emulated.
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": scale, "mobile": size[0] < 600}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        driver.set_script_timeout(30)
        yield Browser(driver, address)
    finally:
        driver.quit()
        shutil.rmtree(Path(profile), ignore_errors=True)
