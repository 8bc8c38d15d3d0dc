import numpy as np
import pytest

from dgnet_tf import cameras, skeletons
from dgnet_tf.data.augmentation import augmentation

H36M = skeletons.get("human36m_17")


@pytest.fixture
def windows():
    generator = np.random.default_rng(0)
    keypoints = generator.normal(size=(200, 4, 17, 2)).astype(np.float32)
    positions = generator.normal(size=(200, 4, 17, 3)).astype(np.float32)
    return keypoints, positions


def test_a_flip_mirrors_x_and_swaps_left_and_right():
    keypoints = np.stack([np.arange(17.0), np.arange(17.0) + 100], -1)
    flipped = augmentation.flip_keypoints(keypoints, H36M.mirror).numpy()
    left, right = (H36M.joints.index(f"{side}_wrist") for side in ("left", "right"))
    assert list(flipped[left]) == [-right, right + 100]
    assert list(flipped[right]) == [-left, left + 100]
    head = H36M.joints.index("head")
    assert list(flipped[head]) == [-head, head + 100]


@pytest.mark.parametrize("name", sorted(skeletons.SKELETONS))
def test_flipping_twice_changes_nothing(name):
    skeleton = skeletons.get(name)
    points = np.random.default_rng(1).normal(size=(2, 4, len(skeleton.joints), 3))
    for flip, size in [
        (augmentation.flip_keypoints, 2),
        (augmentation.flip_positions, 3),
    ]:
        once = flip(points[..., :size], skeleton.mirror)
        assert not np.array_equal(once, points[..., :size])
        np.testing.assert_array_equal(flip(once, skeleton.mirror), points[..., :size])


def test_flipped_positions_project_to_flipped_keypoints():
    positions = np.random.default_rng(2).normal(size=(5, 17, 3)) * 0.5 + [0, 0, 5]
    intrinsics = np.array([1145, 1143, 512, 515, -0.2, 0.24, -0.002, -0.001, -0.003])
    size = np.array([1000.0, 1002.0])

    def project(positions, intrinsics):
        pixels = cameras.project(positions, intrinsics)
        return cameras.normalize_screen(pixels, size)

    keypoints = project(positions, intrinsics)
    mirrored_camera = intrinsics.copy()
    mirrored_camera[2] = 1000 - 512
    mirrored_camera[8] = 0.003
    flipped = augmentation.flip_positions(positions, H36M.mirror).numpy()
    projected = cameras.normalize_screen(
        cameras.project(flipped, mirrored_camera), size
    )
    np.testing.assert_allclose(
        projected, augmentation.flip_keypoints(keypoints, H36M.mirror), atol=1e-12
    )


def test_about_half_of_the_windows_flip_both_halves_together(windows):
    keypoints, positions = windows
    x, y = augmentation.random_flip(keypoints, positions, H36M.mirror, [3, 4])
    flipped_x = augmentation.flip_keypoints(keypoints, H36M.mirror).numpy()
    flipped_y = augmentation.flip_positions(positions, H36M.mirror).numpy()
    flipped = 0
    for i in range(200):
        if np.array_equal(x[i], flipped_x[i]):
            np.testing.assert_array_equal(y[i], flipped_y[i])
            flipped += 1
        else:
            np.testing.assert_array_equal(x[i], keypoints[i])
            np.testing.assert_array_equal(y[i], positions[i])
    assert abs(flipped - 100) < 4 * (200 / 4) ** 0.5


def test_augmentation_is_a_function_of_its_seed(windows):
    keypoints, positions = windows

    def run(seed):
        flipped, _ = augmentation.random_flip(
            keypoints, positions, H36M.mirror, [seed, 0]
        )
        return flipped.numpy()

    np.testing.assert_array_equal(run(7), run(7))
    assert not np.array_equal(run(7), run(8))
