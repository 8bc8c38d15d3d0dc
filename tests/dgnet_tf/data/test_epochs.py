import itertools
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from support import record_sets
from support.record_sets import Take, all_frames, digest, frame_counts, takes, trace

from dgnet_tf import skeletons
from dgnet_tf.data import manifest, windows


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    views = takes(40, 3, 16, 17, 53, 26, 100, 9)
    return record_sets.write(tmp_path_factory.mktemp("set"), {"train": views})


@pytest.mark.parametrize("frames, stride", [(4, 1), (3, 2), (2, 6)])
def test_training_windows_hold_frames_at_the_stride(tmp_path, frames, stride):
    views = takes(40, 30, 53)
    record_sets.write(tmp_path, {"train": views})
    dataset = windows.load_windows(tmp_path, frames=frames, frame_stride=stride)
    traced = trace(dataset)
    assert len(traced) == 64 * windows.steps_per_epoch(manifest.read(tmp_path), frames)
    for _, *found in traced:
        assert set(np.diff(found)) == {stride}


def test_single_frames_are_seen_exactly_once_in_an_epoch(tmp_path):
    views = takes(40, 3, 16, 17)
    record_sets.write(tmp_path, {"train": views})
    dataset = windows.load_windows(tmp_path, frames=1, batch_size=4)
    counts = frame_counts(trace(dataset))
    assert set(counts) == all_frames(views) and set(counts.values()) == {1}


def test_an_epoch_sees_each_frame_about_once(tmp_path):
    views = takes(200, 200, 200, 200)
    record_sets.write(tmp_path, {"train": views})
    three = trace(windows.load_windows(tmp_path, batch_size=8, epochs=3))
    for traced in (three[:200], three[200:400], three[400:]):
        assert len(set(traced)) == len(traced) == 200
        counts = frame_counts(traced)
        # A view gives at most one window more than 200 / 4: all four views
        # together at most 4 windows that the epoch has no room for.
        assert len(counts) >= 800 - 4 * 4
        assert max(counts.values()) <= 2
        # Only windows moved at a view's ends see a frame again.
        twice = {frame for (_, frame), count in counts.items() if count == 2}
        assert twice <= set(range(4)) | set(range(196, 200))


def test_phases_differ_between_views_and_epochs(tmp_path):
    record_sets.write(tmp_path, {"train": takes(*[64] * 8)})
    traced = trace(windows.load_windows(tmp_path, batch_size=8, epochs=2))
    phases = [
        {(view, start % 4) for view, start, *_ in epoch if 4 < start < 56}
        for epoch in (traced[:128], traced[128:])
    ]
    for epoch in phases:
        assert len(epoch) == 8  # one phase for each view
        assert len({phase for _, phase in epoch}) > 1
    assert phases[0] != phases[1]


def test_invalid_frames_are_never_trained_on(tmp_path):
    invalid = (0, 9, 10, 25, 39)
    record_sets.write(tmp_path, {"train": [Take(1, 40, invalid), Take(2, 40)]})
    dataset = windows.load_windows(tmp_path, batch_size=2, epochs=24)
    counts = frame_counts(trace(dataset))
    seen = {frame for view, frame in counts if view == 1}
    assert seen == set(range(40)) - set(invalid)


def test_a_short_view_repeats_its_last_frame(tmp_path):
    record_sets.write(tmp_path, {"train": takes(2)})
    traced = trace(windows.load_windows(tmp_path, batch_size=2))
    assert traced == [(1, 0, 1, 1, 1)] * 2


def test_an_epoch_has_its_steps_even_where_windows_are_few(tmp_path):
    # Of 40 frames only 7 in a row are valid: one or two windows in a pass.
    record_sets.write(tmp_path, {"train": [Take(1, 40, tuple(range(7, 40)))]})
    assert windows.steps_per_epoch(manifest.read(tmp_path), 4, 2) == 5
    dataset = windows.load_windows(tmp_path, batch_size=2)
    traced = trace(dataset)
    assert int(dataset.cardinality()) == 5 and len(traced) == 10
    assert len(set(traced)) > 2
    assert len(trace(windows.load_windows(tmp_path, batch_size=2, steps=7))) == 14


