import hashlib

import pytest
import tensorflow as tf

from dgnet_tf.errors import UserError
from preprocessing.conversion import recording_files, shards

KEYS = [f"anna/walk/{take}/c0/{first:08d}" for take in "ab" for first in range(10)]


def entries(tmp_path, keys=KEYS):
    """Each record's payload is its key; two files, keys alternating."""
    halves = [
        recording_files.write_records(
            str(tmp_path / name), [(key, key.encode()) for key in half]
        )
        for name, half in (("odd", keys[1::2]), ("even", keys[::2]))
    ]
    return halves[0] + halves[1]


def stored(folder, written):
    paths = [str(folder / shard.file) for shard in written]
    return [key.decode() for key in tf.data.TFRecordDataset(paths).as_numpy_iterator()]


def test_the_number_of_shards_grows_with_size_but_not_past_the_records():
    mib = 2**20
    assert shards.count("train", 1000, 10 * mib) == 8
    assert shards.count("train", 5, 10 * mib) == 5
    assert shards.count("train", 1000, 8 * 64 * mib) == 8
    assert shards.count("train", 1000, 8 * 64 * mib + 1) == 16
    assert shards.count("test", 1000, 10 * mib) == 1
    assert shards.count("validation", 1000, 65 * mib) == 2


def test_test_records_are_written_view_by_view_in_frame_order(tmp_path):
    written = shards.merge(tmp_path, "test", entries(tmp_path))
    assert [shard.file for shard in written] == ["test-00000-of-00001.tfrecord"]
    assert stored(tmp_path, written) == sorted(KEYS)


def test_training_records_are_mixed_by_a_hash_of_their_key(tmp_path):
    written = shards.merge(tmp_path, "train", entries(tmp_path))
    assert written[7].file == "train-00007-of-00008.tfrecord"
    found = stored(tmp_path, written)
    assert found == sorted(KEYS, key=lambda k: hashlib.sha256(k.encode()).hexdigest())
    assert found != sorted(KEYS)
    assert {shard.records for shard in written} == {2, 3}


def test_shards_state_their_size_and_digest(tmp_path):
    for shard in shards.merge(tmp_path, "train", entries(tmp_path)):
        content = (tmp_path / shard.file).read_bytes()
        assert len(content) == shard.bytes
        assert hashlib.sha256(content).hexdigest() == shard.sha256
        records = tf.data.TFRecordDataset(str(tmp_path / shard.file))
        assert len(list(records)) == shard.records


def test_the_same_key_twice_is_an_error(tmp_path):
    with pytest.raises(UserError, match=f"both named '{KEYS[3]}'"):
        shards.merge(tmp_path, "train", entries(tmp_path, [*KEYS, KEYS[3]]))
