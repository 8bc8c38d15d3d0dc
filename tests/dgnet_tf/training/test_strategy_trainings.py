"""Several devices and processes train like one: trainings in processes of their own."""

import csv
import importlib.util
import json
import os
import socket
import subprocess
import sys

import numpy as np
import pytest
from support.marks import KERAS_2, multi_worker

from dgnet_tf.config import config
from dgnet_tf.data.windows import load_windows
from dgnet_tf.errors import UserError
from dgnet_tf.models import runs
from dgnet_tf.training import fit

# Epochs of one step: history.csv holds each step's loss. All joints are neighbours of
# each other, so that no rounding can switch one and send the curves apart. Units are of
# one operation: most of the time goes into tracing the step, once for each device.
FIELDS = {
    "channels": 8,
    "blocks": 1,
    "spatial_unit": "dsg",
    "temporal_unit": "dtg",
    "epochs": 5,
    "steps_per_epoch": 1,
    "connection": "full",
    "noise_px": 1.0,
    "random_cameras": 0.5,
    "weight_average": 0.5,
}
# Float32 carries 6e-8; five steps of sums in another order came out 2e-7 apart. Batch
# statistics of each device alone give 7e-3.
RELATIVE = 1e-5
TRAIN = """
import json, sys
import tensorflow as tf

data, workdir, devices, fields = sys.argv[1:]
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(
    cpu, [tf.config.LogicalDeviceConfiguration()] * int(devices)
)
from dgnet_tf.config import config
from dgnet_tf.errors import UserError
from dgnet_tf.training import fit

try:
    fit.train(config.make("smoke", **json.loads(fields)), data, workdir, False)
except UserError as error:
    sys.exit(f"refused: {error}")
"""


@pytest.fixture(scope="module")
def data(walkers):
    return walkers


@pytest.fixture(scope="module")
def one_device(data, tmp_path_factory):
    """Folder of the run that the others are compared with."""
    folder = tmp_path_factory.mktemp("strategies") / "one"
    fit.train(config.make("smoke", **FIELDS), data, folder, progress=False)
    return folder


