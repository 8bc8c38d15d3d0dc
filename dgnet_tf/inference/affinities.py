"""Affinities of a trained network in each frame of a video (paper Fig. 6)."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from dgnet_tf.config.fields import Config
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.keypoint_preparation import prepare
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.layers import GatedGraphModule, SpatialNonLocal
from dgnet_tf.models.dgnet import DGNet

keras = tf.keras


@dataclasses.dataclass(frozen=True, eq=False)
class Affinities:
    """Weighted affinity matrices of one block over F frames of N joints.

    Rows are joint i, columns its neighbours j. A matrix that the block's units do
    not compute, as without DTG, is None.

    Attributes:
        spatial: (F, N, N) B_t of the first DSG.
        forward: (F, N, N) Q_{t+1} of the first DTG: from frame t to the next.
        backward: (F, N, N) Q_{t-1} of the same layer: from frame t to the one
            before. Either is zero where that frame does not exist.
    """

    spatial: np.ndarray | None
    forward: np.ndarray | None
    backward: np.ndarray | None


def over_time(
    model: tf.keras.Model,
    config: Config | InferenceOptions,
    keypoints: npt.ArrayLike,
    image_size: npt.ArrayLike,
    block: int = 1,
) -> Affinities:
    """Returns the affinities of one block in every frame of a video.

    Each frame's matrices are those of one window, in which the frame, or the pair
    of frames, stands in the middle: averaged over windows, more than K joints
    would be neighbours. Beyond the video's ends windows repeat its last frame, as
    in `inference.lift_keypoints`. With a stride, the next frame is the next one of
    the window.

    Args:
        model: a `DGNet`, folded or not; other networks have no affinities.
        config: of its run, or its `InferenceOptions`.
        keypoints: (F, N, 2) pixels, or (F, N, 3) with their confidence.
        image_size: (2,) width and height, pixels.
        block: number of the DG-Conv block, from 1; the paper shows the first.

    Raises:
        ValueError: if there is no such block.
    """
    if not isinstance(model, DGNet):
        return Affinities(None, None, None)
    blocks = model.get_config()["blocks"]
    if not 1 <= block <= blocks:
        raise ValueError(f"`block` must be from 1 to {blocks}, got {block}.")
    keypoints = tf.constant(np.asarray(keypoints, np.float32)[None])
    options = InferenceOptions.of(config)
    # The mirrored estimate has no affinities of its own here.
    straight = dataclasses.replace(options, flip=False)
    size = tf.constant(np.asarray(image_size, np.float32)[None])
    prepared = prepare(keypoints, options)
    normalized = whole_videos.network_input(prepared, size, straight)[0].numpy()
    windows_of = _windows_function(model, block)
    frames, stride, length = options.frames, options.frame_stride, len(normalized)
    starts = np.arange(length) - stride * _middle(frames)
    parts: dict[str, list[np.ndarray]] = {}
    step = max(whole_videos.CHUNK_FRAMES // frames, 1)
    for first in range(0, length, step):
        indices = starts[first : first + step, None] + stride * np.arange(frames)
        windows = normalized[np.clip(indices, 0, length - 1)]  # (W, T, N, 2 or 3)
        for name, matrices in windows_of(tf.constant(windows)).items():
            parts.setdefault(name, []).append(matrices.numpy())
    found = {name: np.concatenate(matrices) for name, matrices in parts.items()}
    if "backward" in found:
        found["forward"][max(length - stride, 0) :] = 0
        if frames == 2:  # The pair's second frame stands `stride` behind the middle.
            found["backward"] = np.roll(found["backward"], stride, axis=0)
        found["backward"][:stride] = 0
    return Affinities(*map(found.get, ("spatial", "forward", "backward")))


def _middle(frames):
    return (frames - 1) // 2


def _windows_function(model, block):
    """Returns (W, T, N, 2 or 3) windows -> {name: (W, N, N) of each one's middle}.

    "backward" is that of the middle frame, or of the second of two.
    """
    before = f"dg_block_{block - 1}" if block > 1 else "input_relu"
    features = keras.Model(model.inputs, model.get_layer(before).output)
    chain = model.get_layer(f"dg_block_{block}").chain
    while chain and not _is_dynamic(chain[-1]):
        chain = chain[:-1]  # Nothing to find there.
    frames, joints, numbers = model.inputs[0].shape[1:]
    middle = _middle(frames)

    @tf.function(input_signature=[tf.TensorSpec([None, frames, joints, numbers])])
    def call(windows):
        x, found = features(windows, training=False), {}
        places = windows[..., :2]
        for layer in chain:
            if isinstance(layer, SpatialNonLocal):
                x = layer(x, training=False)
                continue
            # A module's first convolution sees what the module sees.
            module = _beside(layer)
            if module.operation == "dsg" and "spatial" not in found:
                found["spatial"] = module.conv_1.affinity(x, places)[:, middle]
            if module.operation == "dtg" and "forward" not in found:
                if frames > 1:
                    forward, backward = module.conv_1.affinity(x, places)
                    found["forward"] = forward[:, middle]
                    found["backward"] = backward[:, max(middle - 1, 0)]
                else:
                    none = tf.zeros([tf.shape(x)[0], joints, joints])
                    found["forward"] = found["backward"] = none
            x = layer(x, keypoints=places, training=False)
        return {name: tf.cast(matrix, tf.float32) for name, matrix in found.items()}

    return call


def _beside(layer):
    """Returns the module behind the gate, where the layer has one, or the layer."""
    return layer.gated if isinstance(layer, GatedGraphModule) else layer


def _is_dynamic(layer):
    return getattr(_beside(layer), "operation", "") in ("dsg", "dtg")
