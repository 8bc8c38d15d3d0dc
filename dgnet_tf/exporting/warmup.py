"""Requests that TensorFlow Serving runs before a version takes traffic.

It reads them from `assets.extra/tf_serving_warmup_requests`, as TFRecords of
PredictionLog, so that the first user does not wait for what a first call sets up.
"""

from __future__ import annotations

import pathlib

import numpy as np
import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.exporting import signatures
from dgnet_tf.inference import whole_videos
from dgnet_tf.keypoints import layouts

PATH = pathlib.Path("assets.extra") / "tf_serving_warmup_requests"
ABSENT = (
    "no warm-up requests: they need tensorflow-serving-api (pip install "
    "tensorflow-serving-api); everything else is there"
)
_FRAMES = 50  # of a video, one second at the rate of most models
_SIZE = (1920.0, 1080.0)


def write(folder, config, model_name: str) -> bool:
    """Writes one request for each signature.

    Args:
        folder: of one version of an exported model.
        config: its run's configuration.
        model_name: name that the server knows the model by.

    Returns:
        False where tensorflow-serving-api is absent; nothing is written then.
    """
    try:
        from tensorflow_serving.apis import (
            model_pb2,
            predict_pb2,
            prediction_log_pb2,
        )
    except ImportError:
        return False
    path = pathlib.Path(folder) / PATH
    path.parent.mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for name, inputs in requests(config).items():
            request = predict_pb2.PredictRequest(
                model_spec=model_pb2.ModelSpec(name=model_name, signature_name=name),
                inputs={
                    key: tf.make_tensor_proto(value) for key, value in inputs.items()
                },
            )
            log = prediction_log_pb2.PredictionLog(
                predict_log=prediction_log_pb2.PredictLog(request=request)
            )
            writer.write(log.SerializeToString(deterministic=True))
    return True


def requests(config) -> dict[str, dict[str, np.ndarray]]:
    """Returns inputs for each signature: one person, who crosses the image."""
    own = len(skeletons.get(config.skeleton).joints)
    joints = {signatures.DEFAULT: own, signatures.STREAM: own}
    for layout in signatures.fitting_layouts(config.skeleton):
        joints[layout] = len(layouts.get(layout).joints)
        joints[f"{signatures.STREAM}_{layout}"] = joints[layout]
    made = {}
    for name, count in joints.items():
        stream = name.startswith(signatures.STREAM)
        frames = whole_videos.newest_frames(config) if stream else _FRAMES
        frame, joint = np.arange(frames)[:, None], np.arange(count)
        keypoints = np.stack(
            [600 + 4 * frame + 13 * joint, 300 + 23 * joint + 0 * frame], axis=-1
        )
        made[name] = {
            "keypoints": keypoints[None].astype(np.float32),
            "image_size": np.array([_SIZE], np.float32),
        }
        if name not in (signatures.DEFAULT, signatures.STREAM):
            made[name]["confidence"] = np.ones((1, frames, count), np.float32)
    return made
