import numpy as np
import pytest

from dgnet_tf.data.augmentation import detector_noise
from dgnet_tf.data.augmentation.augmentation import Augmentation

FPS = 50.0


def errors(frames=128, joints=2000, seed=(1, 2), **options):
    chosen = Augmentation(**options)
    return detector_noise.draw(frames, joints, FPS, chosen, list(seed))


def pixels(**options):
    return errors(**{"noise_px": 5.0, **options}).pixels.numpy()


def deviations_of_clips(name, **options):
    """Standard deviations of one kind of errors in each of 80 clips."""
    clips = (errors(joints=500, seed=(seed, 0), **options) for seed in range(80))
    return [getattr(clip, name).numpy().std() for clip in clips]


def durations(column):
    """Lengths of the True stretches of (L,) that do not touch its ends."""
    edges = np.flatnonzero(np.diff(np.pad(column.astype(int), 1)))
    return [
        end - begin
        for begin, end in zip(edges[::2], edges[1::2], strict=True)
        if 0 < begin and end < len(column)
    ]


def test_noise_has_the_stated_deviation():
    noise = pixels()
    # Four standard errors of a deviation estimated from n draws.
    assert abs(noise.std() - 5) < 4 * 5 / (2 * noise.size) ** 0.5
    assert abs(noise.mean()) < 4 * 5 / noise.size**0.5


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.95])
def test_noise_is_correlated_in_time_with_the_same_deviation_in_each_frame(correlation):
    noise = pixels(noise_correlation=correlation).reshape(128, -1) / 5
    count = noise.shape[1]
    np.testing.assert_allclose(noise.std(axis=1), 1.0, atol=5 / (2 * count) ** 0.5)
    for lag in (1, 3):
        found = (noise[:-lag] * noise[lag:]).mean(axis=1)
        np.testing.assert_allclose(found, correlation**lag, atol=5.5 / count**0.5)


@pytest.mark.parametrize("ends", [(0.7, 0.97), (0.97, 0.7), (0.0, 0.9)])
def test_each_clip_draws_its_correlation_from_the_range(ends):
    low, high = sorted(ends)
    found = []
    for seed in range(60):
        noise = pixels(
            noise_correlation=ends[0], noise_correlation_to=ends[1], seed=(seed, 0)
        )
        found.append((noise[:-1] * noise[1:]).mean() / 25)
    # A clip's own number is known to about 0.003.
    assert low - 0.01 < min(found) < low + 0.2 * (high - low)
    assert high - 0.2 * (high - low) < max(found) < high + 0.01
    error = 4 * (high - low) / 12**0.5 / 60**0.5
    assert abs(np.mean(found) - (low + high) / 2) < error


def test_memory_by_hand():
    found = detector_noise._memory(3, 0.6)
    expected = [[1, 0, 0], [0.6, 0.8, 0], [0.36, 0.48, 0.8]]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_relative_noise_has_a_deviation_of_each_clip_from_0_to_the_largest():
    found = errors(relative_noise=0.02, noise_correlation=0.5)
    assert found.pixels is None and found.offsets is None and found.relative
    deviations = deviations_of_clips("heights", frames=32, relative_noise=0.02)
    assert 0 < min(deviations) < 0.002 and 0.018 < max(deviations) < 0.0205
    assert abs(np.mean(deviations) - 0.01) < 4 * 0.02 / 12**0.5 / 80**0.5
    noise = found.heights.numpy()
    unit = noise / noise.std()
    assert abs((unit[:-1] * unit[1:]).mean() - 0.5) < 0.02


def test_offsets_are_the_same_throughout_a_clip_and_differ_between_joints():
    found = errors(joint_offset=0.03, noise_px=2.0)
    assert found.heights is None and found.offsets.shape == (2000, 2)
    deviations = deviations_of_clips("offsets", frames=1, joint_offset=0.03)
    assert 0 < min(deviations) < 0.003 and 0.027 < max(deviations) < 0.032
    assert abs(np.mean(deviations) - 0.015) < 4 * 0.03 / 12**0.5 / 80**0.5


def test_errors_are_added_in_their_units():
    found = detector_noise.DetectorErrors(
        pixels=np.full((4, 2, 2), 3.0),
        heights=np.full((4, 2, 2), 0.02),
        offsets=np.array([[0.0, 0.0], [0.01, -0.01]]),
    )
    heights = np.array([100.0, 400.0])[:, None, None, None]
    moved = found.add(np.zeros((2, 1, 2, 2)), lambda values: values[None, :1], heights)
    expected = [[[[5, 5], [6, 4]]], [[[11, 11], [15, 7]]]]
    np.testing.assert_allclose(moved, expected)


