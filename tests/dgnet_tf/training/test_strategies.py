"""Strategies: each worker's part of a batch, and what is refused."""

import json

import numpy as np
import pytest
import tensorflow as tf
from support.marks import KERAS_2, multi_worker

from dgnet_tf.errors import UserError
from dgnet_tf.training import strategies


@pytest.mark.parametrize("workers,devices_each", [(2, 1), (2, 2), (3, 1), (1, 2)])
def test_parts_of_the_workers_make_the_batch_in_order(workers, devices_each):
    batches = tf.data.Dataset.range(36).batch(12, drop_remainder=True)
    batches = batches.map(lambda x: (x, {"pose": -x}))
    replicas = workers * devices_each
    parts = [
        list(strategies.worker_part(batches, workers, i, replicas))
        for i in range(workers)
    ]
    for step in range(3):
        found = [
            parts[worker][step * devices_each + device]
            for worker in range(workers)
            for device in range(devices_each)
        ]
        assert {x.shape for x, _ in found} == {(12 // replicas,)}
        seen = np.concatenate([x for x, _ in found])
        np.testing.assert_array_equal(seen, np.arange(12 * step, 12 * step + 12))
        np.testing.assert_array_equal(
            np.concatenate([y["pose"] for _, y in found]), -seen
        )


def test_one_device_writes_to_the_run_folder_itself(tmp_path):
    assert strategies.is_chief(None)
    with strategies.own_folder(None, tmp_path) as folder:
        assert folder == tmp_path


def test_one_device_cannot_be_mirrored():
    with pytest.raises(UserError, match=r"at least two devices.*--strategy=none"):
        strategies.make("mirrored", 8)


@pytest.mark.skipif(KERAS_2, reason="Keras 2 trains over several processes")
def test_keras_3_says_what_trains_over_several_processes(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", "{}")
    with pytest.raises(UserError, match=r"Keras 2.*requirements-addons\.txt"):
        strategies.make("multi_worker", 8)


TWO = {"worker": ["a:1", "b:1"]}


@multi_worker
@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        json.dumps({"cluster": {"worker": ["a:1"]}, "task": {"type": "worker"}}),
        json.dumps({"cluster": TWO, "task": {"type": "worker", "index": 2}}),
        json.dumps({"cluster": TWO, "task": {"type": "worker", "index": "0"}}),
        json.dumps({"cluster": TWO, "task": {"type": "chief", "index": 0}}),
        json.dumps({"cluster": ["a:1", "b:1"], "task": {"type": 0, "index": 0}}),
        json.dumps(
            {
                "cluster": {"worker": ["a:1", "a:1"]},
                "task": {"type": "worker", "index": 0},
            }
        ),
        json.dumps(
            {"cluster": {**TWO, "ps": ["c:1"]}, "task": {"type": "ps", "index": 0}}
        ),
    ],
)
def test_a_wrong_cluster_is_refused_before_anything_waits(text, monkeypatch):
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(UserError, match="TF_CONFIG"):
        strategies.make("multi_worker", 8)
