"""MediaPipe's landmarks as JSON: their order and their scores."""

import numpy as np
import pytest
from support.keypoints import detector_files
from support.keypoints.detector_files import SIZE, landmarks, walk

from dgnet_tf.keypoints import keypoint_files, layouts

NAMES = layouts.get("mediapipe_33").joints


def read(path, change):
    """Reads a walk of four frames of which `change` makes each list of landmarks."""
    content = [change(landmarks(rows)) for *_, rows in walk("mediapipe_33", 4)]
    detector_files.write_json(path, content)
    (person,) = keypoint_files.read(path, "mediapipe_33", SIZE).people
    return person


@pytest.mark.parametrize(
    ("key", "values"),
    [("id", range(33)), ("index", map(str, range(33))), ("name", NAMES),
     ("landmark", [name.upper() for name in NAMES])],
)  # fmt: skip
def test_landmarks_go_by_their_names_or_numbers(tmp_path, key, values):
    values = list(values)

    def shuffled(found):
        order = np.random.default_rng(0).permutation(33)
        return [{**found[joint], key: values[joint]} for joint in order]

    person = read(tmp_path / "a.json", shuffled)
    for frame, _, rows in walk("mediapipe_33", 4):
        np.testing.assert_allclose(person.keypoints[frame], rows[:, :2], atol=1e-9)


@pytest.mark.parametrize("key", ["score", "confidence", "likelihood"])
def test_scores_count_where_there_is_no_visibility(tmp_path, key):
    def scored(found):
        return [
            {"x": one["x"], "y": one["y"], key: (joint + 1) / 40, "presence": 1.0}
            for joint, one in enumerate(found)
        ]

    person = read(tmp_path / "a.json", scored)
    expected = np.tile((np.arange(33) + 1) / 40, (4, 1))
    np.testing.assert_allclose(person.confidence, expected)
    person = read(
        tmp_path / "a.json",
        lambda found: [{**one, key: 0.01, "visibility": 0.7} for one in found],
    )
    np.testing.assert_allclose(person.confidence, 0.7)
