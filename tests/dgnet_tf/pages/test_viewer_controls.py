"""What a viewer of the page that plays a clip sees and does, in a browser."""

import numpy as np
import pytest
from support import browser
from support.pages import clip_stand_ins
from support.pages.viewer_pages import HOSTILE

from dgnet_tf.pages import viewer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not browser.present(), reason=browser.MISSING),
]


@pytest.fixture
def one(driver, pages):
    """The page of one person, with ground truth and affinities."""
    browser.open_page(driver, pages / "one.html")
    yield driver
    assert browser.complaints(driver) == []


@pytest.fixture
def several(driver, pages):
    browser.open_page(driver, pages / "several.html")
    yield driver
    assert browser.complaints(driver) == []


def test_both_views_show_the_left_in_blue_on_the_side_where_the_image_has_it(one):
    browser.drawn(one)
    for selector in (".space", ".image"):
        shown = browser.pixels(one, selector).astype(int)
        near = {
            name: np.abs(shown[..., :3] - color).max(axis=-1) + 255 - shown[..., 3] < 20
            for name, color in (("left", (0, 114, 178)), ("right", (213, 94, 0)))
        }
        left, right = (np.nonzero(near[name]) for name in ("left", "right"))
        assert min(len(left[0]), len(right[0])) > 100
        # They face us, and the camera.
        assert left[1].mean() > right[1].mean() + 5


def test_the_2d_view_has_the_images_aspect_and_its_pixels(several):
    browser.drawn(several)
    width, height = several.execute_script(
        "const c = document.querySelector('.image');"
        "return [c.clientWidth, c.clientHeight];"
    )
    assert width / height == pytest.approx(1600 / 900, rel=0.01)
    found = several.execute_script("return player.clip.people[1].image(20)[0]")
    assert found == pytest.approx([200.0, 400.0], abs=0.02)


def test_playing_keeps_the_videos_pace_and_the_speed_chosen(one):
    times = [1000, 1016, 1025, 1050, 1100, 1201]
    assert browser.play_by_hand(one, 0, 1, times) == [0, 0, 1, 2, 5, 10]
    assert browser.play_by_hand(one, 0, 2, times) == [0, 1, 2, 5, 10, 20]
    assert browser.play_by_hand(one, 0, 0.25, times) == [0, 0, 0, 0, 1, 2]
    # A tab that was hidden for a minute goes on a quarter of a second later.
    assert browser.play_by_hand(one, 0, 1, [1000, 61_005]) == [0, 12]


def test_a_clip_starts_again_after_its_end(one):
    assert browser.play_by_hand(one, 97, 1, [0, 25, 45, 65, 90]) == [97, 98, 99, 0, 1]


def test_the_button_plays_until_it_is_clicked_again(one):
    from selenium.webdriver.support.wait import WebDriverWait

    browser.click(one, ".play")
    moved = "return player.frame > 2 && player.drawn.frame > 2"
    WebDriverWait(one, 20).until(lambda driver: driver.execute_script(moved))
    browser.click(one, ".play")
    frame = one.execute_script("return player.frame")
    assert browser.drawn(one)["frame"] == frame
    label = "return document.querySelector('.play').getAttribute('aria-label')"
    assert one.execute_script(label) == "Play"


def test_the_slider_sets_the_frame_and_stops(one):
    browser.click(one, ".play")
    assert one.execute_script("return player.playing") is True
    browser.set_value(one, ".scrub", 42)
    assert one.execute_script("return player.playing") is False
    assert browser.drawn(one)["frame"] == 42
    text = one.execute_script("return document.querySelector('.time').textContent")
    assert text == "frame 42 of 99 · 0.84 s"


def test_keys_play_and_step(one):
    from selenium.webdriver import ActionChains, Keys

    browser.press(one, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_LEFT)
    assert browser.drawn(one)["frame"] == 1
    shift_right = ActionChains(one).key_down(Keys.SHIFT).send_keys(Keys.ARROW_RIGHT)
    shift_right.key_up(Keys.SHIFT).perform()
    assert browser.drawn(one)["frame"] == 11
    browser.press(one, Keys.END)
    assert browser.drawn(one)["frame"] == 99
    browser.press(one, Keys.HOME)
    browser.press(one, " ")
    assert one.execute_script("return player.playing") is True
    browser.press(one, " ")
    assert one.execute_script("return player.playing") is False


def test_the_space_bar_plays_after_a_click_on_a_box(one):
    browser.click(one, ".target input")
    browser.press(one, " ")
    assert one.execute_script("return player.playing") is True
    assert browser.drawn(one)["targets"] == 0


def test_ground_truth_and_affinities_are_switched(one):
    bones = len(clip_stand_ins.SKELETON.edges)
    shown = browser.drawn(one)
    assert (shown["bones"], shown["targets"], shown["affinities"]) == (bones, bones, 0)
    browser.click(one, ".target input")
    browser.click(one, ".affinity input")
    shown = browser.drawn(one)
    # A joint's weight for itself is no edge; 0.1 is below a quarter of 0.5.
    assert (shown["targets"], shown["affinities"]) == (0, 2)
    browser.set_value(one, ".threshold input", 10)
    assert browser.drawn(one)["affinities"] == 3
    browser.set_value(one, ".threshold input", 100)
    assert browser.drawn(one)["affinities"] == 2


def test_a_joint_under_the_pointer_is_named_and_shows_its_own_neighbours(one):
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.by import By

    browser.click(one, ".affinity input")
    browser.drawn(one)
    x, y = one.execute_script(
        "const c = document.querySelector('.space');"
        "const p = player.space.places.find((p) => p.joint === 3).place;"
        "return [p[0] - c.clientWidth / 2, p[1] - c.clientHeight / 2];"
    )
    canvas = one.find_element(By.CSS_SELECTOR, ".space")
    ActionChains(one).move_to_element_with_offset(canvas, int(x), int(y)).perform()
    assert browser.drawn(one)["affinities"] == 1
    assert one.execute_script("return player.hovered.text") == "right ankle"


