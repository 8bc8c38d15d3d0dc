"""Body shapes: bones by hand, symmetry, the root, the range of sizes."""

import numpy as np
import pytest

from dgnet_tf import skeletons
from dgnet_tf.data.augmentation import body_shapes

H36M = skeletons.get("human36m_17")


def bones(positions, skeleton=H36M):
    """(..., E) lengths and (..., E, 3) directions of the skeleton's bones."""
    joints, parents = np.array(skeleton.edges).T
    vectors = positions[..., joints, :] - positions[..., parents, :]
    lengths = np.linalg.norm(vectors, axis=-1)
    return lengths, vectors / lengths[..., None]


def clouds(joints=17, frames=6):
    positions = np.random.default_rng(0).normal(size=(frames, joints, 3)) + [1, 2, 5]
    return positions.astype(np.float32)


def test_a_chain_of_three_joints_by_hand():
    chain = skeletons.Skeleton("chain", ("a", "b", "c"), (-1, 0, 1), (), ())
    body = body_shapes.draw(chain, 0.3, [1, 2]).numpy()
    positions = np.array([[[1, 1, 5], [2, 1, 5], [2, 3, 5]]], np.float32)
    found = body_shapes.reshape(positions, body, 0).numpy()[0]
    first, second = body[1, 1], body[2, 2]
    assert first != second
    np.testing.assert_allclose(found[0], [1, 1, 5])
    np.testing.assert_allclose(found[1], [1 + first, 1, 5], rtol=1e-6)
    np.testing.assert_allclose(found[2], [1 + first, 1 + 2 * second, 5], rtol=1e-6)


@pytest.mark.parametrize("name", sorted(skeletons.SKELETONS))
def test_each_bone_has_one_factor_in_all_frames_the_same_left_and_right(name):
    skeleton = skeletons.get(name)
    positions = clouds(len(skeleton.joints))
    body = body_shapes.draw(skeleton, 0.2, [3, 4])
    found = body_shapes.reshape(positions, body, skeleton.root).numpy()
    before, directions = bones(positions, skeleton)
    after, turned = bones(found, skeleton)
    np.testing.assert_allclose(turned, directions, atol=1e-5)
    factors = after / before
    np.testing.assert_allclose(factors, factors[:1] + 0 * factors, rtol=1e-4)
    of_joint = dict(zip((j for j, _ in skeleton.edges), factors[0], strict=True))
    for left, right in skeleton.symmetric_pairs:
        assert of_joint[left] == pytest.approx(of_joint[right], rel=1e-4)
    assert np.ptp(factors[0]) > 0.05
    root = skeleton.root
    np.testing.assert_array_equal(found[:, root], positions[:, root])


def test_bones_vary_by_the_scale_around_a_size_that_varies_by_it():
    bodies = [body_shapes.draw(H36M, 0.1, [0, i]).numpy() for i in range(300)]
    factors = np.array([[body[j, j] for j, _ in H36M.edges] for body in bodies])
    assert 0.81 <= factors.min() < 0.84 and 1.17 < factors.max() <= 1.21
    # Uniform from 0.9 to 1.1 has a standard deviation of 0.2 / 12^0.5.
    size = factors.mean(axis=1)
    assert 0.05 < size.std() < 0.07
    relative = factors / size[:, None]
    assert 0.05 < relative.std() < 0.07


def test_bodies_are_a_function_of_the_seed():
    a, b, c = (body_shapes.draw(H36M, 0.1, seed) for seed in ([1, 2], [1, 2], [1, 3]))
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)
