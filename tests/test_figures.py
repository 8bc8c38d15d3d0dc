"""Pictures of poses: upright, in three colours, readable by an image library."""

import types
import warnings

import numpy as np
import pytest
from PIL import Image

from dgnet_tf import figures, skeletons

SKELETON = skeletons.get("human36m_17")


def lifted(frames=5, fps=50.0):
    """A person standing, one arm out, camera axes (y down)."""
    height = dict.fromkeys(SKELETON.joints, 0.0)
    height.update(head=0.7, neck=0.6, thorax=0.5, spine=0.25)
    height.update(left_knee=-0.45, right_knee=-0.45, left_ankle=-0.9, right_ankle=-0.9)
    positions = np.zeros((frames, 17, 3))
    for joint, name in enumerate(SKELETON.joints):
        positions[:, joint, 1] = -height[name]
        positions[:, joint, 0] = {"left": 0.2, "right": -0.2, "middle": 0.0}[
            figures.side(SKELETON, joint)
        ]
    positions[:, :, 2] += np.linspace(0, 0.3, frames)[:, None] * positions[:, :, 0]
    keypoints = 500 + 200 * positions[..., :2]
    return types.SimpleNamespace(
        keypoints=keypoints, positions=positions, fps=fps, skeleton=SKELETON
    )


def colored(picture, color, tolerance=40):
    """Rows and columns of the pixels of about that colour."""
    wanted = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    near = np.abs(picture.astype(int) - wanted).max(axis=-1) < tolerance
    return np.nonzero(near)


def test_upright_turns_down_into_up_without_mirroring():
    axes = figures.upright(np.eye(3))
    np.testing.assert_array_equal(axes[0], [1, 0, 0])  # Right stays right.
    np.testing.assert_array_equal(axes[1], [0, 0, -1])  # Down is down.
    np.testing.assert_array_equal(axes[2], [0, 1, 0])  # Forward is away.
    assert np.linalg.det(axes) == pytest.approx(1.0)


def test_sides_of_joints():
    sides = [figures.side(SKELETON, SKELETON.joints.index(n)) for n in ("left_wrist",)]
    assert sides == ["left"]
    assert figures.side(SKELETON, SKELETON.joints.index("right_ankle")) == "right"
    assert figures.side(SKELETON, SKELETON.root) == "middle"


@pytest.mark.parametrize("name", ["strip.png", "moving.gif"])
def test_people_stand_upright_with_their_left_where_the_image_has_it(tmp_path, name):
    figures.draw(lifted(), tmp_path / name)
    with Image.open(tmp_path / name) as image:
        picture = np.asarray(image.convert("RGB"))
    height, width = picture.shape[:2]
    # The legend is cut off; a strip's lower half and a GIF's right half are 3-D.
    picture = picture[: int(height * 0.9)]
    if name == "strip.png":
        halves = (
            picture[: height // 2, : width // 5],
            picture[height // 2 :, : width // 5],
        )
    else:
        halves = picture[:, : width // 2], picture[:, width // 2 :]
    for half in halves:
        left, right = (colored(half, figures.COLORS[s]) for s in ("left", "right"))
        middle = colored(half, figures.COLORS["middle"], tolerance=10)
        assert min(len(left[0]), len(right[0]), len(middle[0])) > 50
        assert left[1].mean() > right[1].mean() + 5  # They face us.
        assert middle[0].mean() < left[0].mean() - 5  # The trunk is above the legs.


def test_a_gif_keeps_the_videos_pace(tmp_path):
    figures.draw(lifted(frames=40, fps=50.0), tmp_path / "moving.gif")
    with Image.open(tmp_path / "moving.gif") as image:
        assert image.n_frames == 10
        assert image.info["duration"] == 80
        assert image.info["loop"] == 0


def test_a_single_frame_and_a_collapsed_pose_are_drawn_without_warnings(tmp_path):
    one = lifted(frames=1)
    one.positions[:] = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in ("one.png", "one.gif"):
            figures.draw(one, tmp_path / name)
            with Image.open(tmp_path / name) as image:
                assert min(image.size) > 200


def test_a_failed_drawing_leaves_nothing_behind(tmp_path):
    broken = lifted()
    broken.positions = broken.positions[:, :3]
    with pytest.raises(IndexError):
        figures.draw(broken, tmp_path / "strip.png")
    assert list(tmp_path.iterdir()) == []
