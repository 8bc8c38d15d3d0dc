"""Latency of a comparison's networks, measured side by side."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.files import json_documents, provenance
from dgnet_tf.inference import keypoint_preparation, whole_videos
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models import runs
from tuning.comparing import contest, machine
from tuning.studies import documents, rows

LATENCY = "latency.json"
_ROUNDS = 5


def measure(workdir, trained: Mapping[str, pathlib.Path], calls: int) -> dict | None:
    """Measures what is not measured yet, and writes `latency.json`.

    Each network's exported function, without the mirrored estimate, lifts one clip of
    its window's length. All take turns, so that a slow minute of the machine hits
    all alike; for that, one network more measures all of them again.

    Args:
        workdir: the study's folder.
        trained: {id of the row: folder of a finished run}, the first one first.
        calls: of each network; below one nothing is measured.

    Returns:
        The content of the file; None if there is none.
    """
    path = pathlib.Path(workdir) / LATENCY
    there = measured(workdir)
    if calls < 1 or not trained:
        return there
    if there and list(there["networks"]) == list(trained):
        return there
    load = os.getloadavg()[0]
    times, frames = {}, {}
    try:
        contestants = []
        for row, folder in trained.items():
            run = runs.load(folder)
            frames[row] = run.config.frames
            contestants.append(contest.Contestant(row, one_window(run)))
        each = -(-calls // _ROUNDS)
        times = contest.hold(contestants, _ROUNDS, calls=each)
    finally:
        rows.release()
    first = next(iter(times))
    found = {
        "version": documents.VERSION,
        "calls": each * _ROUNDS,
        "load_average": load,
        "cores": machine.cores(),
        "device": _device(),
        "versions": provenance.versions(),
        "networks": {
            row: _figures(times[row], times[first], frames[row], frames[first])
            for row in times
        },
    }
    json_documents.write(path, found)
    return found


def measured(workdir) -> dict | None:
    """Returns what was measured; None if nothing was."""
    return documents.LATENCY.find(pathlib.Path(workdir) / LATENCY)


def one_window(run: runs.Run):
    """Returns a function that lifts one clip of T frames of one person.

    It is the exported model's `serving_default`, but for one pass of the network: the
    run's overlap rule would lift several windows, the mirrored estimate all twice.
    """
    options = InferenceOptions.of(
        run.config, overlap="once", frame_stride=1, flip=False
    )
    serve = whole_videos.serving_function(run.model, options)
    shape = (1, options.frames, len(skeletons.get(options.skeleton).joints), 2)
    keypoints = np.random.default_rng(0).uniform(0, 1000, shape)
    seen = keypoint_preparation.complete(keypoints, options)
    inputs = whole_videos.tensors(seen, [[1000.0, 1000.0]])
    return lambda: serve(**inputs)["positions"].numpy()


def _figures(own, first, frames, first_frames):
    """Milliseconds of a window and a frame, and the frame's as times the first's."""
    ratio = contest.quotient(own.scaled(1 / frames), first.scaled(1 / first_frames))
    return {
        "window_ms": 1e3 * own.median,
        "frame_ms": 1e3 * own.median / frames,
        "times_first": ratio.median,
        "times_first_low": ratio.low,
        "times_first_high": ratio.high,
    }


def _device():
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return "CPU"
    return tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU")
