"""Scores of trained weights: from reports on these weights alone."""

import pytest
from support.models import weight_stand_ins as stand_ins

from dgnet_tf.exporting.weights import weight_scores


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return stand_ins.trained(tmp_path_factory.mktemp("run"))


def test_scores_are_plain_ones_first_and_of_these_weights(run):
    scores, left_out = weight_scores.collect(run[0])
    assert [score["metrics"]["mpjpe_mm"] for score in scores] == [51.5, 60.0]
    assert scores[0] == {
        "dataset": "mocap",
        "split": "test",
        "subjects": ["S11", "S9"],
        "frames": 90,
        "views": 4,
        "options": {"flip": True, "noise_px": 0.0, "noise_correlation": 0.0},
        "actions": None,
        "metrics": {"mpjpe_mm": 51.5, "p_mpjpe_mm": 40.1235},
        "mpjpe_mm_interval": [45.0, 55.0],
        "mean_pose_mpjpe_mm": 200.0,
    }
    assert len(left_out) == 1
    only, _ = weight_scores.collect(run[0], [run[0] / "evaluation" / "noisy"])
    assert [score["options"]["noise_px"] for score in only] == [5.0]
