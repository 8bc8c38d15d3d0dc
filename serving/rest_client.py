"""Lifts a keypoint file through a server's REST interface, in plain Python and NumPy.

    python -m serving.rest_client --keypoints=FILE --layout=coco_17
        --image_size=1920x1080 --output=poses.npz [--server=http://localhost:8501]
        [--model=dgnet] [--label=stable | --version=1]

`predict` is all that a client of one's own needs. JSON takes several times the bytes
and the time of gRPC: see `serving.grpc_client`.
"""

from __future__ import annotations

import functools
import json
import urllib.error
import urllib.parse
import urllib.request

import numpy as np
from absl import flags

from dgnet_tf import command_line
from dgnet_tf.errors import UserError
from dgnet_tf.files import json_documents
from serving import keypoint_request

FLAGS = flags.FlagValues()
keypoint_request.define_flags(FLAGS, "http://localhost:8501")


def predict(
    server: str,
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
        server: as in "http://localhost:8501".
        model: the server's name of the model.
        signature: as in "coco_17".
        inputs: arrays by name; finite numbers.
        label, version: of the model; by default its highest version.
        timeout: seconds.

    Returns:
        Arrays by name: `positions`, and `valid` where the signature has it.

    Raises:
        UserError: if the server cannot be reached or refuses.
    """
    url = f"{server}/v1/models/{urllib.parse.quote(model)}"
    if label is not None:
        url += f"/labels/{urllib.parse.quote(label)}"
    elif version is not None:
        url += f"/versions/{version}"
    body = {
        "signature_name": signature,
        "inputs": {name: value.tolist() for name, value in inputs.items()},
    }
    request = urllib.request.Request(
        f"{url}:predict",
        json.dumps(body, allow_nan=False).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            outputs = json_documents.loads(response.read())["outputs"]
    except urllib.error.HTTPError as error:
        with error:
            raise UserError(f"{server} refuses: {_reason(error)}") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{server}: no answer of TensorFlow Serving's ({error}). Is it its REST "
            "port, 8501 unless changed?"
        ) from error
    # The name of an only output is left out.
    if not isinstance(outputs, dict):
        outputs = {"positions": outputs}
    return {
        name: np.array(value, bool if name == "valid" else np.float32)
        for name, value in outputs.items()
    }


def _reason(error: urllib.error.HTTPError) -> str:
    content = error.read().decode(errors="replace")
    try:
        return str(json_documents.loads(content)["error"])
    except (ValueError, KeyError, TypeError):
        return f"{error} {content[:200]}"


def main(flag_values):
    """Lifts the people of the file that the flags name."""
    keypoint_request.lift_people(
        flag_values,
        functools.partial(
            predict,
            flag_values.server.rstrip("/"),
            flag_values.model,
            label=flag_values.label,
            version=flag_values.version,
            timeout=flag_values.timeout,
        ),
    )


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