def start(data, workdir, devices=1, tf_config=None, **overrides):
    """Starts a training in a process of its own."""
    fields = json.dumps({**FIELDS, **overrides})
    command = [sys.executable, "-W", "ignore", "-c", TRAIN]
    environment = {**os.environ, "TF_CONFIG": json.dumps(tf_config or {})}
    return subprocess.Popen(
        [*command, str(data), str(workdir), str(devices), fields],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def start_workers(data, workdirs, **overrides):
    """Starts one process for each folder; all are one cluster on this machine."""
    sockets = [socket.create_server(("localhost", 0)) for _ in workdirs]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    cluster = {"worker": [f"localhost:{port}" for port in ports]}
    return [
        start(
            data,
            workdir,
            tf_config={"cluster": cluster, "task": {"type": "worker", "index": index}},
            strategy="multi_worker",
            **overrides,
        )
        for index, workdir in enumerate(workdirs)
    ]


def finish(*processes, seconds=600):
    """Waits for processes and returns what they wrote to stderr; a hang fails."""
    try:
        return [process.communicate(timeout=seconds)[1] for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def check_same_training(folder, one_device):
    """Compares the loss of each step and, after it, that of the validation."""
    curves = []
    for run in (one_device, folder):
        with open(run / "history.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == runs.load(run).config.epochs
        curves.append([[float(row["loss"]), float(row["val_loss"])] for row in rows])
    np.testing.assert_allclose(curves[0], curves[1], rtol=RELATIVE)
    assert len(np.unique(curves[0])) == np.size(curves[0])
    return curves[1]


@pytest.mark.slow
def test_two_mirrored_devices_train_like_one(data, one_device, tmp_path):
    process = start(data, tmp_path / "run", devices=2, strategy="mirrored")
    (said,) = finish(process)
    assert process.returncode == 0, said
    check_same_training(tmp_path / "run", one_device)


@pytest.mark.slow
@multi_worker
def test_two_workers_train_like_one_and_only_the_chief_writes(
    data, one_device, tmp_path
):
    workdir = tmp_path / "run"
    workers = start_workers(data, [workdir, workdir])
    said = finish(*workers)
    assert [worker.returncode for worker in workers] == [0, 0], said
    check_same_training(workdir, one_device)
    names = {path.name for path in workdir.iterdir()}
    assert names == {path.name for path in one_device.iterdir()}
    events = [
        len(list((run / "tensorboard").rglob("*tfevents*")))
        for run in (workdir, one_device)
    ]
    assert events == [2, 2]  # Training and validation, of one process.

    # Killed before the last epoch's checkpoint, it goes on.
    (workdir / "model.keras").unlink()
    for path in (workdir / "checkpoints").glob("ckpt-5.*"):
        path.unlink()
    (workdir / "checkpoints" / "checkpoint").write_text(
        'model_checkpoint_path: "ckpt-4"\nall_model_checkpoint_paths: "ckpt-4"\n'
    )
    workers = start_workers(data, [workdir, workdir])
    said = finish(*workers)
    assert [worker.returncode for worker in workers] == [0, 0], said
    check_same_training(workdir, one_device)

    # A worker that does not see the chief's folder would start at epoch 0.
    workers = start_workers(data, [workdir, tmp_path / "elsewhere"])
    for said in finish(*workers):
        assert "refused: The workers differ in their checkpoints" in said
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.slow
@pytest.mark.skipif(KERAS_2, reason="Keras 2 comes with TensorFlow 2.15")
@pytest.mark.skipif(not importlib.util.find_spec("tf_keras"), reason="needs tf-keras")
def test_tf_keras_trains_two_workers_like_one_and_keras_3_reads_them(
    data, tmp_path, monkeypatch
):
    monkeypatch.setenv("TF_USE_LEGACY_KERAS", "1")
    workdir = tmp_path / "run"
    alone = start(data, tmp_path / "one", epochs=2)
    workers = start_workers(data, [workdir, workdir], epochs=2)
    said = finish(alone, *workers)
    assert [process.returncode for process in (alone, *workers)] == [0, 0, 0], said
    losses = check_same_training(workdir, tmp_path / "one")
    versions = json.loads((workdir / "versions.json").read_text())
    assert versions["keras"].startswith("2.")

    # The test's own Keras computes from the weights what they were validated with.
    run = runs.load(workdir)
    fit.compile_model(run.model, run.config, 1, jit_compile=False)
    validation = load_windows(
        data,
        "validation",
        frames=run.config.frames,
        batch_size=run.config.batch_size,
        targets=sorted(run.model.output_names),
        drop_remainder=True,
    )
    found = run.model.evaluate(validation, return_dict=True, verbose=0)
    assert found["loss"] == pytest.approx(losses[-1][1], rel=RELATIVE)


PREFETCH = """
import tensorflow as tf
from dgnet_tf.training import strategies

keras = tf.keras
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(
    cpu, [tf.config.LogicalDeviceConfiguration()] * 2
)
batches = tf.data.Dataset.range(12).map(lambda i: tf.fill([4, 3], tf.cast(i, "float")))
batches = batches.map(lambda x: (x, {"pose": 2 * x}))
copied = strategies.prefetched(batches.repeat(), "/CPU:1")
for i, (x, y) in zip(range(24), copied):
    assert x.device.endswith("CPU:1") and y["pose"].device.endswith("CPU:1")
    assert x[0, 0] == i % 12 and y["pose"][3, 2] == 2 * (i % 12)

# Weights stand still: what fit reports tells which batches it saw.
x = keras.Input((3,))
pose = keras.layers.Dense(3, "linear", False, "zeros", name="pose")(x)
model = keras.Model(x, {"pose": pose})
model.compile(keras.optimizers.SGD(0.0), {"pose": "mae"})
seen = model.fit(
    copied,
    epochs=3,
    steps_per_epoch=4,
    validation_data=strategies.prefetched(batches.take(5).repeat(), "/CPU:1"),
    validation_steps=5,
    verbose=0,
).history
assert seen["loss"] == [3.0, 11.0, 19.0] and seen["val_loss"] == [4.0] * 3, seen
"""


@pytest.mark.slow
def test_batches_are_copied_to_the_device_ahead_and_fit_sees_each_once():
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", PREFETCH],
        stderr=subprocess.PIPE,
        text=True,
    )
    (said,) = finish(process)
    assert process.returncode == 0, said


def test_xla_with_a_strategy_is_refused(data, tmp_path):
    asked = config.make("smoke", strategy="mirrored", jit_compile="on")
    with pytest.raises(UserError, match="--jit_compile=on with --strategy=mirrored"):
        fit.train(asked, data, tmp_path / "run", False)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_batch_that_devices_cannot_share_evenly_is_refused(data, tmp_path):
    process = start(
        data, tmp_path / "run", devices=2, strategy="mirrored", batch_size=7
    )
    (said,) = finish(process)
    assert "refused: --batch_size=7" in said
    assert not (tmp_path / "run").exists()
