"""How sure a pose is, as the page that plays it shows it."""

import pytest
from support import browser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not browser.present(), reason=browser.MISSING),
]
WRIST = 13


@pytest.fixture
def unsure(driver, pages):
    browser.open_page(driver, pages / "unsure.html")
    yield driver
    assert browser.complaints(driver) == []
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def text(driver, selector):
    script = f"return document.querySelector('{selector}').textContent"
    return driver.execute_script(script)


def purple(driver):
    """How many pixels of the 3-D view have the colour of a halo."""
    red, green, blue = browser.pixels(driver, ".space")[..., :3].astype(int).T
    return int(((red > green + 8) & (blue > green + 4)).sum())


def point_at(driver, joint, kind="mouse", name="pointermove"):
    driver.execute_script(
        "const c = document.querySelector('.space'), b = c.getBoundingClientRect();"
        "const p = player.space.places.find((p) => p.joint === arguments[0]).place;"
        "c.dispatchEvent(new PointerEvent(arguments[2], {pointerType: arguments[1],"
        "clientX: b.left + p[0], clientY: b.top + p[1]}));",
        *(joint, kind, name),
    )


def test_halos_and_words_tell_how_far_off_joints_may_be(unsure):
    shown = browser.drawn(unsure)
    assert (shown["halos"], shown["guesses"], shown["bones"]) == (16, 0, 16)
    told = "Expected error: 28 mm a joint; largest: right wrist, 35 mm."
    assert text(unsure, ".sure") == told
    small = purple(unsure)
    unsure.execute_script("player.seek(20)")
    shown = browser.drawn(unsure)
    # The forearm, whose wrist is a guess, is no bone that was seen.
    assert (shown["halos"], shown["guesses"], shown["bones"]) == (16, 1, 15)
    assert text(unsure, ".sure").endswith("largest: left wrist, 180 mm.")
    assert purple(unsure) > small + 500
    assert "dashed: a guess" in text(unsure, ".legend")
    browser.click(unsure, ".uncertainty input")
    assert browser.drawn(unsure)["halos"] == 0
    assert purple(unsure) < small


def test_a_joint_that_is_pointed_at_says_its_own(unsure):
    browser.drawn(unsure)
    point_at(unsure, 6)
    browser.drawn(unsure)
    assert unsure.execute_script("return player.hovered.text") == "left ankle ± 25 mm"
    unsure.execute_script("player.seek(20)")
    browser.drawn(unsure)
    point_at(unsure, WRIST)
    browser.drawn(unsure)
    found = unsure.execute_script("return player.hovered.text")
    assert found == "left wrist ± 180 mm, a guess"
    point_at(unsure, 0)
    browser.drawn(unsure)
    assert unsure.execute_script("return player.hovered.text") == "hip"


def test_on_a_phone_all_fits_and_a_finger_names_joints(unsure):
    size = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    unsure.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    unsure.execute_script("player.seek(20)")
    assert browser.drawn(unsure)["halos"] == 16
    wide = unsure.execute_script("return document.documentElement.scrollWidth")
    assert wide <= 390
    rows = unsure.execute_script(
        "return ['.sure', '.uncertainty', '.legend'].map((name) => {"
        "const b = document.querySelector(name).getBoundingClientRect();"
        "return [b.left, b.right, b.height]; });"
    )
    for left, right, height in rows:
        assert 0 <= left < right <= 390 and height > 0
    unsure.execute_script(
        "Element.prototype.setPointerCapture = () => null;"  # Of no real pointer.
    )
    point_at(unsure, WRIST, "touch", "pointerdown")
    browser.drawn(unsure)
    found = unsure.execute_script("return player.hovered.text")
    assert found == "left wrist ± 180 mm, a guess"


def test_pages_without_it_show_nothing_of_it(driver, pages):
    browser.open_page(driver, pages / "walk.html")
    assert browser.drawn(driver)["halos"] == 0
    hidden = (
        "return ['.sure', '.uncertainty'].map((n) => document.querySelector(n).hidden)"
    )
    assert driver.execute_script(hidden) == [True, True]
    assert "dashed" not in text(driver, ".legend")