def test_shuffling_mixes_views_and_frames(tmp_path):
    record_sets.write(tmp_path, {"train": takes(*[80] * 10)})
    first = trace(windows.load_windows(tmp_path, batch_size=40).take(1))
    assert len({view for view, *_ in first}) >= 8
    views = [view for view, *_ in first]
    assert sum(a == b for a, b in itertools.pairwise(views)) < 15
    assert first != sorted(first)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_batches_in_another_process(data_dir):
    options = {"batch_size": 8, "epochs": 2, "flip": True, "noise_px": 2.0}
    script = (
        "import sys; sys.path[:0] = sys.argv[1:3]\n"
        "import tensorflow as tf\n"
        "from support import record_sets\n"
        "from dgnet_tf.data import windows\n"
        "tf.random.set_seed(123)\n"
        f"dataset = windows.load_windows(sys.argv[3], **{options!r})\n"
        "print(record_sets.digest(dataset))\n"
    )
    tests = pathlib.Path(__file__).parents[2]
    arguments = [sys.executable, "-c", script, tests, tests.parent, data_dir]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    ours = digest(windows.load_windows(data_dir, **options))
    assert done.stdout.strip() == ours
    assert digest(windows.load_windows(data_dir, seed=1, **options)) != ours


@pytest.mark.slow
def test_epochs_are_a_concatenation_of_single_ones(data_dir):
    options = {"batch_size": 8, "flip": True, "noise_px": 1.0, "seed": 5}

    def arrays(**epochs):
        dataset = windows.load_windows(data_dir, **options, **epochs)
        return [
            np.concatenate([keypoints.numpy().ravel(), targets["pose"].numpy().ravel()])
            for keypoints, targets in dataset
        ]

    whole = arrays(epochs=3)
    single = [arrays(epochs=e + 1, first_epoch=e) for e in range(3)]
    steps = windows.steps_per_epoch(manifest.read(data_dir), 4, 8)
    assert [len(epoch) for epoch in single] == [steps] * 3
    np.testing.assert_array_equal(whole, np.concatenate(single))
    np.testing.assert_array_equal(whole[steps:], arrays(epochs=3, first_epoch=1))
    assert not np.array_equal(single[0], single[1])


def test_iterations_differ_and_begin_again_in_a_new_pipeline(data_dir):
    first, second = (
        windows.load_windows(data_dir, batch_size=8, noise_px=1.0) for _ in range(2)
    )
    digests = [digest(first) for _ in range(3)]
    assert len(set(digests)) == 3
    assert [digest(second) for _ in range(3)] == digests


def test_augmentation_of_a_window_does_not_depend_on_the_batch_size(tmp_path):
    record_sets.write(tmp_path, {"train": takes(40, 40, 40)})

    def windows_by_pose(batch_size):
        # More steps than one pass has windows for: all of them are seen.
        dataset = windows.load_windows(
            tmp_path, batch_size=batch_size, noise_px=3.0, steps=60 // batch_size
        )
        found = {}
        for keypoints, targets in dataset:
            for x, y in zip(keypoints.numpy(), targets["pose"].numpy(), strict=True):
                found.setdefault(y.tobytes(), x.tobytes())
        return found

    small, large = windows_by_pose(2), windows_by_pose(30)
    shared = set(small) & set(large)
    assert len(shared) > 30
    assert all(small[pose] == large[pose] for pose in shared)


def test_flips_and_noise_reach_the_windows(tmp_path):
    record_sets.write(tmp_path, {"train": takes(*[200] * 10)})
    dataset = windows.load_windows(tmp_path, batch_size=50, flip=True, noise_px=2.0)
    mirror = list(skeletons.get("human36m_17").mirror)
    noise, flipped = [], []
    for keypoints, targets in dataset:
        for x, y in zip(keypoints.numpy(), targets["pose"].numpy(), strict=True):
            view, frame = y[:, record_sets.HEAD, 0], y[:, record_sets.HEAD, 1]
            flipped.append(view[0] < 0)
            if flipped[-1]:
                x, y = x[:, mirror] * [-1, 1], y[:, mirror] * [-1, 1, 1]
            joint = np.arange(17) / 10
            expected = np.abs(view)[:, None] * joint
            np.testing.assert_allclose(y[..., 0], expected, rtol=1e-5)
            pixels = np.stack(
                [frame[:, None] + joint / 10, np.abs(view)[:, None] + joint / 10], -1
            )
            noise.append((x + [1, 0.8]) * 500 - pixels)
    noise = np.array(noise)
    assert noise.size == 500 * 4 * 17 * 2
    # Four standard errors of 68,000 draws.
    assert abs(noise.mean()) < 4 * 2 / 68000**0.5
    assert abs(noise.std() - 2) < 4 * 2 / (2 * 68000) ** 0.5
    assert abs(np.mean(flipped) - 0.5) < 4 * 0.5 / 500**0.5
