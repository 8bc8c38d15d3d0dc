"""PCK and AUC: which errors lie within which thresholds."""

import numpy as np
import pytest
from support.metric_poses import POSE, TOLERANCE, distance, random_poses

from dgnet_tf import metrics


def test_pck_counts_an_error_at_the_threshold_as_wrong():
    target = np.zeros((4, 3))
    errors = [0.149999, 0.150, 0.150001, 0.0]
    predicted = np.array([[error, 0.0, 0.0] for error in errors])
    assert metrics.pck(predicted, target) == 0.5
    assert metrics.pck(predicted, target, threshold=0.1500005) == 0.75


def test_auc_averages_pck_over_31_thresholds_strictly():
    target = np.zeros((3, 3))
    # Below 28 of the thresholds (15..150), 29 and 0 of them: 10 mm is not below 10.
    predicted = np.array([[0.010, 0.0, 0.0], [0.0, 0.009, 0.0], [0.0, 0.0, 0.150]])
    assert metrics.auc(predicted, target) == pytest.approx(57 / 93, abs=TOLERANCE)


def test_every_threshold_itself_counts_as_wrong():
    # An error of exactly 5 i mm is below the 30 - i larger thresholds only.
    target = np.zeros((1, 3))
    for i, threshold in enumerate(np.arange(0, 151, 5) / 1000):
        at = metrics.auc(np.array([[threshold, 0, 0]]), target)
        assert at == pytest.approx((30 - i) / 31, abs=TOLERANCE)
        below = np.nextafter(threshold, -1)
        if i:
            under = metrics.auc(np.array([[below, 0, 0]]), target)
            assert under == pytest.approx((31 - i) / 31, abs=TOLERANCE)


def test_auc_of_a_perfect_pose_is_30_of_31():
    assert metrics.auc(POSE, POSE) == pytest.approx(30 / 31, abs=TOLERANCE)


def test_auc_and_pck_agree_with_loops():
    predicted, target = random_poses(20, 14, seed=4)
    predicted = target + 0.2 * predicted
    for f in range(20):
        errors = [distance(p, t) for p, t in zip(predicted[f], target[f], strict=True)]
        below = [[e < mm / 1000 for e in errors] for mm in range(0, 151, 5)]
        assert metrics.pck(predicted, target)[f] == pytest.approx(np.mean(below[-1]))
        assert metrics.auc(predicted, target)[f] == pytest.approx(np.mean(below))
