"""The page with a video: its pictures lie under the keypoints, in step with them."""

import time

import numpy as np
import pytest
from support import browser
from support.pages import clip_stand_ins
from support.videos import drawn

from dgnet_tf.detection import video
from dgnet_tf.detection.preview import Preview
from dgnet_tf.drawing.clip import Clip, PlayedVideo
from dgnet_tf.pages import viewer

pytest.importorskip("av", reason="PyAV makes the page's video, on the default stack")
pytestmark = pytest.mark.skipif(not browser.present(), reason=browser.MISSING)

SIZE = (320, 240)
UNEVEN = np.cumsum([0, *[40, 40, 120, 33, 33, 200] * 4])


def write(folder, name, times=None, start=None, first=0):
    """A page of a person who is seen in all frames of a part of a drawn video."""
    path = drawn.write(folder / f"{name}.mp4", 25, 10.0, SIZE, times=times)
    looked = video.look_through(path, start)
    preview = Preview(looked)
    frames = list(looked.frames())
    for frame in frames:
        preview.add(frame)
    seen = clip_stand_ins.person(frames=len(frames), first_frame=looked.times.first)
    seen.keypoints[:] = [300, 220] + 0.01 * seen.keypoints  # Out of the middle.
    played = PlayedVideo(preview.type, preview.content(), preview.start)
    times = np.array([frame.seconds for frame in frames])
    skeleton = clip_stand_ins.SKELETON
    fps = looked.times.fps
    clip = Clip(f"{name}.mp4", fps, SIZE, skeleton, (seen,), times, played)
    viewer.write(clip, folder / f"{name}.html")


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    folder = tmp_path_factory.mktemp("films")
    write(folder, "steady")
    write(folder, "uneven", times=UNEVEN)
    write(folder, "part", start=0.85)
    return folder


def shown(driver):
    """The frame that the player is at, and the number that its picture has."""
    frame = browser.drawn(driver)["frame"]
    picture = browser.pixels(driver, ".image")[..., :3]
    return frame, drawn.number_of(picture)


def wait_for_picture(driver):
    for _ in range(100):
        ready = driver.execute_script(
            "const film = player.film; return film.picture && !film.element.seeking"
        )
        if ready:
            return
        time.sleep(0.05)
    raise AssertionError("no picture came")


@pytest.mark.parametrize("name, first", [("steady", 0), ("uneven", 0), ("part", 9)])
def test_each_frame_lies_over_its_own_picture(driver, films, name, first):
    browser.open_page(driver, films / f"{name}.html")
    for frame in (first, first + 1, first + 7, 24, first + 3):
        driver.execute_script("player.pauseAt(arguments[0])", frame)
        wait_for_picture(driver)
        assert shown(driver) == (frame, frame)
    assert browser.complaints(driver) == browser.requested(driver) == []


@pytest.mark.parametrize("name", ["steady", "uneven"])
def test_it_plays_in_step(driver, films, name):
    browser.open_page(driver, films / f"{name}.html")
    wait_for_picture(driver)
    pairs = driver.execute_async_script(
        "const done = arguments[0]; const seen = [];"
        "const draw = player.draw.bind(player);"
        "player.draw = () => {"
        "  draw();"
        "  const canvas = player.image.sharp.canvas;"
        "  const middle = player.image.sharp.context.getImageData("
        "    canvas.width / 2, canvas.height / 2, 1, 1).data;"
        "  seen.push([player.frame, (middle[1] - 60) / 5]);"
        "};"
        "player.play();"
        "setTimeout(() => { player.pauseAt(0); done(seen); }, 1500);"
    )
    pairs = np.array(pairs)
    assert len(set(pairs[:, 0])) > 5
    # A picture may follow while it is drawn.
    assert np.abs(pairs[:, 0] - pairs[:, 1]).max() < 1.5
    assert np.abs(pairs[:, 0] - pairs[:, 1]).mean() < 0.5


def test_it_starts_again_after_its_end(driver, films):
    browser.open_page(driver, films / "part.html")
    browser.set_value(driver, ".speed", 4)
    driver.execute_script("player.pauseAt(22)")
    wait_for_picture(driver)
    frames = driver.execute_async_script(
        "const done = arguments[0]; const seen = [];"
        "player.listeners.push((player) => seen.push(player.frame));"
        "player.play();"
        "setTimeout(() => { player.pause(); done(seen); }, 1500);"
    )
    assert 24 in frames and 9 in frames[frames.index(24) :]


def test_times_are_the_files_own(driver, films):
    browser.open_page(driver, films / "uneven.html", "#frame=3")
    assert browser.drawn(driver)["frame"] == 3
    text = driver.execute_script("return document.querySelector('.time').textContent")
    assert text == "frame 3 of 24 · 0.20 s"
