"""Calibration, against errors whose law is known."""

import dataclasses

import numpy as np
import pytest
from support.models import sureness

from dgnet_tf import skeletons
from dgnet_tf.evaluation.uncertainties import calibration, scores
from dgnet_tf.evaluation.uncertainties.trials import Errors

SKELETON = skeletons.get("human36m_17")
LEFT, RIGHT, HEAD = (
    SKELETON.joints.index(name) for name in ("left_wrist", "right_wrist", "head")
)


def drawn(law, frames=20_000, shape=2.0, seed=0, people=("a", "b")) -> Errors:
    """Errors that are gamma distributed about what a law expects of them."""
    rng = np.random.default_rng(seed)
    size = (frames, len(SKELETON.joints))
    disagreement = rng.exponential(0.01, size)
    confidence = np.where(rng.random(size) < 0.1, 0.0, 1.0)
    expected = law.millimetres(disagreement, confidence).astype(np.float64)
    errors = rng.gamma(shape, expected / shape)
    errors[:, SKELETON.root] = disagreement[:, SKELETON.root] = 0
    names = np.array(people)[np.arange(frames) * len(people) // frames]
    return Errors(errors, disagreement, confidence, names)


def law(**fields):
    found = sureness.made(20.0, 3.0, 60.0)
    found.base_mm[LEFT] = found.base_mm[RIGHT] = 50.0
    found.slope[HEAD] = 0.5
    return dataclasses.replace(found, **fields)


@pytest.mark.parametrize("shape", [1.0, 3.0])  # The mean is right in any case.
def test_it_recovers_the_numbers_that_made_the_errors(shape):
    found = calibration.fit(drawn(law(), shape=shape), SKELETON, {}, {})
    others = [j for j in range(17) if j != SKELETON.root]
    for name, tolerance in (("base_mm", 0.05), ("slope", 0.06), ("missing_mm", 0.06)):
        fitted, true = (np.array(getattr(x, name))[others] for x in (found, law()))
        np.testing.assert_allclose(fitted, true, rtol=tolerance)
        assert getattr(found, name)[SKELETON.root] == 0
        assert getattr(found, name)[LEFT] == getattr(found, name)[RIGHT]
    # Quantiles of a gamma distribution of mean 1.
    half, nine_tenths = {1.0: (0.693, 2.303), 3.0: (0.891, 1.774)}[shape]
    assert found.half == pytest.approx(half, rel=0.02)
    assert found.nine_tenths == pytest.approx(nine_tenths, rel=0.02)


def test_where_nothing_was_missing_or_nobody_disagreed_nothing_is_added():
    errors = drawn(law())
    whole = dataclasses.replace(errors, confidence=np.ones_like(errors.confidence))
    found = calibration.fit(whole, SKELETON, {}, {})
    assert not np.any(found.missing_mm)
    agreed = dataclasses.replace(whole, disagreement=0 * errors.disagreement)
    found = calibration.fit(agreed, SKELETON, {}, {})
    mean = errors.errors_mm[:, HEAD].mean()
    mm = found.millimetres(agreed.disagreement, agreed.confidence)[0, HEAD]
    assert mm == pytest.approx(mean, rel=0.01)


def test_scores_of_a_true_and_of_a_false_uncertainty():
    true = calibration.fit(drawn(law()), SKELETON, {}, {})
    fresh = drawn(law(), seed=1)
    found = scores.of([(fresh, true)], SKELETON.root)
    assert found["below_half"] == pytest.approx(0.5, abs=0.01)
    assert found["below_nine_tenths"] == pytest.approx(0.9, abs=0.01)
    assert found["mean_expected_mm"] == pytest.approx(found["mean_error_mm"], rel=0.02)
    assert found["missing"]["mean_error_mm"] > 1.4 * found["mean_error_mm"]
    assert found["missing"]["below_half"] == pytest.approx(0.5, abs=0.02)
    assert 0.4 < found["rank_correlation_by_joint"] < 0.8
    doubled = dataclasses.replace(true, half=2 * true.half)
    assert scores.of([(fresh, doubled)], SKELETON.root)["below_half"] > 0.7
    constant = dataclasses.replace(true, slope=[0.0] * 17, missing_mm=[0.0] * 17)
    found = scores.of([(fresh, constant)], SKELETON.root)
    assert found["rank_correlation_by_joint"] == 0
