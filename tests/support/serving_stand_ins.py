"""Stands in for TensorFlow Serving in tests of its clients; the real one is not run.

The gRPC servicer implements the real PredictionService, the HTTP handler the JSON
format of REST; both answer from the versions and labels that a models.config names,
read as the server's own message.
"""

import concurrent.futures
import contextlib
import http.server
import json
import pathlib
import re
import threading

import grpc
import numpy as np
import tensorflow as tf
from google.protobuf import text_format
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc
from tensorflow_serving.config import model_server_config_pb2

CONFIGURATION = pathlib.Path(__file__).parents[2] / "serving"


def models_config():
    """`serving/models.config` as the server reads it."""
    text = (CONFIGURATION / "models.config").read_text()
    return text_format.Parse(text, model_server_config_pb2.ModelServerConfig())


class Refused(Exception):
    """What the server answers with INVALID_ARGUMENT or 400, or NOT_FOUND and 404."""

    def __init__(self, message, found=True):
        super().__init__(message)
        self.found = found


class Models:
    """The loaded versions of all models, under a folder that stands for /models."""

    def __init__(self, folder):
        self.models = {}
        for model in models_config().model_config_list.config:
            base = folder / pathlib.PurePosixPath(model.base_path).relative_to(
                "/models"
            )
            versions = {
                version: tf.saved_model.load(str(base / str(version)))
                for version in model.model_version_policy.specific.versions
            }
            self.models[model.name] = (versions, dict(model.version_labels))

    def predict(self, name, version, label, signature, inputs):
        if name not in self.models:
            raise Refused(f"Servable not found for request: {name}", found=False)
        versions, labels = self.models[name]
        if label:
            version = labels.get(label, -1)
        version = version or max(versions)
        if version not in versions:
            raise Refused(f"Servable not found: {name} {label or version}", False)
        functions = versions[version].signatures
        if signature not in functions:
            raise Refused(f'Serving signature key "{signature}" not found.')
        function = functions[signature]
        wanted = {
            spec.name: spec for spec in function.structured_input_signature[1].values()
        }
        if set(inputs) != set(wanted):
            raise Refused(f"input keys {sorted(inputs)} do not match {sorted(wanted)}")
        try:
            outputs = function(
                **{
                    key: tf.convert_to_tensor(value, wanted[key].dtype)
                    for key, value in inputs.items()
                }
            )
        except (tf.errors.InvalidArgumentError, ValueError, TypeError) as error:
            raise Refused(str(error)) from error
        return {key: value.numpy() for key, value in outputs.items()}


class Servicer(prediction_service_pb2_grpc.PredictionServiceServicer):
    def __init__(self, models):
        self.models = models
        self.requests = []

    def Predict(self, request, context):  # noqa: N802
        self.requests.append(request)
        spec = request.model_spec
        try:
            outputs = self.models.predict(
                spec.name,
                spec.version.value,
                spec.version_label,
                spec.signature_name or "serving_default",
                {key: tf.make_ndarray(value) for key, value in request.inputs.items()},
            )
        except Refused as error:
            codes = (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT)
            context.abort(codes[error.found], str(error))
        response = predict_pb2.PredictResponse(model_spec=spec)
        for key, value in outputs.items():
            response.outputs[key].CopyFrom(tf.make_tensor_proto(value))
        return response


@contextlib.contextmanager
def grpc_server(models):
    """Gives (address, servicer) of a running gRPC server."""
    threads = concurrent.futures.ThreadPoolExecutor(2)
    server, servicer = grpc.server(threads), Servicer(models)
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
        servicer, server
    )
    port = server.add_insecure_port("localhost:0")
    server.start()
    try:
        yield f"localhost:{port}", servicer
    finally:
        server.stop(None).wait()
        threads.shutdown()


class Handler(http.server.BaseHTTPRequestHandler):
    PATH = re.compile(
        r"/v1/models/(?P<name>\w+)(/versions/(?P<version>\d+)|/labels/(?P<label>\w+))?"
        r":predict"
    )

    def do_POST(self):  # noqa: N802
        body = self.rfile.read(int(self.headers["Content-Length"]))
        path = self.PATH.fullmatch(self.path)
        try:
            if not path:
                raise Refused(f"Malformed request: POST {self.path}", found=False)
            code, answer = 200, {"outputs": self.outputs(path, json.loads(body))}
        except Refused as error:
            code, answer = (400 if error.found else 404), {"error": str(error)}
        content = json.dumps(answer).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def outputs(self, path, request):
        """The columnar format: one array without its name, several by name."""
        found = self.server.models.predict(
            path["name"],
            int(path["version"] or 0),
            path["label"],
            request.get("signature_name", "serving_default"),
            {key: np.array(value) for key, value in request["inputs"].items()},
        )
        listed = {key: value.tolist() for key, value in found.items()}
        return listed if len(listed) > 1 else next(iter(listed.values()))

    def log_message(self, *arguments):
        """Says nothing."""


@contextlib.contextmanager
def rest_server(models):
    """Gives the address of a running HTTP server."""
    server = http.server.ThreadingHTTPServer(("localhost", 0), Handler)
    server.models = models
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}
    )
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
