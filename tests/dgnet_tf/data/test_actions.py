"""Training and reading chosen actions: whole names, exact counts, clear errors."""

import csv
import dataclasses

import numpy as np
import pytest
from support import record_sets
from support.record_sets import all_frames, digest, frame_counts, trace

from dgnet_tf.config import config
from dgnet_tf.data import actions, manifest, windows
from dgnet_tf.errors import UserError
from dgnet_tf.training import fit


@dataclasses.dataclass(frozen=True)
class Take(record_sets.Take):
    """A view of a named action."""

    action: str = "Sitting"

    def ids(self):
        return {**super().ids(), "action": self.action}


SITTING = [Take(1, 60), Take(2, 45)]
SITTING_DOWN = [Take(3, 80, action="SittingDown")]
DANCE = [Take(4, 33, action="dance, arms high")]
INVALID = [Take(5, 20, invalid=tuple(range(0, 20, 3)), action="Fall")]
TRAIN = SITTING + SITTING_DOWN + DANCE + INVALID


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    splits = {"train": TRAIN, "validation": [Take(6, 30, action="Jump")] + SITTING}
    return record_sets.write(tmp_path_factory.mktemp("set"), splits)


def test_frames_that_records_share_count_once(data_dir):
    data = manifest.read(data_dir)
    assert actions.count(data_dir, data, "train") == {
        "Fall": 20,
        "Sitting": 105,
        "SittingDown": 80,
        "dance, arms high": 33,
    }
    assert sum(actions.count(data_dir, data, "train").values()) == (
        data.splits["train"].frames
    )


def test_sitting_is_not_sitting_down(data_dir):
    for names, views in [
        (["Sitting"], SITTING),
        (["SittingDown"], SITTING_DOWN),
        (["Sitting", "dance, arms high"], SITTING + DANCE),
    ]:
        dataset = windows.load_windows(
            data_dir, frames=1, batch_size=1, actions=names, epochs=1
        )
        counts = frame_counts(trace(dataset))
        assert set(counts) == all_frames(views)
        # One frame a window: an epoch of all frames sees each once.
        assert set(counts.values()) == {1}


def test_an_epoch_of_an_action_has_its_own_length(data_dir):
    dataset = windows.load_windows(data_dir, batch_size=4, actions=["Sitting"])
    assert int(dataset.cardinality()) == len(list(dataset)) == 105 // 16
    assert len(windows.load_windows(data_dir, batch_size=4)) == 238 // 16


def test_an_action_is_read_in_order(data_dir):
    dataset = windows.load_windows(data_dir, "validation", actions=["Sitting"])
    traced = trace(dataset)
    assert set(frame_counts(traced)) == all_frames(SITTING)
    assert traced == sorted(traced)
    assert int(dataset.cardinality()) == len(list(dataset))


@pytest.mark.slow
def test_the_same_seed_gives_the_same_batches(data_dir):
    def of(**arguments):
        return digest(
            windows.load_windows(
                data_dir,
                batch_size=8,
                actions=["Sitting", "SittingDown"],
                flip=True,
                noise_px=1.0,
                **arguments,
            )
        )

    assert of(epochs=2, seed=3) == of(epochs=2, seed=3) != of(epochs=2, seed=4)
    whole = windows.load_windows(
        data_dir, actions=["Sitting"], batch_size=8, epochs=3, seed=3
    )
    rest = windows.load_windows(
        data_dir, actions=["Sitting"], batch_size=8, epochs=3, first_epoch=1, seed=3
    )
    assert digest(whole.skip(len(whole) // 3)) == digest(rest)


def test_no_action_is_all_actions(data_dir):
    dataset = windows.load_windows(data_dir, batch_size=8, seed=1, epochs=1)
    named = windows.load_windows(
        data_dir, batch_size=8, seed=1, epochs=1, actions=[], steps=len(dataset)
    )
    assert digest(dataset) == digest(named)


@pytest.mark.parametrize(
    "names, message",
    [
        (["Sit"], "no action 'Sit' in the split 'train'.*Fall,Sitting,SittingDown"),
        (["Sitting", "sitting"], "no action 'sitting'"),
        (["dance"], "no action 'dance'.*\"dance, arms high\".*double quotes"),
        (["Jump"], "action 'Jump' has no frame in the split 'train'"),
        (["Fall"], "no window of 4 valid frames at stride 1 in 3 .* files of Fall"),
    ],
)
def test_actions_that_cannot_be_trained_on_are_refused(data_dir, names, message):
    with pytest.raises(UserError, match=message):
        windows.load_windows(data_dir, actions=names)


def test_a_name_alone_is_no_sequence_of_names(data_dir):
    with pytest.raises(ValueError, match="`actions` must be a sequence of names"):
        windows.load_windows(data_dir, actions="Sitting")


def test_a_worker_whose_files_lack_the_action_is_told_so(tmp_path):
    record_sets.write(tmp_path, {"train": [*DANCE, *SITTING_DOWN]}, shards=5)
    data = manifest.read(tmp_path)
    holds = [
        "dance" in str((tmp_path / shard.file).read_bytes())
        for shard in data.splits["train"].shards
    ]
    assert not all(holds)
    with pytest.raises(UserError, match='in 1 training files of "dance, arms high"'):
        windows.load_windows(
            tmp_path,
            actions=["dance, arms high"],
            num_shards=5,
            shard_index=holds.index(False),
        )


def test_a_damaged_file_is_refused(tmp_path):
    record_sets.write(tmp_path, {"train": TRAIN}, shards=1)
    (path,) = tmp_path.glob("*.tfrecord")
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match="a file is damaged"):
        actions.count(tmp_path, manifest.read(tmp_path), "train")


@pytest.mark.slow
def test_training_sees_the_chosen_actions_alone(data_dir, tmp_path, monkeypatch):
    seen, load_windows = [], windows.load_windows

    def watch(*arguments, **named):
        dataset = load_windows(*arguments, **named)
        seen.append((arguments[1], dataset))
        return dataset

    monkeypatch.setattr(fit, "load_windows", watch)
    chosen = config.make(
        "smoke",
        channels=4,
        blocks=1,
        spatial_unit="fsg",
        temporal_unit="",
        epochs=1,
        steps_per_epoch=0,
        flip=False,
        actions='SittingDown,"dance, arms high"',
    )
    run = fit.train(chosen, data_dir, tmp_path / "run", progress=False)
    assert run.config.actions == 'SittingDown,"dance, arms high"'
    (validation,) = [dataset for split, dataset in seen if split == "validation"]
    (trained,) = [dataset for split, dataset in seen if split == "train"]
    assert len(trained) == (80 + 33) // (4 * 8)
    assert {view for view, *_ in trace(trained)} <= {3, 4}
    assert {view for view, *_ in trace(validation)} == {6, 1, 2}
    with open(tmp_path / "run" / "history.csv", newline="") as file:
        (row,) = csv.DictReader(file)
    assert np.isfinite(float(row["val_pose_mpjpe_mm"]))


def test_training_on_an_unknown_action_leaves_nothing_behind(data_dir, tmp_path):
    chosen = config.make("smoke", channels=4, blocks=1, actions="Sit")
    with pytest.raises(UserError, match="no action 'Sit'"):
        fit.train(chosen, data_dir, tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()
