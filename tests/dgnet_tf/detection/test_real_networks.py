"""BlazePose's own networks on a real video, where both are in the cache."""

import numpy as np
import pytest
from support.videos import drawn, fetched

from dgnet_tf.detection import detected_video, detectors, video
from dgnet_tf.errors import UserError

pytest.importorskip("av", reason="PyAV reads videos, on the default stack")
pytest.importorskip("ai_edge_litert", reason="LiteRT runs the networks")


def detected(path, size=None, **part):
    found = detectors.load("blazepose", None, size, 2)
    return detected_video.detect(video.look_through(path, **part), found)


def test_a_person_is_where_the_picture_shows_them(tmp_path):
    fetched.needs_networks()
    found = detected(fetched.demo(tmp_path), end=0.1)
    (person,) = found.people
    assert len(person.keypoints) == 3 and found.image_size == (1768, 994)
    # Read off the picture, pixels: he stands on a box, seen from in front.
    for landmarks, place in ((0, [648, 108]), ([27, 28], [648, 430])):
        off = person.keypoints[:, landmarks] - place
        assert np.abs(off).max() < 45
    left, right = person.keypoints[:, 11, 0], person.keypoints[:, 12, 0]
    assert (left - right > 30).all()  # His left shoulder is to our right.
    assert np.abs(np.diff(person.keypoints, axis=0)).max() < 15
    assert np.median(person.confidence) > 0.9


def test_one_person_is_followed_while_another_passes(tmp_path):
    fetched.needs_networks()
    found = detected(fetched.demo(tmp_path), "lite", start=0.6, end=2.2)
    (person,) = found.people
    assert len(person.keypoints) == 48
    # He is on the box, whose roof is at 450; the larger woman walks below it.
    assert person.keypoints[..., 1].max() < 490


def test_a_drawing_without_anybody_shows_nobody(tmp_path):
    fetched.needs_networks()
    path = drawn.write(tmp_path / "a.mp4", size=(320, 240), frames=3)
    with pytest.raises(UserError, match="no person is seen in its 3 frames"):
        detected(path)
