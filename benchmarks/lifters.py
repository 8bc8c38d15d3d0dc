"""Contestants that lift a batch of windows: our exports, and PyTorch."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from benchmarks import networks
from dgnet_tf import cameras
from dgnet_tf.exporting import model_card, saved_model, tflite_export
from dgnet_tf.inference.engines import exported_files, litert
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models import folding
from tuning.comparing import contest, machine

XLA, GRAPH, SAVED_MODEL = "dgnet_tf, XLA", "dgnet_tf, graph", "dgnet_tf, SavedModel"
LITERT = "dgnet_tf, LiteRT"
BFLOAT16_GRAPH = f"{GRAPH}, bfloat16"
BFLOAT16_SAVED_MODEL = f"{SAVED_MODEL}, bfloat16"
_IMAGE_SIZE = np.array([1000.0, 1000.0], np.float32)


def contestants(config, windows: int, folder) -> list[contest.Contestant]:
    """Returns what lifts the same windows, blocking, to NumPy or PyTorch arrays.

    Args:
        config: of the networks.
        windows: B.
        folder: empty folder for the SavedModel.
    """
    keypoints, _ = networks.batch(config, windows)
    model = networks.build(config)
    folded = folding.fold(model)
    runs = {
        XLA: _compiled(folded, keypoints, True),
        GRAPH: _compiled(folded, keypoints, False),
        SAVED_MODEL: _exported(model, config, keypoints, f"{folder}/float32", None),
    }
    if litert.is_installed():
        runs[LITERT] = _file(model, config, keypoints, f"{folder}/lifter.tflite")
    if machine.has_bfloat16():
        # Not compiled: XLA computes it in float32.
        precision = "mixed_bfloat16"
        half = folding.fold(model, precision)
        runs[BFLOAT16_GRAPH] = _compiled(half, keypoints, False)
        runs[BFLOAT16_SAVED_MODEL] = _exported(
            model, config, keypoints, f"{folder}/bfloat16", precision
        )
    for name, module in networks.pytorch(config).items():
        runs[name] = _torch(module, keypoints)
    return [contest.Contestant(name, run) for name, run in runs.items()]


def _compiled(model, keypoints, jit_compile):
    compiled = tf.function(
        lambda x: model(x, training=False)["pose"], jit_compile=jit_compile
    )
    return lambda: compiled(tf.constant(keypoints)).numpy()


def _file(model, config, keypoints, path):
    """The same windows of pixels in a file of LiteRT's, on all cores."""
    options = InferenceOptions.of(config, overlap="once", flip=False)
    tflite_export.save(model, options, path, model_card.of_export(config, options))
    run, _ = exported_files.load(path, exported_files.usable_cores())
    pixels = _pixels(keypoints)
    return lambda: run(pixels, _IMAGE_SIZE)


def _pixels(keypoints):
    size = np.tile(_IMAGE_SIZE, (len(keypoints), 1))
    return cameras.unnormalize_screen(keypoints, size[:, None])


def _exported(model, config, keypoints, folder, precision):
    """Each window as a video of its own, in pixels, without the mirrored estimate."""
    path = saved_model.save(
        model, config, folder, overlap="once", flip=False, precision=precision
    )
    serve, _ = saved_model.load(path)
    size = np.tile(_IMAGE_SIZE, (len(keypoints), 1))
    pixels = _pixels(keypoints)
    return lambda: serve(keypoints=tf.constant(pixels), image_size=tf.constant(size))[
        "positions"
    ].numpy()


def _torch(model, keypoints):
    torch = machine.torch()
    model.eval()

    def run():
        with torch.inference_mode():
            return model(torch.from_numpy(keypoints))[0]

    return run
