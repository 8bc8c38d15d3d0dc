import numpy as np
import pytest

from dgnet_tf.data.augmentation import confidence_scores


def scores(error, frames=100, joints=40, clips=60):
    """Scores (clips, frames, joints) of keypoints that are all as far off."""
    errors = np.full((1, frames, joints), error, np.float32)
    return np.concatenate(
        [
            confidence_scores.draw(frames, joints, [seed, 5])
            .of(errors, lambda values: values[None])
            .numpy()
            for seed in range(clips)
        ]
    )


def test_scores_fall_with_the_error_as_openpose_s_do():
    # Of levels from 0.6 to 1 for a clip and 0.9 to 1 of that for a joint.
    level = 0.8 * 0.95
    found = {error: scores(error) for error in (0.0, 0.01, 0.03, 0.1, 1.0)}
    for error, share in [(0.0, 1), (0.01, 0.93), (0.03, 0.65), (0.1, 0.36), (1.0, 0.3)]:
        clips = found[error].mean(axis=(1, 2))
        # Where a score is over 1 it is 1: a little less than the level.
        near = 4 * clips.std() / len(clips) ** 0.5 + 0.01
        assert abs(clips.mean() - level * share) < near
        assert found[error].min() >= 0.05 and found[error].max() <= 1
    order = [found[error].mean() for error in sorted(found)]
    assert order == sorted(order, reverse=True)


def test_scores_waver_in_time_about_a_level_of_their_clip_and_joint():
    found = scores(0.03)  # Far from 0.05 and 1.
    levels = found.mean(axis=1, keepdims=True)
    off = found - levels
    assert off.std() == pytest.approx(0.07, rel=0.05)
    following = (off[:, 1:] * off[:, :-1]).mean() / off.var()
    # The mean over 100 frames has taken some of it out.
    assert following == pytest.approx(0.8, abs=0.03)
    clips = levels.mean(axis=(1, 2)) / 0.65
    assert 0.57 < clips.min() < 0.65 and 0.85 < clips.max() < 0.96


def test_scores_are_a_function_of_the_seed():
    np.testing.assert_array_equal(scores(0.01, clips=2), scores(0.01, clips=2))