def test_the_size_of_errors_is_without_offsets_and_relative():
    found = detector_noise.DetectorErrors(
        pixels=np.full((4, 2, 2), 3.0, np.float32),
        heights=np.zeros((4, 2, 2), np.float32),
        offsets=np.ones((2, 2), np.float32),
    )
    heights = np.array([100.0, 400.0], np.float32)[:, None, None, None]
    sizes = found.sizes(lambda values: values[None, :1], heights)
    expected = 2**0.5 * np.array([[[0.03, 0.03]], [[0.0075, 0.0075]]])
    np.testing.assert_allclose(sizes, expected, rtol=1e-5)


def test_outliers_are_the_stated_share_and_wider():
    noise = pixels(noise_px=1.0, outlier_share=0.05, outlier_px=40.0)
    seeds = np.array(detector_noise.tf.random.split([1, 2], 3))
    out = detector_noise.spells(128, 2000, 0.05, (1, 25), seeds[1]).numpy()
    assert abs(out.mean() - 0.05) < 0.005
    assert 0.99 < noise[~out].std() < 1.01
    # sqrt(1 + 40^2); correlated in time, so that the estimate is a coarse one.
    assert 38 < noise[out].std() < 42
    alone = pixels(noise_px=0.0, outlier_share=0.05, outlier_px=40.0)
    assert (alone[~out] == 0).all() and (alone[out] != 0).all()


def test_outliers_last_as_long_and_are_as_wide_as_is_asked_for():
    found = errors(outlier_share=0.04, outlier_seconds=0.2, relative_outlier=0.1)
    assert found.pixels is None
    off = found.heights.numpy()
    out = (off != 0).any(axis=-1)
    assert abs(out.mean() - 0.04) < 0.005
    assert 0.095 < off[out].std() < 0.105
    lasted = [d for joint in range(2000) for d in durations(out[:, joint])]
    # 0.2 to 0.5 s at 50 frames a second; a few spells meet and are longer.
    assert min(lasted) == 10 and np.mean(np.array(lasted) > 25) < 0.1
    assert {10, 17, 25} <= set(lasted)


def test_noise_is_a_function_of_the_seed():
    options = {"frames": 10, "joints": 3, "outlier_share": 0.2, "noise_px": 1.0}
    options |= {"noise_correlation": 0.5, "noise_correlation_to": 0.9}
    options |= {"relative_noise": 0.02, "joint_offset": 0.02}
    one, again, other = (errors(seed=(1, s), **options) for s in (2, 2, 3))
    for unit in ("pixels", "heights", "offsets"):
        np.testing.assert_array_equal(getattr(one, unit), getattr(again, unit))
        assert not np.array_equal(getattr(one, unit), getattr(other, unit))


@pytest.mark.parametrize("share, span", [(0.05, (1, 1)), (0.1, (1, 25)), (0.4, (5, 9))])
def test_the_share_of_the_time_is_in_spells_from_the_first_frame_on(share, span):
    found = detector_noise.spells(60, 20000, share, span, [1, 2]).numpy()
    joints = found.mean(axis=0)
    error = 4 * joints.std() / len(joints) ** 0.5
    assert abs(found.mean() - share) < error
    for frame in (0, 30, 59):
        assert abs(found[frame].mean() - share) < 4 * (share / 20000) ** 0.5


def test_spells_last_from_the_shortest_to_the_longest():
    found = detector_noise.spells(200, 4000, 0.02, (3, 8), [3, 4]).numpy()
    shortest = {}
    for joint in range(found.shape[1]):
        inside = durations(found[:, joint])
        if inside:
            shortest.setdefault(min(inside), 0)
            shortest[min(inside)] += 1
    assert min(shortest) == 3 and set(range(3, 9)) <= set(shortest)
    # Most joints have few spells, none of which meet: their lengths are as drawn.
    counts = np.array([shortest[length] for length in range(3, 9)])
    assert counts.sum() > 0.95 * sum(shortest.values())


def test_spells_are_a_function_of_the_seed():
    a, b, c = (
        detector_noise.spells(50, 17, 0.2, (1, 5), seed)
        for seed in ([1, 2], [1, 2], [1, 3])
    )
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)
