"""Augmentation as training sees it: from records on disk to batches."""

import numpy as np
import pytest
import record_sets
from record_sets import Take, digest

from dgnet_tf import cameras, manifest, skeletons, views, windows
from dgnet_tf.errors import UserError
from preprocessing import conversion, synthetic
from preprocessing.camera_rig import Rig

H36M = skeletons.get("human36m_17")
EVERYTHING = {"flip": True, "noise_px": 2.0, "random_cameras": 0.7}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("augmented") / "data"
    conversion.convert(synthetic.read(4, 100, 0, rig=Rig(2)), folder, workers=1)
    return folder


def arrays(data, **options):
    """Keypoints (B, T, N, 2) and positions (B, T, N, 3) of a training epoch."""
    batches = windows.load_windows(data, batch_size=16, targets=["pose"], **options)
    pairs = [(x.numpy(), y["pose"].numpy()) for x, y in batches]
    return tuple(np.concatenate(part) for part in zip(*pairs, strict=True))


def bones(positions):
    joints, parents = np.array(H36M.edges).T
    return np.linalg.norm(
        positions[..., joints, :] - positions[..., parents, :], axis=-1
    )


def seen_by_own_cameras(data):
    """All normalised keypoints (F, N, 2) of the split, and (F, N, 3) positions."""
    found = list(views.load_views(data, "train"))
    x = [cameras.normalize_screen(v.keypoints, v.image_size) for v in found]
    y = [v.positions - v.positions[:, :1] for v in found]
    return np.concatenate(x), np.concatenate(y)


def nearest(values, table):
    """Distance of each value to the nearest row of a table, over all numbers."""
    flat = table.reshape(len(table), -1)
    return np.array([np.abs(flat - v.ravel()).max(axis=1).min() for v in values])


def test_without_options_windows_show_what_the_records_hold(data):
    keypoints, positions = arrays(data)
    own_x, own_y = seen_by_own_cameras(data)
    assert nearest(keypoints[:, 0], own_x).max() < 1e-6
    assert nearest(positions[:, 0], own_y).max() < 1e-6


def test_the_share_of_random_cameras_sees_other_views_of_the_same_people(data):
    keypoints, positions = arrays(data, random_cameras=0.7)
    own_x, own_y = seen_by_own_cameras(data)
    new_x = nearest(keypoints[:, 0], own_x) > 1e-3
    new_y = nearest(positions[:, 0], own_y) > 1e-3
    np.testing.assert_array_equal(new_x, new_y)
    count = len(new_x)
    assert abs(new_x.mean() - 0.7) < 4 * (0.7 * 0.3 / count) ** 0.5 + 0.03
    assert (positions[:, :, 0] == 0).all()
    # Each is still a frame of the recordings, seen from elsewhere.
    assert nearest(bones(positions[:, 0]), bones(own_y)).max() < 1e-5


def test_a_detectors_errors_stay_on_when_the_person_is_filmed_anew(tmp_path):
    def write(folder, error):
        class Off(Take):
            def arrays(self, joints):
                generator = np.random.default_rng(0)
                found = super().arrays(joints)
                pose = generator.normal(size=(joints, 3)) * 0.3 + [0, 0, 5]
                positions = np.tile(pose, (self.frames, 1, 1)).astype(np.float32)
                lens = np.array(self.intrinsics, np.float32)
                keypoints = cameras.project(positions.astype(float), lens) + error
                return {**found, "keypoints": keypoints, "positions": positions}

        return record_sets.write(tmp_path / folder, {"train": [Off(1, 40)]})

    exact, shifted = (
        arrays(write(name, error), random_cameras=1.0, seed=3)
        for name, error in (("exact", [0, 0]), ("shifted", [20, -5]))
    )
    np.testing.assert_array_equal(exact[1], shifted[1])
    offset = shifted[0] - exact[0]
    np.testing.assert_allclose(offset[..., 0], 2 * 20 / 1000, atol=1e-5)
    np.testing.assert_allclose(offset[..., 1], -2 * 5 / 1000, atol=1e-5)


def test_all_augmentation_together_is_a_function_of_seed_and_epoch(data):
    def run(**options):
        return digest(windows.load_windows(data, batch_size=16, **options))

    both = run(epochs=2, **EVERYTHING)
    assert run(epochs=2, **EVERYTHING) == both
    assert run(epochs=2, seed=1, **EVERYTHING) != both
    steps = windows.steps_per_epoch(manifest.read(data), 4, 16)
    whole = windows.load_windows(data, batch_size=16, epochs=2, **EVERYTHING)
    resumed = run(epochs=2, first_epoch=1, **EVERYTHING)
    assert digest(whole.skip(steps)) == resumed
    assert digest(whole.take(steps)) != resumed


def test_data_without_any_known_camera_are_refused_by_flag(tmp_path):
    unknown = Take(1, 40, intrinsics=(0.0,) * 9)
    record_sets.write(tmp_path, {"train": [unknown]})
    with pytest.raises(UserError, match="no record knows its camera.*--random_cameras"):
        windows.load_windows(tmp_path, random_cameras=0.5)
    known = [unknown, Take(2, 40)]
    record_sets.write(tmp_path / "some", {"train": known})
    assert (
        len(windows.load_windows(tmp_path / "some", random_cameras=0.5, steps=1)) == 1
    )


@pytest.mark.parametrize("name, value", EVERYTHING.items())
def test_evaluation_is_never_augmented(data, name, value):
    for split in ("train", "test"):
        with pytest.raises(ValueError, match=f"need `shuffle`.*{name}={value}"):
            windows.load_windows(data, split, shuffle=False, **{name: value})
