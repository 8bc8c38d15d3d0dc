"""Smoothing filters against their equations in plain loops."""

import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from dgnet_tf.lifting.smoothing import OneEuro, Savgol, named


def jittery(frames=200, seed=0):
    """A joint that moves slowly, with noise of 2 cm: both (frames, 2, 3)."""
    time = np.arange(frames)[:, None, None] / 50.0
    motion = np.sin(time * [[1.0, 0.5, 0.2]] + [[0.0], [1.0]])
    noise = np.random.default_rng(seed).normal(0, 0.02, motion.shape)
    return motion, motion + noise


def one_euro_by_hand(points, fps, min_cutoff, beta, speed_cutoff):
    """Casiez et al., Algorithm 1, with the speed of a point for |dx|."""

    def alpha(cutoff):
        tau = 1.0 / (2 * math.pi * cutoff)
        return 1.0 / (1.0 + tau * fps)

    result, last, slope = [], None, None
    for point in points:
        if last is None:
            last, slope = list(point), [0.0] * len(point)
        else:
            for axis, x in enumerate(point):
                dx = (x - last[axis]) * fps
                slope[axis] += alpha(speed_cutoff) * (dx - slope[axis])
            cutoff = min_cutoff + beta * math.hypot(*slope)
            last = [
                h + alpha(cutoff) * (x - h) for x, h in zip(point, last, strict=True)
            ]
        result.append(last)
    return np.array(result)


def test_one_euro_is_the_papers_algorithm():
    _, noisy = jittery(40)
    parameters = OneEuro(min_cutoff=1.2, beta=3.0, speed_cutoff=0.7)
    smooth = parameters.smooth(noisy, 30.0)
    for joint in range(2):
        expected = one_euro_by_hand(noisy[:, joint], 30.0, 1.2, 3.0, 0.7)
        np.testing.assert_allclose(smooth[:, joint], expected, atol=1e-12)


def test_one_euro_frame_by_frame_is_one_euro_of_the_whole():
    _, noisy = jittery(30)
    state = OneEuro().start(50.0)
    pushed = np.stack([state.push(values) for values in noisy])
    np.testing.assert_array_equal(OneEuro().smooth(noisy, 50.0), pushed)


def test_one_euro_does_not_depend_on_the_axes():
    _, noisy = jittery(30)
    turn = Rotation.from_euler("xyz", [0.3, 1.2, -0.7])

    def turned(points):
        return turn.apply(points.reshape(-1, 3)).reshape(points.shape)

    np.testing.assert_allclose(
        OneEuro().smooth(turned(noisy), 50.0),
        turned(OneEuro().smooth(noisy, 50.0)),
        atol=1e-12,
    )


def test_one_euro_follows_fast_motion_closer_than_a_fixed_cutoff():
    step = np.zeros((50, 1, 3))
    step[10:] = 1.0
    adaptive = OneEuro(min_cutoff=1.0, beta=5.0).smooth(step, 50.0)
    fixed = OneEuro(min_cutoff=1.0, beta=0.0).smooth(step, 50.0)
    assert adaptive[14, 0, 0] > 0.95
    assert fixed[14, 0, 0] < 0.5


def test_savgol_keeps_polynomials_of_its_order_up_to_the_ends():
    time = np.arange(40)[:, None, None] / 50.0
    parabola = 3.0 * time**2 - 2.0 * time + [[1.0, 2.0, 3.0]]
    smooth = Savgol(seconds=0.2, order=2).smooth(parabola, 50.0)
    np.testing.assert_allclose(smooth, parabola, atol=1e-12)
    cubic = time**3
    assert np.abs(Savgol(0.2, 2).smooth(cubic, 50.0) - cubic).max() > 1e-6


def test_savgol_is_the_value_of_the_fitted_polynomial():
    _, noisy = jittery(30)
    smooth = Savgol(seconds=0.14, order=2).smooth(noisy, 50.0)  # 7 frames.
    for frame in (3, 12, 26):
        around = noisy[frame - 3 : frame + 4, 1, 2]
        fitted = np.polynomial.polynomial.polyfit(np.arange(-3, 4), around, 2)
        assert smooth[frame, 1, 2] == pytest.approx(fitted[0], abs=1e-12)


@pytest.mark.parametrize(
    ("seconds", "order", "fps", "frames"),
    [
        (0.14, 2, 50, 7),
        (0.14, 2, 25, 5),  # Three would be fitted exactly.
        (0.14, 2, 120, 17),
        (0.15, 2, 50, 7),
        (0.01, 2, 50, 5),
        (0.01, 3, 50, 5),
        (0.01, 0, 50, 3),
    ],
)
def test_the_window_is_odd_and_longer_than_the_order(seconds, order, fps, frames):
    assert Savgol(seconds, order).frames(fps) == frames


@pytest.mark.parametrize("smooth", [Savgol(), OneEuro()])
def test_jitter_falls_and_the_motion_stays(smooth):
    motion, noisy = jittery()
    found = smooth.smooth(noisy.astype(np.float32), 50.0)
    assert found.dtype == np.float32

    def error(values):
        return np.linalg.norm(values - motion, axis=-1).mean()

    def jitter(values):
        return np.linalg.norm(np.diff(values - motion, 2, axis=0), axis=-1).mean()

    assert error(found) < 0.75 * error(noisy)
    assert jitter(found) < 0.5 * jitter(noisy)


@pytest.mark.parametrize("frames", [1, 2, 3, 4])
@pytest.mark.parametrize("smooth", [Savgol(), OneEuro()])
def test_short_videos_keep_their_frames(smooth, frames):
    _, noisy = jittery(frames)
    found = smooth.smooth(noisy, 50.0)
    assert found.shape == noisy.shape
    assert np.isfinite(found).all()
    if frames < 3:
        np.testing.assert_array_equal(found[0], noisy[0])
    if isinstance(smooth, Savgol):
        np.testing.assert_allclose(found[: 3 * (frames < 4)], noisy[: 3 * (frames < 4)])


def test_names_stand_for_filters_and_wrong_values_are_refused():
    assert named(None) is None
    assert named("none") is None
    assert named("savgol") == Savgol()
    assert named("one_euro") == OneEuro()
    assert named(OneEuro(2.0)).min_cutoff == 2.0
    with pytest.raises(ValueError, match="`smooth` must be one of .*got 'median'"):
        named("median")
    with pytest.raises(ValueError, match="`seconds` must be above 0, got 0"):
        Savgol(seconds=0)
    with pytest.raises(ValueError, match="`order` must be .*got -1"):
        Savgol(order=-1)
    with pytest.raises(ValueError, match="`min_cutoff` must be above 0, got nan"):
        OneEuro(min_cutoff=math.nan)
    with pytest.raises(ValueError, match="`beta` must be .*got -1"):
        OneEuro(beta=-1)
