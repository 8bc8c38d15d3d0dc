"""Keypoints against the image size that is given for them."""

import numpy as np
import pytest
from support.keypoints import detector_files

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import (
    image_sizes,
    keypoint_arguments,
    keypoint_files,
    layouts,
)
from dgnet_tf.keypoints.tracks import Track


def people(points, confidence=None):
    points = np.asarray(points, float).reshape(1, -1, 2)
    confidence = np.ones(points.shape[1]) if confidence is None else confidence
    return [Track("1", 0, points, np.reshape(confidence, (1, -1)))]


def spread(width, height, count=200):
    """Keypoints all over an image."""
    return np.random.default_rng(0).uniform(0, (width, height), (count, 2))


@pytest.mark.parametrize(
    ("filmed", "given", "advice"),
    [
        ((1080, 1920), (1920, 1080), "fit 1080x1920"),
        ((1920, 1080), (1080, 1920), "fit 1920x1080"),
        ((1920, 1080), (1280, 720), "fit 1920x1080"),
        ((720, 1280), (480, 640), "fit 720x1280"),
        ((3840, 2160), (1920, 1080), "fit 3840x2160"),
        ((5000, 3000), (1920, 1080), "reach 49..x29.."),
    ],
)
def test_sizes_that_do_not_hold_the_keypoints_are_refused(filmed, given, advice):
    with pytest.raises(UserError, match=f"a: only .*{given[0]}x{given[1]}.* {advice}"):
        image_sizes.check("a", people(spread(*filmed)), given)
    image_sizes.check("a", people(spread(*filmed)), filmed)


def outside(share, by, width=1920, height=1080):
    """That share of the keypoints below the lower border, in the swapped image."""
    points = spread(width, height, 1000)
    points[: round(1000 * share)] = (900, height + by)
    return people(points)


def test_more_than_a_twentieth_far_outside_is_refused_and_less_is_a_warning(capsys):
    far = 0.11 * 1080
    with pytest.raises(UserError, match="only 94% of the keypoints lie in the 1920x10"):
        image_sizes.check("a", outside(0.06, far), (1920, 1080))
    # On both sides, the swapped size has no more of them than this one.
    for share, by in ((0.04, far), (0.3, 0.09 * 1080)):
        image_sizes.check("a", outside(share, by), (1920, 1080))
        assert capsys.readouterr().err == (
            f"warning: a: {1000 * share:.0f} of 1000 keypoints lie outside of the "
            f"1920x1080 image, up to {by:.0f} pixels.\n"
        )


def test_the_swapped_size_is_refused_though_nothing_is_far_outside():
    points = spread(1000, 1080)
    points[:20] = (500, 1100)  # A tenth, by less than a tenth of the side.
    with pytest.raises(UserError, match="only 90% .*fit 1080x1920"):
        image_sizes.check("a", people(points), (1920, 1080))


def test_what_a_detector_is_not_sure_of_counts_less(capsys):
    points = spread(1920, 1080)
    points[:20] = (-900, 500)
    sure = np.where(np.arange(200) < 20, 0.02, 0.9)
    image_sizes.check("a", people(points, sure), (1920, 1080))
    assert "20 of 200 keypoints lie outside" in capsys.readouterr().err
    with pytest.raises(UserError, match="upper left corner"):
        image_sizes.check("a", people(points), (1920, 1080))


def test_a_size_far_too_large_is_a_warning(capsys):
    image_sizes.check("a", people(spread(1280, 720)), (3840, 2160))
    assert "upper left quarter of the 3840x2160 image, and reach 12" in (
        capsys.readouterr().err
    )
    image_sizes.check("a", people(spread(1280, 720) + (900, 600)), (3840, 2160))
    assert not capsys.readouterr().err


def test_files_and_arrays_are_both_compared(tmp_path):
    rows = detector_files.walk("coco_17", frames=4, x=700.0, y=900.0, scale=3.0)
    path = detector_files.coco(tmp_path / "a.json", rows)
    assert keypoint_files.read(path, "coco_17", (1080, 1920)).people
    with pytest.raises(UserError, match="fit 1080x1920"):
        keypoint_files.read(path, "coco_17", (1920, 1080))
    array = np.stack([rows[:, :2] for *_, rows in rows])
    with pytest.raises(UserError, match="`keypoints`: .*fit 1080x1920"):
        keypoint_arguments.tracks(array, None, "coco_17", (1920, 1080))


def test_landmarks_that_are_shares_of_the_image_fit_any_size(tmp_path, capsys):
    sightings = detector_files.walk("mediapipe_33", 4)
    for *_, rows in sightings:
        rows[25:, 1] += 480  # Legs below a webcam's image.
    path = detector_files.mediapipe(tmp_path / "a.json", sightings, 4)
    for size in ((640, 480), (480, 640), (1920, 1080)):
        assert keypoint_files.read(path, "mediapipe_33", size, 30.0).people
    assert not capsys.readouterr().err


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_people_upside_down_get_a_word_and_a_handstand_does_not(capsys, layout):
    """y is 100 for shoulders and 200 for hips, of 40 frames and two people."""
    y = [
        100.0 if "shoulder" in name else 200.0 if "hip" in name else 150.0
        for name in layouts.get(layout).joints
    ]
    upright = np.stack([np.arange(len(y)) * 20.0, y], axis=-1)
    turned = upright * [1, -1] + [0, 300]
    confidence = np.ones((40, len(y)))
    confidence[:30] = 0
    unseen = Track("2", 0, np.stack([turned] * 40), confidence)
    for frames, said in ((40, True), (37, True), (35, False), (0, False)):
        poses = np.stack([turned] * frames + [upright] * (40 - frames))
        tracks = [Track("1", 0, poses, np.ones((40, len(y)))), unseen]
        image_sizes.warn_if_upside_down("a", tracks, layout)
        share = 100 * (frames + 10) // 50
        word = f"warning: a: shoulders lie below hips in {share}% of the frames."
        assert capsys.readouterr().err.startswith(word) == said
    image_sizes.warn_if_upside_down(
        "a", [Track("1", 0, poses[:9], confidence[31:])], layout
    )
    assert not capsys.readouterr().err
