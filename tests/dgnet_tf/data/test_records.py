import numpy as np
import pytest
import tensorflow as tf
from support import record_sets

from dgnet_tf.data import records
from dgnet_tf.errors import UserError

L, N = 6, 3


@pytest.fixture
def record():
    generator = np.random.default_rng(0)
    return {
        "keypoints": generator.normal(size=(L, N, 2)).astype(np.float32),
        "confidence": generator.random((L, N)).astype(np.float32),
        "positions": generator.normal(size=(L, N, 3)).astype(np.float32),
        "valid": np.array([1, 0, 1, 1, 0, 0]),
        "intrinsics": generator.normal(size=9).astype(np.float32),
        "image_size": np.array([1920, 1080], np.float32),
        "fps": np.float32(59.94),
        "frames": 4,
        "first_frame": 2**40,
        "view_frames": 2**40 + 4,
        "subject": "S1",
        "action": "SittingDown é",
        "take": "2",
        "camera": "54138969",
    }


def test_every_field_survives_encoding_and_parsing(record):
    parsed = records.parse(records.encode(record, L, N), L, N)
    assert set(parsed) == set(records.FIELDS) == set(record)
    for name, field in records.FIELDS.items():
        value = parsed[name].numpy()
        if field.dtype is bytes:
            assert value.decode() == record[name]
        else:
            assert value.dtype == field.dtype
            np.testing.assert_array_equal(value, record[name])


def test_parsing_in_a_graph_gives_static_shapes(record):
    parse = tf.function(lambda serialized: records.parse(serialized, L, N))
    outputs = parse.get_concrete_function(tf.TensorSpec((), tf.string)).outputs
    shapes = sorted(tuple(output.shape) for output in outputs)
    expected = [(), (), (), (), (), (), (), (), (2,), (L,), (L, N), (L, N, 2)]
    assert shapes == sorted([*expected, (L, N, 3), (9,)])


def test_bytes_do_not_depend_on_the_order_of_fields(record):
    turned = dict(reversed(record.items()))
    assert records.encode(turned, L, N) == records.encode(record, L, N)


def test_the_key_names_ids_and_first_frame(record):
    record["first_frame"] = 97
    assert records.key(record) == "S1/SittingDown é/2/54138969/00000097"


@pytest.mark.parametrize(
    "change, message",
    [
        (
            {"keypoints": np.zeros((L, N, 3))},
            "'keypoints' must have shape",
        ),
        ({"valid": np.ones(L - 1)}, r"'valid' must have shape \(6,\), got \(5,\)"),
        ({"positions": np.full((L, N, 3), np.nan)}, "'positions' .* not finite"),
        ({"fps": np.inf}, "'fps' has values that are not finite"),
        ({"joints": 17}, r"unknown fields: \['joints'\]"),
    ],
)
def test_a_wrong_field_is_named(record, change, message):
    with pytest.raises(ValueError, match=message):
        records.encode({**record, **change}, L, N)


def test_a_missing_field_is_named(record):
    del record["camera"]
    with pytest.raises(ValueError, match=r"missing or unknown fields: \['camera'\]"):
        records.encode(record, L, N)


def test_records_are_read_back_with_ids_as_text(tmp_path):
    rows = record_sets.record_list(record_sets.Take(7, 30))
    record_sets.write_file(tmp_path / "a", rows, 16, 17)
    read = list(records.of_file(str(tmp_path / "a"), 16, 17))
    assert [row["first_frame"] for row in read] == [0, 10, 20]
    assert read[1]["subject"] == "S007"
    np.testing.assert_array_equal(read[1]["positions"], rows[1]["positions"])


@pytest.mark.parametrize("damage", ["cut", "changed byte", "another layout"])
def test_damaged_files_are_refused_by_name(tmp_path, damage):
    path = tmp_path / "a.tfrecord"
    rows = record_sets.record_list(record_sets.Take(7, 30))
    record_sets.write_file(path, rows, 16, 17)
    content = bytearray(path.read_bytes())
    if damage == "cut":
        del content[-100:]
    if damage == "changed byte":
        content[len(content) // 2] ^= 1
    path.write_bytes(content)
    joints = 16 if damage == "another layout" else 17
    with pytest.raises(UserError, match=r"a\.tfrecord: damaged, .* Convert again"):
        list(records.of_file(str(path), 16, joints))


@pytest.mark.parametrize(
    "field, values, message",
    [
        ("positions", [float("nan")] * 3, "'positions' is not finite"),
        ("fps", [float("inf")], "'fps' is not finite"),
        ("frames", [17], "has 17 frames from 0 on, of 30"),
        ("frames", [0], "has 0 frames from 0 on"),
        ("first_frame", [-1], "has 16 frames from -1 on"),
        ("view_frames", [15], "has 16 frames from 0 on, of 15"),
        ("subject", [b"\xff"], "damaged, or its records are not"),
    ],
)
def test_what_is_never_written_is_refused(tmp_path, field, values, message):
    row = record_sets.record_list(record_sets.Take(7, 30))[0]
    example = tf.train.Example.FromString(records.encode(row, 16, 17))
    feature = example.features.feature[field]
    found = getattr(feature, feature.WhichOneof("kind")).value
    found[: len(values)] = values
    with tf.io.TFRecordWriter(str(tmp_path / "a.tfrecord")) as writer:
        writer.write(example.SerializeToString())
    with pytest.raises(UserError, match=rf"a\.tfrecord: .*{message}.* Convert again"):
        list(records.of_file(str(tmp_path / "a.tfrecord"), 16, 17))


@pytest.mark.parametrize("length", [0, 1, 10**6, 2**60, 2**64 - 1])
def test_a_length_that_is_not_there_is_refused_before_tensorflow_sees_it(
    tmp_path, length
):
    path = tmp_path / "a.tfrecord"
    rows = record_sets.record_list(record_sets.Take(7, 30))
    record_sets.write_file(path, rows, 16, 17)
    assert records.count_records(path) == 3
    content = bytearray(path.read_bytes())
    content[:8] = length.to_bytes(8, "little")
    path.write_bytes(content)
    with pytest.raises(UserError, match="a.tfrecord: damaged: it ends within a record"):
        records.count_records(path)
