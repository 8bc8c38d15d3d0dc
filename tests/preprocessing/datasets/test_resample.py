import numpy as np
import pytest

from preprocessing.datasets.resample import resample


def test_a_cubic_motion_is_resampled_exactly():
    coefficients = np.random.default_rng(0).normal(size=(4, 5, 3))

    def motion(time):
        powers = np.stack([time**power for power in range(4)], axis=-1)
        return np.einsum("fp,pnc->fnc", powers, coefficients)

    resampled = resample(motion(np.arange(61) / 120), 120, 50)
    assert resampled.shape == (26, 5, 3)
    np.testing.assert_allclose(resampled, motion(np.arange(26) / 50), atol=1e-12)


@pytest.mark.parametrize(
    ("frames", "expected"),
    [(1, 1), (2, 1), (3, 1), (4, 2), (12, 5), (13, 6), (2401, 1001)],
)
def test_new_frames_stand_within_the_sources_duration(frames, expected):
    resampled = resample(np.arange(frames) * 1.0, 120, 50)
    np.testing.assert_allclose(resampled, np.arange(expected) * 2.4, atol=1e-9)


def test_a_limb_swinging_at_two_hertz_keeps_its_place():
    time = np.arange(241) / 120
    resampled = resample(np.sin(4 * np.pi * time), 120, 50)
    expected = np.sin(4 * np.pi * np.arange(101) / 50)
    np.testing.assert_allclose(resampled, expected, atol=2e-5)


def test_a_higher_rate_keeps_the_source_frames():
    source = np.random.default_rng(1).normal(size=(9, 2))
    resampled = resample(source, 25, 50)
    assert resampled.shape == (17, 2)
    np.testing.assert_allclose(resampled[::2], source, atol=1e-12)


def test_the_same_rate_changes_nothing_and_does_not_alias():
    source = np.random.default_rng(1).normal(size=(9, 2))
    resampled = resample(source, 50, 50)
    np.testing.assert_array_equal(resampled, source)
    resampled[0] = 0.0
    assert source[0].all()


@pytest.mark.parametrize(
    ("name", "rates"), [("fps", (0, 50)), ("target_fps", (50, -1))]
)
def test_a_rate_that_is_not_positive_is_an_error(name, rates):
    with pytest.raises(ValueError, match=f"`{name}` must be positive"):
        resample(np.zeros(3), *rates)
