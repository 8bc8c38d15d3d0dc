"""Debian's Chromium without a window, for tests of pages."""

import base64
import contextlib
import io
import json
import pathlib
import shutil

import numpy as np
from PIL import Image

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
MISSING = "needs Debian's chromium and chromium-driver, and selenium"
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,900",
)


def present() -> bool:
    """Whether pages can be opened here."""
    try:
        import selenium  # noqa: F401
    except ImportError:
        return False
    return all(map(shutil.which, (CHROMIUM, DRIVER)))


@contextlib.contextmanager
def session(profile):
    """Gives a WebDriver with a fresh profile that logs console and network."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for option in (*_OPTIONS, f"--user-data-dir={profile}"):
        options.add_argument(option)
    options.set_capability(
        "goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"}
    )
    driver = webdriver.Chrome(options, Service(DRIVER))
    try:
        driver.set_script_timeout(30)
        yield driver
    finally:
        driver.quit()


def open_page(driver, path, fragment=""):
    """Opens a page afresh, from its file."""
    driver.get("about:blank")  # Another fragment alone would not load it again.
    driver.get_log("browser")
    driver.get_log("performance")
    driver.get(pathlib.Path(path).as_uri() + fragment)


def complaints(driver) -> list[str]:
    """What the console says in earnest since the page was opened."""
    return [row["message"] for row in driver.get_log("browser") if _earnest(row)]


def _earnest(row) -> bool:
    return row["level"] == "SEVERE"


def requested(driver) -> list[str]:
    """The addresses that the page asked for since it was opened.

    Its own is left out, and what stands in the page itself.
    """
    addresses = []
    for row in driver.get_log("performance"):
        message = json.loads(row["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            addresses.append(message["params"]["request"]["url"])
    own = driver.current_url.partition("#")[0]
    return [
        address
        for address in addresses
        if address.partition("#")[0] != own
        and not address.startswith(("data:", "blob:"))
    ]


def drawn(driver) -> dict:
    """What the page's player has drawn last, after what was asked of it."""
    return driver.execute_async_script(
        "const done = arguments[0];"
        "requestAnimationFrame(() => requestAnimationFrame("
        "() => done({...player.drawn, frame: player.frame})));"
    )


def set_value(driver, selector, value):
    """Sets a slider, choice or the like as a user would, with its events."""
    driver.execute_script(
        "const found = document.querySelector(arguments[0]);"
        "found.value = arguments[1];"
        "for (const name of ['input', 'change'])"
        " found.dispatchEvent(new Event(name, {bubbles: true}));",
        selector,
        str(value),
    )


def click(driver, selector):
    """Clicks with the mouse."""
    from selenium.webdriver.common.by import By

    driver.find_element(By.CSS_SELECTOR, selector).click()


def press(driver, *keys):
    """Presses keys, one after another."""
    from selenium.webdriver import ActionChains

    ActionChains(driver).send_keys(*keys).perform()


def pixels(driver, selector):
    """(H, W, 4) of a canvas."""
    address = driver.execute_script(
        "return document.querySelector(arguments[0]).toDataURL()", selector
    )
    picture = base64.b64decode(address.partition(",")[2])
    with Image.open(io.BytesIO(picture)) as image:
        return np.asarray(image.convert("RGBA"))


def play_by_hand(driver, start, speed, times):
    """The frames shown at times, in ms, that the page is told of."""
    set_value(driver, ".speed", speed)
    return driver.execute_script(
        "player.pauseAt(arguments[0]);"
        "const real = window.requestAnimationFrame; let next = null;"
        "player.redraw = () => {};"  # Asks for pictures, too.
        "window.requestAnimationFrame = (tick) => (next = tick);"
        "player.play();"
        "const seen = arguments[1].map((now) => {"
        "  const tick = next; tick(now); return player.frame; });"
        "window.requestAnimationFrame = real; player.pause();"
        "return seen;",
        start,
        times,
    )
