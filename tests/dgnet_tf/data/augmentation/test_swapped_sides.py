import numpy as np
import pytest

from dgnet_tf import skeletons
from dgnet_tf.data.augmentation import swapped_sides

H36M = skeletons.get("human36m_17")
ARMS, LEGS = ["left_wrist", "right_shoulder"], ["left_ankle", "right_hip"]


def drawn(share, seeds=400, skeleton=H36M):
    return np.concatenate(
        [
            swapped_sides.draw(128, skeleton, 50.0, share, [seed, 7]).numpy()
            for seed in range(seeds)
        ]
    ).reshape(seeds, 128, -1)


@pytest.mark.parametrize("name", sorted(skeletons.SKELETONS))
def test_limbs_are_two_arms_and_two_legs(name):
    skeleton = skeletons.get(name)
    limbs = swapped_sides._limbs(skeleton)
    groups = {
        frozenset(skeleton.joints[i] for i, limb in enumerate(limbs) if limb == which)
        for which in {*limbs} - {0}
    }
    sides = ("left", "right")
    assert groups == {
        frozenset(f"{side}_{part}" for side in sides for part in parts)
        for parts in (("hip", "knee", "ankle"), ("shoulder", "elbow", "wrist"))
    }


def test_limbs_are_swapped_for_the_share_of_the_time_by_pairs_or_together():
    found = drawn(0.2)
    arms, legs = (found[..., [H36M.joints.index(n) for n in m]] for m in (ARMS, LEGS))
    for limb in (arms, legs):
        np.testing.assert_array_equal(limb[..., 0], limb[..., 1])
        clips = limb[..., 0].mean(axis=1)
        assert abs(clips.mean() - 0.2) < 4 * clips.std() / len(clips) ** 0.5
    # Of 1 - sqrt(0.8) = 0.106 of the time each: all together, arms alone, legs alone.
    both = (arms[..., 0] & legs[..., 0]).mean(axis=1)
    expected = 0.106 + 0.894 * 0.106**2
    assert abs(both.mean() - expected) < 4 * both.std() / len(both) ** 0.5
    edges = np.abs(np.diff(arms[..., 0].astype(int), axis=1)).sum(axis=1)
    assert edges.max() < 20  # For a while, not here and there.


def test_what_is_swapped_stands_where_the_other_side_is():
    values = np.arange(17.0)[None, :, None] + [[[0.0]], [[100.0]]]  # (2, 17, 1)
    swapped = np.zeros((2, 17), bool)
    left, right = (H36M.joints.index(f"{side}_knee") for side in ("left", "right"))
    swapped[1, [left, right]] = True
    found = swapped_sides.swap(values, swapped, H36M.mirror).numpy()
    np.testing.assert_array_equal(found[0], values[0])
    assert found[1, left, 0] == 100 + right and found[1, right, 0] == 100 + left
    others = ~swapped[1]
    np.testing.assert_array_equal(found[1, others], values[1, others])
