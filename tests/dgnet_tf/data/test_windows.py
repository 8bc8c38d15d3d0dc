import numpy as np
import pytest
import tensorflow as tf
from support import record_sets
from support.record_sets import Take, all_frames, frame_counts, takes, trace

from dgnet_tf.data import manifest, windows
from dgnet_tf.errors import UserError

keras = tf.keras

TRAIN = takes(40, 3, 16, 17, 53, 26, 100, 9)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    splits = {"train": TRAIN, "validation": takes(40, 3, 17)}
    return record_sets.write(tmp_path_factory.mktemp("set"), splits)


def test_windows_are_normalised_keypoints_and_root_relative_positions(data_dir):
    dataset = windows.load_windows(data_dir, "validation", batch_size=2)
    keypoints, targets = next(iter(dataset))
    # The second window of view 1: frames 4 to 7.
    joint = np.arange(17)
    frame = np.arange(4, 8)[:, None]
    x = 2 * (frame + joint / 100) / 1000 - 1
    y = 2 * (1 + joint / 100 + 0 * frame) / 1000 - 800 / 1000
    np.testing.assert_allclose(keypoints[1], np.stack([x, y], -1), atol=1e-6)
    relative = np.stack([0 * frame + joint, frame * joint, 0 * frame + joint], -1) / 10
    assert set(targets) == {"pose", *(f"block_{i}" for i in range(1, 6))}
    for target in targets.values():
        np.testing.assert_allclose(target[1], relative, atol=1e-5)


def test_positions_are_relative_to_the_skeletons_own_root(tmp_path):
    record_sets.write(tmp_path, {"train": takes(20)}, skeleton="mpi_inf_3dhp_17")
    _, targets = next(iter(windows.load_windows(tmp_path, batch_size=1)))
    zero = np.flatnonzero(np.abs(targets["pose"].numpy()).max(axis=(0, 1, 3)) == 0)
    assert list(zero) == [14]


def test_targets_carry_the_given_names(data_dir):
    dataset = windows.load_windows(data_dir, batch_size=3, targets=["a", "b"])
    keypoints, targets = dataset.element_spec
    assert keypoints.shape == (3, 4, 17, 2)
    assert {name: spec.shape for name, spec in targets.items()} == {
        "a": (3, 4, 17, 3),
        "b": (3, 4, 17, 3),
    }


def test_workers_share_out_the_training_windows(data_dir):
    shares = []
    for index in range(2):
        # So many steps that a worker sees its files more than once.
        dataset = windows.load_windows(
            data_dir, frames=1, batch_size=8, num_shards=2, shard_index=index, steps=60
        )
        shares.append(set(frame_counts(trace(dataset))))
    assert shares[0] and shares[1] and not shares[0] & shares[1]
    assert shares[0] | shares[1] == all_frames(TRAIN)


def test_workers_have_the_same_number_of_steps(data_dir):
    data = manifest.read(data_dir)
    assert data.splits["train"].frames == 264
    assert windows.steps_per_epoch(data, 4, 8, num_shards=2) == 4
    for index in range(2):
        dataset = windows.load_windows(
            data_dir, batch_size=8, num_shards=2, shard_index=index
        )
        assert len(list(dataset)) == 4


def test_more_workers_than_files_are_refused(data_dir):
    with pytest.raises(UserError, match="3 training files for 4 workers"):
        windows.load_windows(data_dir, num_shards=4)


def test_workers_share_out_an_evaluation_exactly(data_dir):
    whole = trace(windows.load_windows(data_dir, "validation"))
    shares = [
        trace(windows.load_windows(data_dir, "validation", num_shards=2, shard_index=i))
        for i in range(2)
    ]
    assert shares[0] and shares[1]
    assert sorted(shares[0] + shares[1]) == sorted(whole)


def test_evaluation_is_ordered_and_complete(data_dir):
    dataset = windows.load_windows(data_dir, "validation", batch_size=4)
    expected = [(1, f, f + 1, f + 2, f + 3) for f in range(0, 40, 4)]
    expected += [(2, 0, 1, 2, 2)]
    expected += [(3, f, f + 1, f + 2, f + 3) for f in (0, 4, 8, 12, 13)]
    assert trace(dataset) == expected
    assert trace(dataset) == expected  # again on a second iteration
    assert int(dataset.cardinality()) == 4
    assert dataset.element_spec[0].shape == (None, 4, 17, 2)


def test_evaluation_keeps_the_last_partial_batch_unless_told_not_to(data_dir):
    sizes = {
        drop: [
            len(keypoints)
            for keypoints, _ in windows.load_windows(
                data_dir, "validation", batch_size=5, drop_remainder=drop
            )
        ]
        for drop in (False, True)
    }
    assert sizes == {False: [5, 5, 5, 1], True: [5, 5, 5]}


def test_training_data_can_be_read_in_order(data_dir):
    traced = trace(windows.load_windows(data_dir, shuffle=False))
    assert set(frame_counts(traced)) == all_frames(TRAIN)


