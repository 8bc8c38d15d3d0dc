"""The evaluation suite's parts, small."""

import numpy as np
import pytest

from benchmarks.suites import evaluation
from dgnet_tf import cameras
from dgnet_tf.data import manifest


def test_the_written_records_have_the_asked_size(tmp_path):
    evaluation.write(tmp_path / "data", 400, 20)
    data = manifest.read(tmp_path / "data")
    assert (data.splits["test"].frames, data.splits["test"].sequences) == (400, 20)
    assert data.splits["train"].frames == 80  # For the mean pose.


def test_random_views_are_seen_where_their_joints_are():
    views = evaluation.load("scored", 7, 30)
    assert len({view.camera for view in views}) == 4
    for view in views:
        assert view.positions[..., 2].min() > 3
        np.testing.assert_allclose(
            cameras.project_linear(view.positions, view.intrinsics),
            view.keypoints,
            atol=1e-2,
        )
    assert np.abs(views[0].positions - views[1].positions).max() > 0.1
    again = evaluation.load("scored", 7, 30)
    np.testing.assert_array_equal(views[2].positions, again[2].positions)


@pytest.mark.slow
def test_a_scored_size_tells_its_time_and_memory(tmp_path):
    evaluation.write(tmp_path / "data", 80, 20)
    seconds, peak = evaluation.score(str(tmp_path / "data"), "small", flip=False)
    assert seconds > 0
    assert peak > 2**26
