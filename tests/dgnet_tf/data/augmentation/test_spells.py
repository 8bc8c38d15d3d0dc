import numpy as np
import pytest

from dgnet_tf.data.augmentation import spells


@pytest.mark.parametrize("share, longest", [(0.05, 1), (0.1, 25), (0.4, 10)])
def test_the_share_of_the_time_is_in_spells_from_the_first_frame_on(share, longest):
    found = spells.draw(60, 20000, share, longest, [1, 2]).numpy()
    joints = found.mean(axis=0)
    error = 4 * joints.std() / len(joints) ** 0.5
    assert abs(found.mean() - share) < error
    for frame in (0, 30, 59):
        assert abs(found[frame].mean() - share) < 4 * (share / 20000) ** 0.5


def test_spells_last_at_least_a_frame_and_their_joint_s_length():
    found = spells.draw(200, 4000, 0.02, 6, [3, 4]).numpy()
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
    a, b, c = (spells.draw(50, 17, 0.2, 5, seed) for seed in ([1, 2], [1, 2], [1, 3]))
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)
