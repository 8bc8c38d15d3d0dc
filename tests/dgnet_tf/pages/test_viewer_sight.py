"""The page opens with everybody whole in sight, in all frames, on every screen."""

import numpy as np
import pytest
from support import browser
from support.pages import clip_stand_ins

from dgnet_tf.pages import viewer

pytestmark = pytest.mark.skipif(not browser.present(), reason=browser.MISSING)

OUTSIDE = """
const { space, clip } = player;
const { clientWidth: width, clientHeight: height } = space.sharp.canvas;
let [count, least] = [0, Infinity];
for (let frame = clip.first; frame <= clip.last; frame++) {
  player.frame = frame;
  player.draw();
  for (const { place: [x, y] } of space.places) {
    if (x < 0 || y < 0 || x > width || y > height) count++;
    least = Math.min(least, x, y, width - x, height - y);
  }
}
return [count, least / Math.min(width, height), space.places.length];
"""


def raised(frames):
    """A person whose head and hands rise far in one frame, near the camera."""
    found = clip_stand_ins.person(frames=frames)
    found.positions[frames // 2, 7:, 1] -= 0.8
    found.positions[frames // 2, :, 2] -= 0.9
    return found


@pytest.fixture(scope="module")
def sights(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sights")
    viewer.write(clip_stand_ins.clip(raised(700)), folder / "still.html")
    walk = raised(90)
    walk.positions[..., 2] += np.linspace(3, 9, 90)[:, None]
    viewer.write(clip_stand_ins.clip(walk), folder / "walk.html")
    people = [clip_stand_ins.person(str(i), x=150.0 * i) for i in range(5)]
    viewer.write(clip_stand_ins.clip(*people), folder / "five.html")
    return folder


@pytest.mark.parametrize("name", ["still", "walk", "five"])
@pytest.mark.parametrize("width", [1200, 390])
def test_everybody_is_in_sight_at_first(driver, sights, name, width):
    screen = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    try:
        browser.open_page(driver, sights / f"{name}.html")
        browser.drawn(driver)
        outside, least, joints = driver.execute_script(OUTSIDE)
        assert joints and outside == 0
        assert 0.01 < least < 0.15  # Nor farther away than needed.
        wide = driver.execute_script("return document.documentElement.scrollWidth")
        assert wide <= width
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
