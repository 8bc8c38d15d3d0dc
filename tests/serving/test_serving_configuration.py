"""The server's configuration files, read as the messages that the server reads.

The package has no message of the batching parameters. Its fields are stated here, by
name, number and kind, as in the server's session_bundle_config.proto. Nothing reads
docker-compose.yml here: neither Docker nor a YAML reader is at hand.
"""

import json
import pathlib
import re

import pytest
from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    message_factory,
    text_format,
    wrappers_pb2,
)

pytest.importorskip("tensorflow_serving")

from support import serving_stand_ins  # noqa: E402

from dgnet_tf.inference.engines import openvino_runtime  # noqa: E402

FOLDER = pathlib.Path(__file__).parents[2] / "serving"
WRAPPED = (
    "max_batch_size", "batch_timeout_micros", "max_enqueued_batches",
    "num_batch_threads",
)  # fmt: skip


def batching_parameters():
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name="batching.proto", package="stated", syntax="proto3"
    )
    file.dependency.append(wrappers_pb2.DESCRIPTOR.name)
    message = file.message_type.add(name="BatchingParameters")
    for number, name in enumerate(WRAPPED, start=1):
        message.field.add(
            name=name, number=number, label=field.LABEL_OPTIONAL,
            type=field.TYPE_MESSAGE, type_name=".google.protobuf.Int64Value",
        )  # fmt: skip
    message.field.add(
        name="allowed_batch_sizes", number=6, label=field.LABEL_REPEATED,
        type=field.TYPE_INT64,
    )  # fmt: skip
    message.field.add(
        name="pad_variable_length_inputs", number=7, label=field.LABEL_OPTIONAL,
        type=field.TYPE_BOOL,
    )  # fmt: skip
    pool = descriptor_pool.DescriptorPool()
    wrappers = descriptor_pb2.FileDescriptorProto()
    wrappers_pb2.DESCRIPTOR.CopyToProto(wrappers)
    pool.Add(wrappers)
    pool.Add(file)
    found = pool.FindMessageTypeByName("stated.BatchingParameters")
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(found)()
    return message_factory.MessageFactory(pool).GetPrototype(found)()


def test_models_config_serves_two_versions_with_labels():
    [model] = serving_stand_ins.models_config().model_config_list.config
    assert (model.name, model.base_path) == ("dgnet", "/models/dgnet")
    assert model.model_platform == "tensorflow"
    served = list(model.model_version_policy.specific.versions)
    assert served == [1, 2]
    assert dict(model.version_labels) == {"stable": 1, "canary": 2}


def test_batches_can_be_filled_up_to_the_largest():
    text = (FOLDER / "batching_parameters.txt").read_text()
    found = text_format.Parse(text, batching_parameters())
    sizes = list(found.allowed_batch_sizes)
    assert sizes == sorted(set(sizes)) and sizes[0] == 1
    assert sizes[-1] == found.max_batch_size.value == 64
    assert found.batch_timeout_micros.value == 2000
    assert found.num_batch_threads.value >= 1
    assert not found.pad_variable_length_inputs
    with pytest.raises(text_format.ParseError):
        text_format.Parse("max_batch_sizes { value: 64 }", batching_parameters())


def test_compose_mounts_the_files_that_its_commands_name():
    text = (FOLDER / "docker-compose.yml").read_text()
    named = set(re.findall(r"/config/([\w.]+)", text))
    assert named == {"models.config", "batching_parameters.txt"}
    assert all((FOLDER / name).is_file() for name in named)
    assert "\t" not in text


def test_openvinos_servers_configuration_names_the_same_versions_and_true_settings():
    text = (FOLDER / "openvino.json").read_text()
    (model,) = (one["config"] for one in json.loads(text)["model_config_list"])
    (other,) = serving_stand_ins.models_config().model_config_list.config
    assert (model["name"], model["base_path"]) == (other.name, other.base_path)
    versions = model["model_version_policy"]["specific"]["versions"]
    assert versions == list(other.model_version_policy.specific.versions)
    # What the engine asks for, which the tests compare with TensorFlow.
    assert model["plugin_config"].items() <= openvino_runtime.SETTINGS.items()