def test_windows_that_do_not_fit_the_overlap_are_refused(data_dir):
    with pytest.raises(UserError, match="overlap by 9 .* by 6.*--record_overlap=9"):
        windows.load_windows(data_dir, frames=4, frame_stride=3)
    windows.load_windows(data_dir, frames=4, frame_stride=2)


def test_data_without_any_window_are_refused(tmp_path):
    invalid = tuple(range(3, 40, 4))
    record_sets.write(tmp_path, {"train": [Take(1, 40, invalid)]})
    with pytest.raises(UserError, match="no window of 4 valid frames at stride 1"):
        windows.load_windows(tmp_path)


def test_evaluations_without_any_batch_are_refused(tmp_path):
    views = {"validation": takes(7), "test": [Take(1, 3, invalid=(0, 1, 2))]}
    record_sets.write(tmp_path, views)
    with pytest.raises(UserError, match="'test' gives 0 windows .* a batch of 1"):
        windows.load_windows(tmp_path, "test")
    with pytest.raises(UserError, match="'validation' gives 2 windows .* batch of 3"):
        windows.load_windows(tmp_path, "validation", batch_size=3, drop_remainder=True)
    assert len(windows.load_windows(tmp_path, "validation", batch_size=3)) == 1


def test_a_damaged_file_is_refused(tmp_path):
    record_sets.write(tmp_path, {"train": takes(40)}, shards=1)
    (path,) = tmp_path.glob("*.tfrecord")
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match="train-00000-of-00001.tfrecord: its sha256"):
        windows.load_windows(tmp_path)
    with pytest.raises(UserError, match="a file is damaged"):
        windows.load_windows(tmp_path, verify=False)


def test_a_damaged_evaluation_file_is_refused(tmp_path):
    record_sets.write(tmp_path, {"test": takes(400)}, shards=1)
    (path,) = tmp_path.glob("*.tfrecord")
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match="a file is damaged"):
        windows.load_windows(tmp_path, "test", verify=False)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"frames": 0}, "`frames` must be at least 1, got 0"),
        ({"batch_size": 0}, "`batch_size` must be at least 1, got 0"),
        ({"frame_stride": 0}, "`frame_stride` must be at least 1, got 0"),
        ({"inputs": "xyz"}, r"`inputs` must be one of \['xy', 'xyc'\], got 'xyz'"),
        ({"noise_px": -1.0}, "`noise_px` must be from 0 to 10,000, got -1.0"),
        ({"epochs": 0}, "`epochs` must be at least 1, got 0"),
        ({"steps": 0}, "`steps` must be at least 1, got 0"),
        ({"epochs": 2, "first_epoch": 2}, "`first_epoch` .* got 2 of 2"),
        ({"first_epoch": 1}, "`first_epoch` .* got 1 of None"),
        ({"shard_index": 1}, "`shard_index` .* got 1 of 1"),
        ({"targets": "pose"}, "`targets` must be a sequence of names, got 'pose'"),
        ({"split": "dev", "shuffle": False}, "`split` must be one of .* got 'dev'"),
        ({"split": "test", "shuffle": True}, "`shuffle` must be False .* 'test'"),
        ({"split": "test", "flip": True}, "augmentation need `shuffle`.*flip=True"),
        ({"split": "test", "noise_px": 1.0}, "need `shuffle`, got .*noise_px=1.0"),
        ({"shuffle": False, "epochs": 2}, "`epochs`.* need `shuffle`, got 2"),
        ({"random_cameras": 1.5}, "`random_cameras` must be from 0 to 1, got 1.5"),
    ],
)
def test_wrong_arguments_are_refused(data_dir, arguments, message):
    with pytest.raises(ValueError, match=message):
        windows.load_windows(data_dir, **arguments)


@pytest.mark.slow
def test_a_model_with_several_outputs_fits(data_dir):
    keypoints = keras.Input((4, 17, 2))
    outputs = {
        name: keras.layers.Dense(3, name=name)(keypoints)
        for name in ("pose", "block_1")
    }
    model = keras.Model(keypoints, outputs)
    rate = keras.optimizers.Adam(0.1)
    model.compile(rate, loss={"pose": "mse", "block_1": "mse"})
    names = list(outputs)
    train = windows.load_windows(data_dir, batch_size=8, targets=names)
    validation = windows.load_windows(data_dir, "validation", targets=names)
    before = model.evaluate(validation, verbose=0, return_dict=True)
    history = model.fit(
        train, epochs=2, validation_data=validation, shuffle=False, verbose=0
    ).history
    assert int(model.optimizer.iterations) == 2 * len(train)
    for name in names:
        assert history[f"val_{name}_loss"][1] < before[f"{name}_loss"]


def test_the_element_spec_is_as_documented(tiny_data):
    names = ("pose", "block_1")

    def spec(batch, **more):
        found = windows.load_windows(tiny_data, batch_size=8, targets=names, **more)
        assert found.element_spec == (
            tf.TensorSpec((batch, 4, 17, 2), tf.float32),
            {name: tf.TensorSpec((batch, 4, 17, 3), tf.float32) for name in names},
        )

    spec(8)
    spec(None, split="test")
    spec(8, split="test", drop_remainder=True)
