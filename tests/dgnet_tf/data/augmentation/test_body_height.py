import numpy as np
import pytest

from dgnet_tf import skeletons
from dgnet_tf.data.augmentation import body_height


def person(name):
    """One whose bones are all 0.2 m long, as (N, 3)."""
    skeleton = skeletons.get(name)
    rng = np.random.default_rng(0)
    positions = np.zeros((len(skeleton.joints), 3), np.float32)
    placed = {skeleton.root}
    while len(placed) < len(positions):
        for joint, parent in skeleton.edges:
            if parent in placed and joint not in placed:
                way = rng.normal(size=3)
                positions[joint] = positions[parent] + 0.2 * way / np.linalg.norm(way)
                placed.add(joint)
    return skeleton, positions


# Bones up to the head, and three down to an ankle.
@pytest.mark.parametrize(
    "name, bones",
    [
        ("human36m_17", 4),
        ("human36m_16", 3),
        ("humaneva_15", 2),
        ("mpi_inf_3dhp_17", 3),
    ],
)
def test_height_is_that_of_the_bones_times_the_scale_in_any_pose(name, bones):
    skeleton, positions = person(name)
    windows = np.stack([[positions] * 3, [2 * positions] * 3])
    keypoints = 250.0 * windows[..., :2] + [400, 300]
    found = body_height.pixels(keypoints.astype(np.float32), windows, skeleton)
    assert found.shape == (2, 1, 1, 1)
    expected = 250 * 0.2 * (bones + 3)
    np.testing.assert_allclose(np.ravel(found), [expected, 2 * expected], rtol=1e-4)
