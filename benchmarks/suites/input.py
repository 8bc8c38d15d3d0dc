"""Throughput of reading windows, against training and two usual loaders."""

from __future__ import annotations

import itertools
import pathlib
import tempfile

import numpy as np

from benchmarks import networks, result
from benchmarks.suites import chunk_generator, page_cache, train, window_examples
from dgnet_tf.data import manifest, views, windows
from dgnet_tf.models import multiply_adds
from preprocessing.conversion import pipeline
from preprocessing.datasets import synthetic
from tuning.comparing import contest

CACHED, COLD = "load_windows, page cache", "load_windows, cold file"
AUGMENTED = "load_windows, all augmentation, page cache"
EXAMPLES = "one Example for each window, page cache"
CHUNKS = "NumPy chunk generator, in memory"
# Epochs of a call, one after another in one pipeline as in training; a cold file is
# read for one.
_EPOCHS = 5
_AUGMENTATION = {
    "flip": True,
    "random_cameras": 0.5,
    "body_scale": 0.1,
    "noise_px": 5.0,
    "noise_correlation": 0.5,
    "outlier_share": 0.02,
    "missing_share": 0.05,
}
_CLIP_FRAMES = {"paper": 1200, "small": 240}
# An assumption, not a measurement: what a data-centre GPU computes of a small network's
# training, in floating-point operations a second.
_GPU_FLOPS = 100e12


def run(preset: str, rounds: int) -> result.Result:
    """Times epochs of windows by each reader, and training steps."""
    config = networks.config(preset)
    dataset = synthetic.read(8, _CLIP_FRAMES[preset])
    with tempfile.TemporaryDirectory() as folder:
        ours = pathlib.Path(folder) / "ours"
        data = pipeline.convert(dataset, ours, show=lambda line: None)
        examples = pathlib.Path(folder) / "examples"
        example_data = window_examples.write(dataset, examples, config.frames)
        readers, dropped = contestants(config, ours, examples)
        step, _ = train.step(config, True)
        found = contest.hold([*readers, contest.Contestant(train.XLA, step)], rounds)
    steps = windows.steps_per_epoch(data, config.frames, config.batch_size)
    epoch = steps * config.batch_size
    read = {train.XLA: config.batch_size, COLD: epoch}
    times = {
        name: times.scaled(1e3 / read.get(name, _EPOCHS * epoch))
        for name, times in found.items()
    }
    disk = _bytes(data)
    share_cold = float(np.median(dropped[-rounds:])) / disk
    window = multiply_adds.window(networks.build(config).get_config())
    operations = 2 * multiply_adds.TRAINING * window.total
    rate = 1e3 / times[CACHED].median
    figures = [
        result.figure(f"{name}: times training", times[train.XLA], times[name], target)
        for name, target in (
            (CACHED, 50.0),
            (AUGMENTED, None),
            (COLD, 50.0),
            (EXAMPLES, None),
        )
    ]
    figures += [
        result.figure(f"{CACHED}: times {other}", times[other], times[CACHED])
        for other in (EXAMPLES, CHUNKS)
    ]
    figures.append(
        result.exact("disk: times less than Examples", _bytes(example_data) / disk, 4.0)
    )
    return result.Result(
        figures,
        times,
        {
            "windows_of_an_epoch": epoch,
            "bytes": {"records": disk, "examples": _bytes(example_data)},
            "share_read_from_disk_when_cold": share_cold,
            "windows_per_second": rate,
            "assumed_gpu_flops": _GPU_FLOPS,
            "operations_a_window": operations,
        },
        [
            f"Times are of 1000 windows, from a pipeline's start to the end of "
            f"{_EPOCHS} epochs, of one for the cold file. Ours mirrors half of the "
            "windows as training does; the others do not.",
            f"Of the cold file, {share_cold:.0%} came from the disk, the rest from "
            "caches that stayed.",
            f"Arithmetic for a GPU: training takes {operations / 1e9:.2f} GFLOP a "
            f"window. One that sustains {_GPU_FLOPS / 1e12:.0f} TFLOP/s (an "
            f"assumption) takes {_GPU_FLOPS / operations:,.0f} windows/s; this input "
            f"gives {rate:,.0f} on this machine's cores.",
        ],
    )


def contestants(config, ours, examples):
    """Returns the readers, and a list that grows by what each cold epoch read."""
    data = manifest.read(ours)
    paths = manifest.shard_paths(ours, data, "train", verify=False)
    flip = {"flip": config.flip}
    epochs, augmented, epoch = (
        windows.load_windows(
            ours,
            "train",
            config.frames,
            config.batch_size,
            epochs=count,
            verify=False,
            **augment,
        )
        for count, augment in ((_EPOCHS, flip), (_EPOCHS, _AUGMENTATION), (1, flip))
    )
    steps = windows.steps_per_epoch(data, config.frames, config.batch_size)
    example_paths = sorted(examples.glob("train-*"))
    by_example = (
        window_examples.load(examples, "train", config.batch_size, shuffle=True)
        .repeat()
        .take(_EPOCHS * steps)
    )
    generator = chunk_generator.ChunkGenerator(
        list(views.load_views(ours, "train", verify=False)),
        data.skeleton,
        config.frames,
        config.batch_size,
        step=config.frames,
    )
    rng = np.random.default_rng(0)
    dropped = []

    def read_chunks():
        for _ in range(_EPOCHS):
            _read(itertools.islice(generator.batches(rng), steps))

    def read_cold():
        before = page_cache.bytes_from_disk()
        _read(epoch)
        dropped.append(page_cache.bytes_from_disk() - before)

    readers = [
        contest.Contestant(
            CACHED, lambda: _read(epochs), lambda: page_cache.fill(paths)
        ),
        contest.Contestant(
            AUGMENTED, lambda: _read(augmented), lambda: page_cache.fill(paths)
        ),
        contest.Contestant(COLD, read_cold, lambda: page_cache.drop(paths)),
        contest.Contestant(
            EXAMPLES, lambda: _read(by_example), lambda: page_cache.fill(example_paths)
        ),
        contest.Contestant(CHUNKS, read_chunks),
    ]
    return readers, dropped


def _read(batches):
    for _ in batches:
        pass


def _bytes(data: manifest.Manifest) -> int:
    return sum(shard.bytes for shard in data.splits["train"].shards)
