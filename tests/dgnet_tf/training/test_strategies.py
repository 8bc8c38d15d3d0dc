"""Strategies: each worker's part of a batch, and what is refused."""

import importlib.machinery
import importlib.util
import json
import sys
import types

import numpy as np
import pytest
import tensorflow as tf
from support.lifting.lifting_stand_ins import command_error
from support.marks import KERAS_2, multi_worker

from dgnet_tf import train
from dgnet_tf.errors import UserError
from dgnet_tf.training import keras_2, strategies


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
@pytest.mark.parametrize("late", [False, True])
def test_keras_3_says_what_trains_over_several_processes(late, monkeypatch):
    monkeypatch.setenv("TF_CONFIG", "{}")
    monkeypatch.setitem(sys.modules, "tf_keras", types.ModuleType("tf_keras"))
    sys.modules["tf_keras"].__spec__ = importlib.machinery.ModuleSpec("tf_keras", None)
    # Set too late, it leaves the Keras that is there.
    monkeypatch.setenv(keras_2.SWITCH, "1" if late else "0")
    with pytest.raises(UserError, match="Set .* TF_USE_LEGACY_KERAS=1 on each worker"):
        strategies.make("multi_worker", 8)


@pytest.mark.skipif(KERAS_2, reason="Keras 2 comes with TensorFlow 2.15")
def test_what_is_missing_for_several_machines_is_told_before_tensorflow_starts(
    monkeypatch, capsys, tiny_data, tmp_path
):
    find = importlib.util.find_spec

    def without_tf_keras(name):
        return None if name == "tf_keras" else find(name)

    monkeypatch.setattr(importlib.util, "find_spec", without_tf_keras)
    monkeypatch.setenv(keras_2.SWITCH, "1")
    said = command_error(
        capsys,
        train,
        f"--data={tiny_data}",
        f"--workdir={tmp_path / 'run'}",
        "--strategy=multi_worker",
    )
    assert "needs tf-keras, which is not installed" in said
    assert "pip install 'dgnet-tf[multi-worker]'" in said
    assert not list(tmp_path.iterdir())
    keras_2.check_is_there("mirrored")


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
