"""Our own files: configurations, manifests, reports, what trainings wrote."""

from __future__ import annotations

import functools
import json
import math
import pathlib
import re
from collections.abc import Callable, Iterator

from absl import flags
from support import record_sets
from support.datasets.manifests import DATA

from benchmarks import baseline
from dgnet_tf import skeletons
from dgnet_tf.config import config, fields
from dgnet_tf.config import flags as config_flags
from dgnet_tf.data import manifest
from dgnet_tf.exporting import model_card
from dgnet_tf.files import epoch_history, json_documents
from dgnet_tf.reproduction import cross_action
from dgnet_tf.training import run_folder
from fuzzing import json_damage, text_damage
from fuzzing.target import Damage, Target

_JSON = (json_damage.of_json,)


def targets() -> Iterator[Target]:
    """Yields them."""
    yield Target("dataset.json", _data_set, _read_manifest, _JSON)
    made = json.loads(config.dumps(_config()))
    yield file("config.json", made, _read_config)
    yield file("config-flag.json", made, _read_config_flag)
    for name in ("training.json", "versions.json"):
        yield Target(name, functools.partial(_run, name), _read_origin, _JSON)
    yield file("assets.extra/model_card.json", _card(made), _read_card)
    yield file("job.json", {"data_sha256": "ab" * 32}, cross_action._KIND.read)
    yield file("baseline.json", _BASELINE, _read_baseline)
    yield file("history.csv", _HISTORY, _read_history, (text_damage.of_text,))


def file(
    name: str,
    content: object,
    read: Callable[[pathlib.Path], object],
    damages: tuple[Damage, ...] = _JSON,
    cost: int = 1,
) -> Target:
    """Returns the target of one file, of a text or of what `json.dumps` takes."""

    def write(folder):
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return Target(pathlib.Path(name).name, write, read, damages, cost)


def written(content: object):
    """Asserts that what was read can be written again, as reports and cards are."""
    json_documents.dumps(content)


def check_markdown(text: str):
    """Asserts that no name became markup: outside of code spans it is escaped."""
    assert "<script" not in re.sub(r"`[^`\n]*`", "", text)


def _config():
    return config.make("smoke", skeleton="human36m_17", fps=50.0)


def _check_config(found):
    for name, field in fields.FIELDS.items():
        value = getattr(found, name)
        assert type(value) is field.kind
        assert field.kind is not float or math.isfinite(value)
    written(vars(found))


def _data_set(folder):
    splits = {"train": record_sets.takes(20, 9), "test": record_sets.takes(8)}
    return record_sets.write(folder, splits, shards=2) / manifest.FILE_NAME


def _read_manifest(path):
    found = manifest.read(path.parent)
    assert 0 < found.fps < math.inf and not isinstance(found.fps, bool)
    assert 0 <= found.record_overlap < found.record_frames
    assert found.joints
    for split in found.splits.values():
        counts = split.sequences, split.frames, split.records
        assert all(type(count) is int and count >= 0 for count in counts)
        assert len(split.mean_pose) == found.joints
        assert all(math.isfinite(x) for joint in split.mean_pose for x in joint)
        for shard in split.shards:
            assert pathlib.PurePath(shard.file).name == shard.file
    for split in found.splits:
        manifest.shard_paths(path.parent, found, split, verify=False)
    assert manifest.dumps(found)
    written(manifest.summary(found))


def _read_config(path):
    _check_config(config.read(path))


def _read_config_flag(path):
    values = flags.FlagValues()
    config_flags.define(values)
    values(["train", f"--config={path}"])
    _check_config(config.make(values.preset, **config_flags.asked(values)))


def _run(name, folder):
    run_folder.start(folder, _config(), DATA)
    return folder / name


def _read_origin(path):
    written(model_card.origin(_config(), path.parent))


def _card(made):
    joints = skeletons.get("human36m_17").joints
    return {
        "skeleton": "human36m_17",
        "joints": joints,
        "root": joints[0],
        "fps": 50.0,
        "flip": True,
        "overlap": "mean",
        "stream_frames": 4,
        "min_confidence": 0.1,
        "units": {"keypoints": "pixels", "positions": "metres"},
        "config": made,
        "signatures": {"serving_default": {"inputs": {}, "outputs": {}}},
    }


def _read_card(path):
    found = model_card.read(path.parents[1])
    assert found["skeleton"] in skeletons.SKELETONS


_BASELINE = {
    "suite": "train",
    "preset": "small",
    "figures": [{"name": "steps", "ratio": 1.5}, {"name": "loops", "ratio": 0.7}],
}


def _read_baseline(path):
    found = baseline.read(path, "train", "small")
    assert all(0 < ratio < math.inf for ratio in found.values())


_HISTORY = "epoch,loss,val_pose_mpjpe_mm\n0,9,120\n1,3,61\n2,2.5,\n"


def _read_history(path):
    for row in epoch_history.read(path):
        for name, value in row.items():
            assert isinstance(value, int if name == "epoch" else float)
