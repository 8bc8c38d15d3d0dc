import numpy as np
import pytest

from dgnet_tf.data.augmentation import detector_noise


def draw(frames=128, joints=2000, seed=(1, 2), **options):
    options = {
        "noise_px": 5.0,
        "correlation": 0.0,
        "outlier_share": 0.0,
        "outlier_px": 50.0,
        **options,
    }
    return detector_noise.draw(frames, joints, 50.0, seed=list(seed), **options).numpy()


def test_noise_has_the_stated_deviation():
    noise = draw()
    # Four standard errors of a deviation estimated from n draws.
    assert abs(noise.std() - 5) < 4 * 5 / (2 * noise.size) ** 0.5
    assert abs(noise.mean()) < 4 * 5 / noise.size**0.5


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.95])
def test_noise_is_correlated_in_time_with_the_same_deviation_in_each_frame(correlation):
    noise = draw(correlation=correlation).reshape(128, -1) / 5
    count = noise.shape[1]
    np.testing.assert_allclose(noise.std(axis=1), 1.0, atol=5 / (2 * count) ** 0.5)
    for lag in (1, 3):
        found = (noise[:-lag] * noise[lag:]).mean(axis=1)
        np.testing.assert_allclose(found, correlation**lag, atol=5.5 / count**0.5)


def test_memory_by_hand():
    found = detector_noise._memory(3, 0.6)
    expected = [[1, 0, 0], [0.6, 0.8, 0], [0.36, 0.48, 0.8]]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_outliers_are_the_stated_share_and_wider():
    noise = draw(noise_px=1.0, outlier_share=0.05, outlier_px=40.0)
    seeds = np.array(detector_noise.tf.random.split([1, 2], 3))
    out = detector_noise.spells(128, 2000, 0.05, 25, seeds[1]).numpy()
    assert abs(out.mean() - 0.05) < 0.005
    assert 0.99 < noise[~out].std() < 1.01
    # sqrt(1 + 40^2); correlated in time, so that the estimate is a coarse one.
    assert 38 < noise[out].std() < 42
    alone = draw(noise_px=0.0, outlier_share=0.05, outlier_px=40.0)
    assert (alone[~out] == 0).all() and (alone[out] != 0).all()


def test_noise_is_a_function_of_the_seed():
    options = {"frames": 10, "joints": 3, "correlation": 0.5, "outlier_share": 0.2}
    np.testing.assert_array_equal(draw(**options), draw(**options))
    assert not np.array_equal(draw(**options), draw(seed=(1, 3), **options))


@pytest.mark.parametrize("share, longest", [(0.05, 1), (0.1, 25), (0.4, 10)])
def test_the_share_of_the_time_is_in_spells_from_the_first_frame_on(share, longest):
    found = detector_noise.spells(60, 20000, share, longest, [1, 2]).numpy()
    joints = found.mean(axis=0)
    error = 4 * joints.std() / len(joints) ** 0.5
    assert abs(found.mean() - share) < error
    for frame in (0, 30, 59):
        assert abs(found[frame].mean() - share) < 4 * (share / 20000) ** 0.5


def test_spells_last_at_least_a_frame_and_their_joint_s_length():
    found = detector_noise.spells(200, 4000, 0.02, 6, [3, 4]).numpy()
    shortest = {}
    for joint in range(found.shape[1]):
        edges = np.flatnonzero(np.diff(np.pad(found[:, joint].astype(int), 1)))
        begins, ends = edges[::2], edges[1::2]
        inside = [e - b for b, e in zip(begins, ends, strict=True) if 0 < b and e < 200]
        if inside:
            shortest.setdefault(min(inside), 0)
            shortest[min(inside)] += 1
    assert set(range(1, 7)) <= set(shortest)
    # Most joints have few spells, none of which meet: their lengths are as drawn.
    counts = np.array([shortest[length] for length in range(1, 7)])
    assert counts.sum() > 0.95 * sum(shortest.values())


def test_spells_are_a_function_of_the_seed():
    a, b, c = (
        detector_noise.spells(50, 17, 0.2, 5, seed) for seed in ([1, 2], [1, 2], [1, 3])
    )
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)
