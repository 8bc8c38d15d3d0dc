"""Augmentation as training sees it: from records on disk to batches."""

import numpy as np
import pytest
from support import record_sets
from support.record_sets import Take, digest

from dgnet_tf import cameras, skeletons
from dgnet_tf.data import views, windows
from dgnet_tf.errors import UserError
from preprocessing.cameras.camera_rig import Rig
from preprocessing.conversion import pipeline
from preprocessing.datasets import synthetic

H36M = skeletons.get("human36m_17")
EVERYTHING = {
    "flip": True,
    "random_cameras": 0.7,
    "random_camera_tilt": 20.0,
    "random_camera_roll": 10.0,
    "random_camera_focal": 0.2,
    "body_scale": 0.1,
    "noise_px": 2.0,
    "noise_correlation": 0.5,
    "outlier_share": 0.1,
    "outlier_px": 30.0,
    "noise_correlation_to": 0.9,
    "relative_noise": 0.02,
    "joint_offset": 0.02,
    "relative_outlier": 0.1,
    "outlier_seconds": 0.2,
    "swap_share": 0.05,
    "missing_share": 0.2,
    "missing_legs": 0.2,
    "random_stride": True,
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("augmented") / "data"
    pipeline.convert(synthetic.read(4, 100, 0, rig=Rig(2)), folder, workers=1)
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


def unnormalized(keypoints):
    return cameras.unnormalize_screen(keypoints, np.array([1000.0, 1000.0]))


def test_other_bodies_are_projected_through_the_own_camera(data):
    keypoints, positions = arrays(data, body_scale=0.2)
    _, own_y = seen_by_own_cameras(data)
    own, found = bones(own_y), bones(positions)
    # The walkers' bones keep their lengths: a window's factors show all its frames.
    np.testing.assert_allclose(found, found[:, :1] + 0 * found, rtol=1e-3)
    factors = found[:, 0] / own.mean(axis=0)
    assert 0.5 < factors.min() < 0.85 and 1.15 < factors.max() < 1.5
    # Seen by a camera whose lens has no distortion, 1145 pixels of focal length: where
    # the root stands follows from two joints; all others must agree.
    pixels = (unnormalized(keypoints) - 500.0) / 1145.0  # x / z, y / z
    relative = positions
    columns = np.zeros((*pixels.shape, 3))
    columns[..., 0, 0] = columns[..., 1, 1] = 1.0
    columns[..., 2] = -pixels
    right = pixels * relative[..., 2:] - relative[..., :2]
    for window in range(0, len(pixels), 7):
        a, b = columns[window, 0].reshape(-1, 3), right[window, 0].ravel()
        root, *_ = np.linalg.lstsq(a, b, rcond=None)
        assert 2 < root[2] < 9
        assert np.abs(a @ root - b).max() < 1e-3


def test_missing_joints_stand_on_lines_between_frames_that_show_them(data):
    exact, _ = arrays(data, seed=2)
    gaps, _ = arrays(data, seed=2, missing_share=0.2)
    moved = np.abs(exact - gaps).max(axis=-1) > 1e-7
    assert 0.12 < moved.mean() < 0.22
    # People move by centimetres in half a second, tens of pixels.
    assert np.abs(exact - gaps).max() < 0.3
    # The first frames of a record hold what they see later, and so on: where all four
    # frames of a window are in one gap, their keypoints lie on one line.
    whole = moved.all(axis=1)
    straight = np.abs(np.diff(gaps, n=2, axis=1)).max(axis=(1, 3))[whole]
    assert (
        np.median(straight)
        < 1e-5
        < np.median(np.abs(np.diff(exact, n=2, axis=1)).max(axis=(1, 3))[whole])
    )


def test_relative_errors_go_with_the_person_s_height_in_the_image(data):
    exact, positions = arrays(data, seed=4, random_cameras=0.5)
    # Twice the error of one seed is that of twice the deviation.
    one, two = (
        arrays(data, seed=4, random_cameras=0.5, relative_noise=size)[0] - exact
        for size in (0.01, 0.02)
    )
    np.testing.assert_allclose(two, 2 * one, atol=1e-5)
    # Offsets are the same in a window's frames, relative to its size.
    offset = arrays(data, seed=4, random_cameras=0.5, joint_offset=0.02)[0] - exact
    np.testing.assert_allclose(offset, offset[:, :1] + 0 * offset, atol=1e-5)
    centred = exact - exact.mean(axis=2, keepdims=True)
    flat = positions - positions.mean(axis=2, keepdims=True)
    scale = np.sqrt((centred**2).sum((1, 2, 3)) / (flat[..., :2] ** 2).sum((1, 2, 3)))
    ratio = np.sqrt((offset**2).mean((1, 2, 3))) / scale
    # The windows of a clip share their offsets: its ratios differ by the people's
    # height alone, though random cameras come nearer and further.
    assert scale.max() / scale.min() > 1.5
    clips = len(list(views.load_views(data, "train")))
    assert 1 < 1 + (np.diff(np.sort(ratio)) > 1e-5).sum() <= clips


def test_swapped_keypoints_are_those_of_the_other_side(data):
    exact, positions = arrays(data, seed=3, random_cameras=0.5)
    found, same = arrays(data, seed=3, random_cameras=0.5, swap_share=0.3)
    np.testing.assert_array_equal(positions, same)
    moved = np.abs(found - exact).max(axis=-1) > 1e-6
    np.testing.assert_allclose(
        found[moved], exact[:, :, list(H36M.mirror)][moved], atol=1e-6
    )
    sides = [*H36M.left, *H36M.right]
    assert 0.15 < moved[..., sides].mean() < 0.45
    assert not moved[..., [i for i in range(17) if i not in sides]].any()


def test_confidence_comes_third_and_changes_nothing_else(data):
    options = {**EVERYTHING, "frame_stride": 2, "seed": 6}
    plain, positions = arrays(data, **options)
    found, same = arrays(data, **options, inputs="xyc")
    assert found.shape == (*plain.shape[:-1], 3)
    np.testing.assert_array_equal(found[..., :2], plain)
    np.testing.assert_array_equal(same, positions)
    confidence = found[..., 2]
    # 20 % of the joints are missing, and 20 % of the windows lack 4 of 17.
    assert abs((confidence == 0).mean() - (1 - 0.8 * (1 - 0.2 * 4 / 17))) < 0.05
    assert 0.05 <= confidence[confidence > 0].min() < confidence.max() <= 1


def test_without_errors_the_confidence_is_the_record_s(tmp_path):
    class Sure(Take):
        def arrays(self, joints):
            found = super().arrays(joints)
            found["confidence"] = np.tile(np.arange(joints) / 20, (self.frames, 1))
            return {**found, "confidence": found["confidence"].astype(np.float32)}

    data = record_sets.write(
        tmp_path, {"train": [Sure(1, 40)], "test": [Sure(2, 40), Sure(3, 12)]}
    )
    own = (np.arange(17) / 20).astype(np.float32)
    found, _ = arrays(data, flip=True, inputs="xyc")
    mirrored = own[list(H36M.mirror)]
    flipped = (found[..., 2] == mirrored).all(axis=(1, 2))
    assert 0 < flipped.sum() < len(flipped)
    np.testing.assert_array_equal(
        found[~flipped][..., 2], own + 0 * found[~flipped, ..., 2]
    )
    ordered, _ = arrays(data, split="test", inputs="xyc")
    np.testing.assert_array_equal(ordered[..., 2], own + 0 * ordered[..., 2])
    plain, _ = arrays(data, split="test")
    np.testing.assert_array_equal(ordered[..., :2], plain)


def test_confidence_goes_with_errors_and_gaps_but_not_with_swaps(data):
    def found(**options):
        exact, _ = arrays(data, seed=7)
        x, _ = arrays(data, seed=7, inputs="xyc", **options)
        return np.linalg.norm(x[..., :2] - exact, axis=-1), x[..., 2]

    error, confidence = found(outlier_share=0.1, relative_outlier=0.2)
    assert confidence[error > 0.05].mean() < 0.5 * confidence[error < 0.005].mean()
    gap, confidence = found(missing_share=0.3)
    assert (confidence[gap > 1e-6] == 0).all() and (confidence[gap == 0] >= 0).all()
    assert 0.6 < (confidence == 1).mean() < 0.8
    _, confidence = found(swap_share=0.3)
    assert (confidence == 1).all()
    _, confidence = found(joint_offset=0.05)
    assert confidence.mean() > 0.7


def test_strides_are_drawn_for_each_view_up_to_the_greatest(tmp_path):
    record_sets.write(tmp_path, {"train": record_sets.takes(*[64] * 12)})
    options = {"frame_stride": 2, "batch_size": 8, "epochs": 3}
    batches = windows.load_windows(tmp_path, random_stride=True, **options)
    strides = {}
    for view, *frames in record_sets.trace(batches):
        (stride,) = set(np.diff(frames))
        strides.setdefault(stride, set()).add(view)
    assert set(strides) == {1, 2}
    assert all(len(seen) > 6 for seen in strides.values())
    fixed = record_sets.trace(windows.load_windows(tmp_path, **options))
    assert {tuple(np.diff(frames)) for _, *frames in fixed} == {(2, 2, 2)}


@pytest.mark.slow
def test_all_augmentation_together_is_a_function_of_seed_and_epoch(data):
    def load(**options):
        return windows.load_windows(
            data,
            batch_size=16,
            frame_stride=2,
            epochs=2,
            steps=3,
            **EVERYTHING,
            **options,
        )

    whole = load()
    assert digest(load()) == digest(whole)
    assert digest(load(seed=1)) != digest(whole)
    resumed = digest(load(first_epoch=1))
    assert digest(whole.skip(3)) == resumed
    assert digest(whole.take(3)) != resumed


def test_data_without_any_known_camera_are_refused_by_flag(tmp_path):
    unknown = Take(1, 40, intrinsics=(0.0,) * 9)
    record_sets.write(tmp_path, {"train": [unknown]})
    for name in ("random_cameras", "body_scale"):
        message = f"no record knows its camera.*--{name}"
        with pytest.raises(UserError, match=message):
            windows.load_windows(tmp_path, **{name: 0.5})
    known = [unknown, Take(2, 40)]
    record_sets.write(tmp_path / "some", {"train": known})
    assert (
        len(windows.load_windows(tmp_path / "some", random_cameras=0.5, steps=1)) == 1
    )


def test_evaluation_is_never_augmented(data):
    for name, value in EVERYTHING.items():
        for split in ("train", "test"):
            with pytest.raises(ValueError, match=f"need `shuffle`.*{name}={value}"):
                windows.load_windows(data, split, shuffle=False, **{name: value})
