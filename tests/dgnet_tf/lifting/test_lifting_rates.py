"""Lifting at other frame rates than the model's: how many frames, and their time."""

import numpy as np
import pytest
from support.lifting.echo_lifter import SIZE, echo, moving, save

from dgnet_tf.lifting import lifter


@pytest.mark.parametrize(
    ("fps", "lifted_frames"),
    [(24, 41), (25, 39), (29.97, 33), (30, 33), (60, 17), (100, 11), (120, 9)],
)
def test_other_rates_are_lifted_at_the_models_and_given_back(
    tmp_path, fps, lifted_frames
):
    seen = []
    path = save(tmp_path, moving(20))
    lifted = lifter.lift_file(echo(seen), path, "human36m_17", SIZE, fps=fps)[0]
    assert seen == [lifted_frames]
    assert lifted.fps == fps
    assert lifted.positions.shape == (20, 17, 3)
    assert lifted.positions.dtype == np.float32
    # Steady motion stays as it was, but for the frames after the last that the model
    # sees in full.
    whole = int((lifted_frames - 2) * fps / 50) + 1
    assert whole >= 17
    np.testing.assert_allclose(
        lifted.positions[:whole, :, :2], moving(20)[:whole], rtol=1e-5
    )
    np.testing.assert_array_equal(lifted.keypoints, moving(20))


@pytest.mark.parametrize("fps", [24, 25, 29.97, 30, 60, 120])
@pytest.mark.parametrize("frames", [1, 2, 3, 7, 300])
def test_every_length_comes_back_at_every_rate(tmp_path, fps, frames):
    seen = []
    path = save(tmp_path, moving(frames))
    lifted = lifter.lift_file(echo(seen), path, "human36m_17", SIZE, fps=fps)[0]
    assert lifted.positions.shape == (frames, 17, 3)
    assert np.isfinite(lifted.positions).all()
    # As many seconds as the file: the model's frames reach its last one.
    assert (seen[0] - 1) / 50 == pytest.approx((frames - 1) / fps, abs=1 / 50)
    assert (seen[0] - 1) / 50 >= (frames - 1) / fps - 1e-9


@pytest.mark.parametrize("fps", [24, 25, 29.97, 30, 60, 120])
def test_a_joint_that_swings_once_a_second_keeps_its_time(tmp_path, fps):
    time = np.arange(round(3 * fps)) / fps
    keypoints = moving(len(time))
    keypoints[:, 4, 0] = 500 + 100 * np.sin(2 * np.pi * time)
    path = save(tmp_path, keypoints)
    lifted = lifter.lift_file(echo(), path, "human36m_17", SIZE, fps=fps)[0]
    # Lines between samples of a sine miss it by (2 pi / rate)^2 / 8 at most.
    allowed = 100 * (2 * np.pi) ** 2 / 8 * (1 / fps**2 + 1 / 50**2)
    difference = lifted.positions[:-2, 4, 0] - keypoints[:-2, 4, 0]
    assert np.abs(difference).max() < 1.05 * allowed


def test_resampling_can_be_switched_off_and_near_rates_need_none(tmp_path):
    path = save(tmp_path, moving(20))
    for fps, options in ((25, {"resample": False}), (49.95, {}), (50, {})):
        seen = []
        lifted = lifter.lift_file(
            echo(seen), path, "human36m_17", SIZE, fps=fps, **options
        )[0]
        assert seen == [20]
        assert lifted.fps == fps
