"""Requests that TensorFlow Serving runs before a version takes traffic.

It reads them from `assets.extra/tf_serving_warmup_requests`, as TFRecords of
PredictionLog, so that the first user does not wait for what a first call sets up.
"""

from __future__ import annotations

import pathlib

import tensorflow as tf

from dgnet_tf.errors import how_to_install
from dgnet_tf.exporting import signatures
from dgnet_tf.inference.options import InferenceOptions

PATH = pathlib.Path("assets.extra") / "tf_serving_warmup_requests"
ABSENT = how_to_install(
    "tensorflow_serving", "Exported without warm-up requests: writing them"
)


def write_requests(folder, options: InferenceOptions, model_name: str) -> bool:
    """Writes one request for each signature.

    `folder` is of one version, `model_name` what the server knows the model by. False
    where tensorflow-serving-api is absent; nothing is written then.
    """
    try:
        from tensorflow_serving.apis import model_pb2, predict_pb2, prediction_log_pb2
    except ImportError:
        return False
    path = pathlib.Path(folder) / PATH
    path.parent.mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for signature in signatures.listed(options):
            spec = model_pb2.ModelSpec(name=model_name, signature_name=signature.name)
            inputs = signature.request().items()
            inputs = {name: tf.make_tensor_proto(value) for name, value in inputs}
            request = predict_pb2.PredictRequest(model_spec=spec, inputs=inputs)
            predict_log = prediction_log_pb2.PredictLog(request=request)
            log = prediction_log_pb2.PredictionLog(predict_log=predict_log)
            writer.write(log.SerializeToString(deterministic=True))
    return True
