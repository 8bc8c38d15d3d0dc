"""One window as a graph of constants: what a .tflite or .onnx file holds.

Such a file holds a window of T frames and not a whole video: small runtimes want
fixed shapes, and a video's windows and their overlap are a few lines of NumPy, which
`edge_lifter` has. Normalisation, the mirrored estimate and the root are in the graph,
as they would be easy to get wrong outside.
"""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.exporting import constant_weights
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models import folding


def window_function(model, options: InferenceOptions, *, batch: int | None = None):
    """Returns the lifting of B windows as a `tf.function` with one signature.

    It takes `keypoints` (B, T, N, 2), pixels, oldest frame first, `frame_stride`
    frames apart, and `image_size` (B, 2), width and height in pixels, both float32,
    and gives {"positions": (B, T, N, 3)}, float32 metres, camera axes, the root at 0;
    with flip also {"disagreement": (B, T, N)}, metres, of the straight and the mirrored
    estimate, see `whole_videos.spread`. A network that takes the confidence has it from
    `confidence` (B, T, N).

    Args:
        model: normalised keypoints (B, T, N, 2) -> {"pose": (B, T, N, 3), ...}. Its
            batch norms are folded and its products taken in float32.
        options: what they do over time is left to `edge_lifter`.
        batch: B; any if None.
    """
    model = folding.fold(model, "float32")
    joints = len(skeletons.get(options.skeleton).joints)
    pixels = tf.TensorSpec([batch, options.frames, joints, 2], name="keypoints")
    size = tf.TensorSpec([batch, 2], name="image_size")

    scores = tf.TensorSpec([batch, options.frames, joints], name="confidence")

    @tf.function(input_signature=[pixels, size], autograph=False)
    def lift(keypoints, image_size):
        return _lift(model, options, keypoints, image_size)

    @tf.function(input_signature=[pixels, scores, size], autograph=False)
    def lift_scored(keypoints, confidence, image_size):
        scored = tf.concat([keypoints, confidence[..., None]], axis=-1)
        return _lift(model, options, scored, image_size)

    return lift if options.inputs == "xy" else lift_scored


def _lift(model, options, keypoints, image_size):
    x = whole_videos.network_input(keypoints, image_size, options)
    pose = tf.cast(model(x, training=False)["pose"], tf.float32)
    found = {"positions": whole_videos.averaged(pose, options)}
    if options.flip:
        alone = tf.zeros_like(pose[..., 0])
        found["disagreement"] = whole_videos.total_spread(pose, alone, options)
    return found


def frozen(function) -> tf.Module:
    """Returns a module whose `serve` is the function with constant weights.

    The converter for TFLite would leave what depends on weights alone to every call,
    and would not find the kernels that it is to quantise.
    """
    compute = constant_weights.without_variables(function)

    # The converter names inputs after arguments.
    def serve(keypoints, image_size):
        return compute(keypoints, image_size)

    def serve_scored(keypoints, confidence, image_size):
        return compute(keypoints, confidence, image_size)

    signature = function.input_signature
    module = tf.Module()
    module.serve = tf.function(
        serve if len(signature) == 2 else serve_scored,
        input_signature=signature,
        autograph=False,
    )
    return module