def test_dragging_turns_and_the_wheel_zooms(one):
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.by import By

    before = one.execute_script("return [player.space.yaw, player.space.zoom]")
    canvas = one.find_element(By.CSS_SELECTOR, ".space")
    first = browser.pixels(one, ".space")
    ActionChains(one).drag_and_drop_by_offset(canvas, 60, 20).perform()
    browser.drawn(one)
    yaw = one.execute_script("return player.space.yaw")
    assert yaw == pytest.approx(before[0] - 0.6, abs=0.02)
    assert (browser.pixels(one, ".space") != first).any()
    one.execute_script(
        "arguments[0].dispatchEvent(new WheelEvent('wheel', {deltaY: -300}))", canvas
    )
    assert one.execute_script("return player.space.zoom") > 1.2
    browser.click(one, ".reset")
    after = one.execute_script("return [player.space.yaw, player.space.zoom]")
    assert after == before


def test_people_are_shown_in_their_own_frames_and_switched(several):
    assert browser.drawn(several)["people"] == ["ann"]
    several.execute_script("player.seek(10)")
    assert browser.drawn(several)["people"] == ["ann", HOSTILE]
    several.execute_script("player.seek(30)")
    assert browser.drawn(several)["people"] == ["ann", "ben & co"]
    browser.click(several, ".people label:first-child input")
    assert browser.drawn(several)["people"] == ["ben & co"]
    assert several.execute_script("return player.clip.last") == 69


def test_names_are_shown_as_they_are_and_never_run(several):
    labels = several.execute_script(
        "return [...document.querySelectorAll('.people label')]"
        ".map((label) => label.textContent.trim())"
    )
    assert labels == ["ann", "ben & co", HOSTILE.strip()]
    assert several.title.startswith("</script><img src=x onerror=alert(1)>\"'&")
    assert several.execute_script("return document.images.length") == 0


def test_people_who_stay_at_the_origin_stand_side_by_side_as_in_the_image(several):
    places = several.execute_script(
        "return player.clip.people.map((person) => person.place[0])"
    )
    ben, other, ann = places[1], places[2], places[0]
    assert ben < other - 0.4 < ann - 0.8
    words = "return document.querySelector('.apart').textContent"
    assert several.execute_script(words) == "People stand side by side."


def test_an_address_opens_a_frame_with_one_person(driver, pages):
    browser.open_page(driver, pages / "several.html", "#frame=31&person=ben+%26+co")
    shown = browser.drawn(driver)
    assert (shown["frame"], shown["people"]) == (31, ["ben & co"])
    driver.execute_script("location.hash = '#frame=5000'")
    assert browser.drawn(driver)["frame"] == 69
    driver.execute_script("location.hash = '#frame=30'")  # Everybody again.
    assert browser.drawn(driver)["people"] == ["ann", "ben & co"]
    boxes = "return [...document.querySelectorAll('.people input')].map(b => b.checked)"
    assert all(driver.execute_script(boxes))
    browser.open_page(driver, pages / "several.html", "#frame=no&person=nobody")
    assert browser.drawn(driver)["people"] == ["ann"]
    assert browser.complaints(driver) == []


def test_the_address_follows_what_is_shown(several):
    several.execute_script("player.seek(25)")
    browser.click(several, ".people label:first-child input")
    address = several.execute_async_script(
        "const done = arguments[0]; setTimeout(() => done(location.hash), 500)"
    )
    assert address.startswith("#frame=25&person=ben+%26+co&person=")


def test_who_walks_away_is_followed(driver, pages):
    browser.open_page(driver, pages / "walk.html")

    def hip():
        browser.drawn(driver)
        return driver.execute_script(
            "return player.space.places.find((p) => p.joint === 0).place.slice(0, 2)"
        )

    first = hip()
    driver.execute_script("player.seek(49)")
    np.testing.assert_allclose(hip(), first, atol=2)
    browser.click(driver, ".follow input")
    driver.execute_script("player.seek(0)")
    near = hip()
    driver.execute_script("player.seek(49)")
    assert np.hypot(*np.subtract(hip(), near)) > 30
    assert browser.complaints(driver) == []


def test_who_does_not_walk_needs_no_following(one):
    assert one.execute_script("return document.querySelector('.follow').hidden")


def test_missing_joints_are_left_out(driver, tmp_path):
    gaps = clip_stand_ins.person(frames=3)
    gaps.positions[1, 16] = gaps.keypoints[1, 13] = np.nan
    viewer.write(clip_stand_ins.clip(gaps), tmp_path / "gaps.html")
    browser.open_page(driver, tmp_path / "gaps.html", "#frame=1")
    browser.drawn(driver)
    joints = driver.execute_script("return player.space.places.map((p) => p.joint)")
    assert joints == list(range(16))
    assert browser.complaints(driver) == []


def test_a_narrow_window_has_no_sideways_scroll(driver, pages):
    driver.set_window_size(500, 800)
    try:
        browser.open_page(driver, pages / "several.html")
        inner, whole, tops = driver.execute_script(
            "const e = document.documentElement;"
            "return [e.clientWidth, e.scrollWidth,"
            "[...document.querySelectorAll('canvas')].map((c) => c.offsetTop)];"
        )
        assert whole <= inner
        assert tops[1] > tops[0] + 200  # One above the other.
    finally:
        driver.set_window_size(1200, 900)
