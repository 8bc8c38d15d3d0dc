"""The video under the keypoints of moving pictures: each frame's own picture."""

import dataclasses

import numpy as np
import pytest
from PIL import Image
from support.videos import drawn

from dgnet_tf import skeletons
from dgnet_tf.drawing import figures, style
from dgnet_tf.drawing.clip import Clip, Person, PlayedVideo

pytest.importorskip("av", reason="PyAV reads videos, on the default stack")

SIZE = (96, 64)


def clip(path, first=0, frames=12, **part):
    """A person in the frames of a video, with the copy of it that a page has."""
    from dgnet_tf.detection import video
    from dgnet_tf.detection.preview import Preview

    looked = video.look_through(path, **part)
    preview = Preview(looked)
    for frame in looked.frames():
        preview.add(frame)
    played = PlayedVideo(preview.type, preview.content(), preview.start)
    rng = np.random.default_rng(0)
    person = Person(
        *("1", first, rng.uniform(20, 40, (frames, 17, 2))),
        rng.uniform(-0.5, 0.5, (frames, 17, 3)),
    )
    return Clip(
        *("walk", looked.times.fps, SIZE, skeletons.get("human36m_17"), (person,)),
        times=looked.times.of(first, frames),
        video=played,
    )


def numbers(shown, frames):
    from dgnet_tf.drawing import played_frames

    return [drawn.number_of(image) for image in played_frames.of_frames(shown, frames)]


def test_each_frame_has_its_own_picture(tmp_path):
    path = drawn.write(tmp_path / "a.mp4", size=SIZE)
    shown = clip(path)
    assert numbers(shown, range(12)) == list(range(12))
    assert numbers(shown, range(1, 12, 4)) == [1, 5, 9]
    late = clip(path, first=5, frames=7, start=0.5)
    assert numbers(late, range(5, 12)) == list(range(5, 12))
    steady = dataclasses.replace(shown, times=None)
    assert numbers(steady, range(12)) == list(range(12))


def test_frames_at_uneven_times_have_their_own_pictures(tmp_path):
    times = np.cumsum([0, 40, 40, 120, 33, 33, 200, 40, 40, 40, 40, 40])
    path = drawn.write(tmp_path / "a.mp4", size=SIZE, times=times)
    assert numbers(clip(path), range(0, 12, 3)) == [0, 3, 6, 9]


def test_a_gif_shows_the_video_upright_beside_the_poses(tmp_path):
    path = drawn.write(tmp_path / "a.mp4", size=SIZE)
    figures.draw(clip(path), tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as image:
        assert image.n_frames == 12
        image.seek(11)
        picture = np.asarray(image.convert("RGB")).astype(int)

    def places(color):
        return np.nonzero(np.abs(picture - color).max(axis=-1) < 50)

    red, blue = places(drawn.RED), places(drawn.BLUE)
    assert len(red[0]) > 1000 and len(blue[0]) > 1000
    assert red[1].max() < blue[1].min() < 400  # Red is left of blue; the poses right.
    assert red[0].mean() < 180 and blue[0].mean() < 180  # Both are above the middle.
    assert (picture[:5] == 255).all()
    # The colours of the sides are the legend's, whatever the video's are.
    for color in style.SIDES.values():
        exact = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
        assert (picture == exact).all(axis=-1).any()
