"""Distribution strategies by name, and the part of each batch a worker gets."""

from __future__ import annotations

import contextlib
import os
import pathlib
import tempfile
import zlib

import tensorflow as tf

from dgnet_tf.errors import UserError, shortened
from dgnet_tf.files import json_documents
from dgnet_tf.training import keras_2


def make(name: str, batch_size: int):
    """Returns a strategy; None for "none".

    "mirrored" trains on all devices of this machine, "multi_worker" in this process as
    one of the workers that `TF_CONFIG` lists. The batch is of all devices together.

    Raises:
        UserError: if the devices, `TF_CONFIG` or TensorFlow do not allow it, or the
            batch cannot be shared out evenly.
    """
    if name == "none":
        return None
    strategy = _mirrored() if name == "mirrored" else _multi_worker()
    replicas = strategy.num_replicas_in_sync
    if batch_size % replicas:
        raise UserError(
            f"--batch_size={batch_size} is for all devices together and cannot be "
            f"shared out evenly among {replicas}. Take a multiple of {replicas}."
        )
    return strategy


def scope(strategy):
    """Returns the strategy's scope, or for None a scope that does nothing."""
    return contextlib.nullcontext() if strategy is None else strategy.scope()


def is_chief(strategy) -> bool:
    """Whether this process is the one that writes the run's files."""
    if not _spans_processes(strategy):
        return True
    resolver = strategy.cluster_resolver
    if "chief" in resolver.cluster_spec().jobs:
        return resolver.task_type == "chief"
    return resolver.task_id == 0


@contextlib.contextmanager
def own_folder(strategy, workdir):
    """Yields the chief `workdir`, other workers a temporary folder.

    To write a variable that is averaged over the workers all of them must take
    part; so all of them write, and what the others wrote is removed.
    """
    if is_chief(strategy):
        yield pathlib.Path(workdir)
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield pathlib.Path(folder)


def share_out(strategy, batches: tf.data.Dataset):
    """Makes of batches for all devices together what `model.fit` takes.

    Every device trains on its part of each batch, in order, so that all together
    see what one device would see. A worker reads all the batches and drops what is
    the others': records are cheap to read.

    The batches are full and of a known number. The next one is copied to its device
    while a step runs (on CPUs alone there is nothing to copy). The result may repeat
    without end.
    """
    if _spans_processes(strategy):

        def part(context):
            workers, index = context.num_input_pipelines, context.input_pipeline_id
            replicas = context.num_replicas_in_sync
            return worker_part(batches.repeat(), workers, index, replicas)

        return strategy.distribute_datasets_from_function(part)
    gpus = tf.config.list_logical_devices("GPU")
    if strategy is None and gpus:
        return prefetched(batches.repeat(), gpus[0].name)
    return batches


def worker_part(batches: tf.data.Dataset, workers: int, index: int, replicas: int):
    """Returns a worker's part of each batch, cut into one batch for each replica.

    All batches have the same size, a multiple of the `replicas` of all workers.
    """
    size = tf.nest.flatten(batches.element_spec)[0].shape[0]

    def cut(array):
        return array[index * size // workers : (index + 1) * size // workers]

    batches = batches.map(lambda *batch: tf.nest.map_structure(cut, batch))
    return batches.rebatch(size // replicas, drop_remainder=True)


def prefetched(batches: tf.data.Dataset, device: str):
    """Returns the batches, copied to a device two ahead of the step that runs."""
    return batches.apply(tf.data.experimental.prefetch_to_device(device, 2))


def check_agreement(strategy, **facts: str):
    """Raises UserError on every worker if the facts, texts by name, differ."""
    if not _spans_processes(strategy):
        return
    digests = [[zlib.crc32(text.encode()) for text in facts.values()]]
    digests = tf.constant(digests, tf.int64)
    found = strategy.gather(
        strategy.experimental_distribute_values_from_function(lambda _: digests), 0
    ).numpy()
    for name, column in zip(facts, found.T, strict=True):
        if len(set(column.tolist())) > 1:
            raise UserError(
                f"The workers differ in their {name.replace('_', ' ')}. Give all of "
                "them the same flags and data, and one --workdir on a file system "
                "that all of them see."
            )


def _spans_processes(strategy):
    return isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy)


def _mirrored():
    devices = tf.config.list_logical_devices("GPU")
    if len(devices) < 2:
        # Logical CPU devices stand in for GPUs where somebody made several.
        devices = tf.config.list_logical_devices("CPU")
    if len(devices) < 2:
        raise UserError(
            "--strategy=mirrored needs at least two devices, TensorFlow sees "
            f"{len(devices)}. Use --strategy=none."
        )
    return tf.distribute.MirroredStrategy([d.name for d in devices])


def _multi_worker():
    keras_2.check_is_there("multi_worker")
    if hasattr(tf.keras, "ops"):  # Keras 3: it was there before the switch.
        raise keras_2.needed()
    _check_cluster(os.environ.get("TF_CONFIG", ""))
    try:
        return tf.distribute.MultiWorkerMirroredStrategy()
    except RuntimeError as error:
        raise UserError(
            f"--strategy=multi_worker must be the first to use TensorFlow: {error}"
        ) from error


def _check_cluster(text):
    """Checks `TF_CONFIG`; TensorFlow would wait, or train alone, where it is wrong."""
    example = (
        '{"cluster": {"worker": ["HOST1:PORT", "HOST2:PORT"]}, '
        '"task": {"type": "worker", "index": 0}}'
    )
    try:
        content = json_documents.loads(text)
        cluster, task = content["cluster"], content["task"]
        good = set(cluster) <= {"chief", "worker"}
        addresses = [a for job in cluster.values() for a in job]
        good = good and len(addresses) > 1 and len(cluster.get("chief", "1")) == 1
        good = good and all(isinstance(a, str) and ":" in a for a in addresses)
        good = good and len(set(addresses)) == len(addresses)
        good = good and type(task["index"]) is int
        good = good and 0 <= task["index"] < len(cluster[task["type"]])
    except (ValueError, TypeError, KeyError, AttributeError):
        good = False
    if not good:
        found = f"is {shortened(text)}" if text else "is not set"
        raise UserError(
            "--strategy=multi_worker reads the workers' addresses from the environment "
            f"variable TF_CONFIG, which {found}. Set it to {example}, with the index "
            "of each worker's own address."
        )
