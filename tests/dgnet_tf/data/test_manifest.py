import dataclasses
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


def _shard_of(**fields):
    """Returns a change of the first shard of the split "train"."""
    return lambda content: content["splits"]["train"]["shards"][0].update(fields)


def _split_of(**fields):
    return lambda content: content["splits"]["train"].update(fields)


@pytest.mark.parametrize(
    "change, message",
    [
        *(
            (lambda content, fps=fps: content.update(fps=fps), "field 'fps' must be")
            for fps in ("x", [50], 0, -1, True, None, float("nan"), 1e999, 10**400)
        ),
        (lambda c: c.update(record_frames="16"), "'record_frames' must be a whole"),
        (lambda c: c.update(record_frames=10**18), "'record_frames' must be at most"),
        (lambda c: c.update(record_overlap=16), "'record_overlap' must be less than"),
        (lambda c: c.update(dataset="../other"), "'dataset' must be a name without"),
        (lambda c: c.update(options={"x": float("inf")}), "'options.x' must hold fin"),
        (
            lambda c: c["splits"].update(dev={}),
            "entry of field 'splits' must be",
        ),
        (_split_of(frames=10**18), "'splits.train.frames' must be at most"),
        (_split_of(frames=60.0), "'splits.train.frames' must be a whole number"),
        (_split_of(frames=5), "'splits.train.records' must be no less than sequences"),
        (_split_of(records=5), "'splits.train.records' must be 6, the sum of the sh"),
        (
            _split_of(mean_pose=[[0, 0, 0]]),
            "'splits.train.mean_pose' must be a list",
        ),
        (_split_of(mean_pose=[[0, 0]] * 17), "no field 'splits.train.mean_pose\\[0\\]"),
        (
            _split_of(mean_pose=[[0, 0, float("nan")]] * 17),
            "\\[0\\]\\[2\\]' must be fin",
        ),
        (_shard_of(records=True), "shards\\[0\\].records' must be a whole num"),
        (_shard_of(bytes=-1), "shards\\[0\\].bytes' must be at least 0"),
        (_shard_of(sha256="00"), "shards\\[0\\].sha256' must be a SHA-256"),
        *(
            (_shard_of(file=name), "shards\\[[01]\\].file' must be")
            for name in ("../a.tfrecord", "/etc/passwd", "test-00000-of-00002.tfrecord")
            + ("train-00001-of-00002.tfrecord", "x" * 10**5, "a\nb", "")
        ),
    ],
)
def test_a_field_of_wrong_type_range_or_sum_is_refused(data_dir, change, message):
    path = data_dir / "dataset.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    with pytest.raises(UserError, match=message) as error:
        manifest.read(data_dir)
    assert str(path) in str(error.value) and "Convert" in str(error.value)
    assert len(str(error.value)) < 400 + len(str(path))


def test_what_could_not_be_read_is_not_written(data_dir):
    data = manifest.read(data_dir)
    manifest.check(data, "here/dataset.json")
    with pytest.raises(UserError, match="here/dataset.json: .*'fps' must be at most"):
        manifest.check(dataclasses.replace(data, fps=1e6), "here/dataset.json")


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
