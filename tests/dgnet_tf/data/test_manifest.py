import json

import pytest
from support import record_sets

from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError


@pytest.fixture
def data_dir(tmp_path):
    splits = {"train": record_sets.takes(40, 20), "test": record_sets.takes(7)}
    return record_sets.write(tmp_path, splits, shards=2)


def _edit(data_dir, **fields):
    path = data_dir / "dataset.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def test_a_manifest_survives_writing_and_reading(data_dir):
    data = manifest.read(data_dir)
    assert manifest.dumps(data) == (data_dir / "dataset.json").read_text()
    assert (data.record_frames, data.record_overlap, data.joints) == (16, 6, 17)
    train = data.splits["train"]
    assert (train.sequences, train.frames, train.records) == (2, 60, 6)
    assert train.subjects == ("S001", "S002")
    assert train.mean_pose == ((0.0, 0.0, 0.0),) * 17
    assert [shard.records for shard in train.shards] == [3, 3]


def test_data_sets_with_and_without_a_licence_are_read(data_dir):
    path = data_dir / "dataset.json"
    _edit(data_dir, licence="For research only.")
    stated = manifest.read(data_dir)
    assert manifest.summary(stated)["licence"] == stated.licence == "For research only."
    content = json.loads(path.read_text())
    del content["licence"]  # As earlier versions wrote it.
    path.write_text(json.dumps(content))
    assert manifest.read(data_dir).licence == ""
    assert "licence" not in manifest.summary(manifest.read(data_dir))


def test_shard_paths_come_in_order(data_dir):
    paths = manifest.shard_paths(data_dir, manifest.read(data_dir), "train")
    assert paths == [
        str(data_dir / f"train-0000{i}-of-00002.tfrecord") for i in range(2)
    ]


def test_a_missing_manifest_is_refused(tmp_path):
    with pytest.raises(UserError, match="dataset.json: not found. Convert"):
        manifest.read(tmp_path)


@pytest.mark.parametrize(
    "fields, message",
    [
        ({"version": 99}, "field 'version' is 99, this code reads 1"),
        ({"skeleton": "octopus"}, "field 'skeleton' must be one of .* got 'octopus'"),
        ({"color": "red"}, "not a valid manifest: .*color"),
        ({"splits": 3}, "not a valid manifest"),
        ({"licence": 3}, "not a valid manifest: field 'licence' must be text, got 3"),
    ],
)
def test_a_manifest_of_other_content_is_refused(data_dir, fields, message):
    _edit(data_dir, **fields)
    with pytest.raises(UserError, match=message):
        manifest.read(data_dir)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_a_file_that_is_no_manifest_is_refused(tmp_path, text):
    (tmp_path / "dataset.json").write_text(text)
    with pytest.raises(UserError, match="dataset.json: not a valid manifest"):
        manifest.read(tmp_path)


def _shard(data_dir):
    return data_dir / "train-00001-of-00002.tfrecord"


def _refused(data_dir, **options) -> str:
    """Asks for shards that do not fit their manifest; the message."""
    data = manifest.read(data_dir)
    with pytest.raises(UserError) as error:
        manifest.shard_paths(data_dir, data, "train", **options)
    return str(error.value)


@pytest.mark.parametrize("verify", [True, False])
def test_a_missing_shard_is_refused(data_dir, verify):
    _shard(data_dir).unlink()
    message = "train-00001-of-00002.tfrecord: named in dataset.json but missing"
    assert message in _refused(data_dir, verify=verify)


@pytest.mark.parametrize("verify", [True, False])
def test_a_truncated_shard_is_refused(data_dir, verify):
    content = _shard(data_dir).read_bytes()
    _shard(data_dir).write_bytes(content[:-1])
    message = f"has {len(content) - 1} bytes where dataset.json says {len(content)}"
    assert message in _refused(data_dir, verify=verify)


def test_a_shard_with_one_changed_byte_is_refused(data_dir):
    content = bytearray(_shard(data_dir).read_bytes())
    content[len(content) // 2] ^= 1
    _shard(data_dir).write_bytes(content)
    message = "train-00001-of-00002.tfrecord: its sha256 differs"
    assert message in _refused(data_dir)


def test_a_split_that_was_not_converted_is_refused(data_dir):
    data = manifest.read(data_dir)
    message = r"no split 'validation', only \['test', 'train'\].*--validation_subjects"
    with pytest.raises(UserError, match=message):
        manifest.shard_paths(data_dir, data, "validation")
    with pytest.raises(ValueError, match="`split` must be one of .* got 'dev'"):
        manifest.shard_paths(data_dir, data, "dev")
