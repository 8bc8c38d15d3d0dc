"""Lifts a keypoint file through a server's gRPC interface.

    python -m serving.grpc_client --keypoints=FILE --layout=coco_17
        --image_size=1920x1080 --output=poses.npz [--server=localhost:8500]
        [--model=dgnet] [--label=stable | --version=1]

`predict` is all that a client of one's own needs.
"""

from __future__ import annotations

import functools

import numpy as np
from absl import flags

from dgnet_tf import command_line
from dgnet_tf.errors import UserError
from serving import keypoint_request

FLAGS = flags.FlagValues()
keypoint_request.define_flags(FLAGS, "localhost:8500")

# Of an answer; gRPC's own limit of 4 MiB is reached by 20,000 frames.
_UNLIMITED = [("grpc.max_receive_message_length", -1)]


def predict(
    channel,
    model: str,
    signature: str,
    inputs: dict[str, np.ndarray],
    *,
    label: str | None = None,
    version: int | None = None,
    timeout: float = 60.0,
) -> dict[str, np.ndarray]:
    """Calls one signature of a model.

    Args:
        channel: from `connect`, or a grpc.Channel; keep it for many calls.
        model: the server's name of the model.
        signature: as in "coco_17".
        inputs: float32 arrays by name.
        label, version: of the model; by default its highest version.
        timeout: seconds.

    Returns:
        Arrays by name: `positions`, and `valid` where the signature has it.

    Raises:
        UserError: if the server cannot be reached or refuses.
    """
    import grpc
    import tensorflow as tf
    from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

    request = predict_pb2.PredictRequest()
    request.model_spec.name = model
    request.model_spec.signature_name = signature
    if label is not None:
        request.model_spec.version_label = label
    elif version is not None:
        request.model_spec.version.value = version
    for name, value in inputs.items():
        request.inputs[name].CopyFrom(tf.make_tensor_proto(value, tf.float32))
    stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
    try:
        response = stub.Predict(request, timeout=timeout)
    except grpc.RpcError as error:
        raise UserError(
            f"the server refuses ({error.code().name}): {error.details()}"
        ) from error
    return {name: tf.make_ndarray(value) for name, value in response.outputs.items()}


def connect(server: str):
    """Returns a channel to a server, as in "localhost:8500"; close it after use.

    Raises:
        UserError: if tensorflow-serving-api is not installed.
    """
    try:
        import grpc
        import tensorflow_serving.apis  # noqa: F401
    except ImportError as error:
        raise UserError(
            "gRPC needs tensorflow-serving-api: pip install tensorflow-serving-api. "
            "serving.rest_client does without."
        ) from error
    return grpc.insecure_channel(server, options=_UNLIMITED)


def main(flag_values):
    """Lifts the people of the file that the flags name."""
    with connect(flag_values.server) as channel:
        keypoint_request.lift_people(
            flag_values,
            functools.partial(
                predict,
                channel,
                flag_values.model,
                label=flag_values.label,
                version=flag_values.version,
                timeout=flag_values.timeout,
            ),
        )


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
