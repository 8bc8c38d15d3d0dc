"""The client examples, against stand-ins of TensorFlow Serving's two interfaces."""

import numpy as np
import pytest
from support.keypoints import detector_files
from support.lifting.lifting_stand_ins import (
    Config,
    command_error,
    run_command,
    small_model,
)

pytest.importorskip("tensorflow_serving")

from support import serving_stand_ins  # noqa: E402

from dgnet_tf.errors import UserError  # noqa: E402
from dgnet_tf.exporting import saved_model  # noqa: E402
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.engines.tensorflow_engine import TensorFlowEngine
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.lifting import lifter
from serving import grpc_client, rest_client  # noqa: E402

SIZE = (640, 480)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Addresses of both servers, the gRPC servicer, and what versions 1 and 2 give."""
    folder = tmp_path_factory.mktemp("served")
    models = {version: small_model(seed=version) for version in (1, 2)}
    for version, model in models.items():
        saved_model.save(model, Config(), folder / "dgnet", version=version)
    lifters = {
        version: lifter.Lifter(
            TensorFlowEngine(
                whole_videos.serving_function(model, InferenceOptions.of(Config())),
                InferenceOptions.of(Config()),
            )
        )
        for version, model in models.items()
    }
    loaded = serving_stand_ins.Models(folder)
    with (
        serving_stand_ins.grpc_server(loaded) as (address, servicer),
        serving_stand_ins.rest_server(loaded) as url,
    ):
        yield {grpc_client: address, rest_client: url}, servicer, lifters


@pytest.fixture(params=[grpc_client, rest_client], ids=["grpc", "rest"])
def client(request):
    return request.param


def two_people(folder):
    return detector_files.coco(
        folder / "two.json",
        [
            *detector_files.walk("coco_17", frames=3, person=7),
            *detector_files.walk("coco_17", frames=8, person=4, x=400.0, first=2),
        ],
    )


def call(client, server, *arguments, **options):
    if client is rest_client:
        return client.predict(server, *arguments, **options)
    with client.connect(server) as channel:
        return client.predict(channel, *arguments, **options)


@pytest.mark.parametrize(
    ("flags", "version"),
    [([], 2), (["--label=stable"], 1), (["--label=canary"], 2), (["--version=1"], 1)],
)
def test_a_file_is_lifted_by_the_version_asked_for(
    served, client, tmp_path, capsys, flags, version
):
    servers, _, lifters = served
    path, output = two_people(tmp_path), tmp_path / "poses.npz"
    run_command(
        client,
        f"--server={servers[client]}",
        f"--keypoints={path}",
        "--layout=coco_17",
        "--image_size=640x480",
        f"--output={output}",
        *flags,
    )
    assert capsys.readouterr().out == f"2 people: {output}\n"
    with np.load(output) as poses:
        assert sorted(poses) == [
            *("first_frame/4", "first_frame/7", "positions/4", "positions/7")
        ]
        assert (poses["first_frame/7"], poses["first_frame/4"]) == (0, 2)
        for person in ("4", "7"):
            expected = lifter.lift_file(
                lifters[version], path, "coco_17", SIZE, person=person
            )[0].positions
            assert np.abs(expected).max() > 0.01
            np.testing.assert_allclose(
                poses[f"positions/{person}"], expected, atol=1e-4
            )


def test_requests_are_what_the_server_expects(served, tmp_path):
    servers, servicer, _ = served
    with grpc_client.connect(servers[grpc_client]) as channel:
        grpc_client.predict(
            channel,
            "dgnet",
            "stream",
            {
                "keypoints": np.ones((3, 4, 17, 2)),
                "image_size": np.full((3, 2), 1000),
            },
            label="stable",
        )
    request = servicer.requests[-1]
    assert request.model_spec.name == "dgnet"
    assert request.model_spec.signature_name == "stream"
    assert request.model_spec.version_label == "stable"
    for name, shape in (("keypoints", [3, 4, 17, 2]), ("image_size", [3, 2])):
        tensor = request.inputs[name]
        assert tensor.dtype == 1  # DT_FLOAT
        assert [dim.size for dim in tensor.tensor_shape.dim] == shape


def test_an_only_output_has_its_name(served, client):
    servers, _, lifters = served
    keypoints = np.random.default_rng(0).uniform(0, 600, (1, 5, 17, 2))
    outputs = call(
        client,
        servers[client],
        "dgnet",
        "serving_default",
        {
            "keypoints": keypoints.astype(np.float32),
            "image_size": np.array([SIZE], np.float32),
        },
    )
    assert list(outputs) == ["positions"]
    assert outputs["positions"].dtype == np.float32
    expected = lifters[2].engine.lift(keypoints[0], np.array(SIZE))
    np.testing.assert_allclose(outputs["positions"][0], expected, atol=1e-4)


def test_who_is_never_shown_whole_is_left_out(served, client, tmp_path, capsys):
    servers, _, _ = served
    keypoints = np.random.default_rng(0).uniform(50, 400, (6, 17, 2))
    confidence = np.ones((6, 17))
    confidence[:, 15] = 0  # An ankle.
    np.savez(tmp_path / "k.npz", keypoints=keypoints, confidence=confidence)
    line = command_error(
        capsys,
        client,
        f"--server={servers[client]}",
        f"--keypoints={tmp_path / 'k.npz'}",
        "--layout=coco_17",
        "--image_size=640x480",
        f"--output={tmp_path / 'poses.npz'}",
    )
    assert line.startswith("error: ") and "nobody is shown whole" in line
    assert not (tmp_path / "poses.npz").exists()


def test_refusals_are_told_in_the_servers_words(served, client):
    servers, _, _ = served
    inputs = {
        "keypoints": np.ones((1, 4, 17, 2), np.float32),
        "image_size": np.array([SIZE], np.float32),
    }
    for arguments, options, message in (
        (("dgnet", "coco_17", inputs), {}, "confidence"),
        (("dgnet", "nothing", inputs), {}, 'signature key "nothing" not found'),
        (("other", "stream", inputs), {}, "not found"),
        (("dgnet", "stream", inputs), {"version": 9}, "not found"),
        (("dgnet", "stream", inputs), {"label": "old"}, "not found"),
    ):
        with pytest.raises(UserError, match="refuses") as refusal:
            call(client, servers[client], *arguments, **options)
        assert message in str(refusal.value)


def test_bad_flags_and_absent_servers_end_with_one_line(client, tmp_path, capsys):
    own = [
        f"--keypoints={two_people(tmp_path)}",
        "--image_size=640x480",
        f"--output={tmp_path / 'poses.npz'}",
    ]
    absent = ["--server=localhost:1"]
    if client is rest_client:
        absent = ["--server=http://localhost:1"]
    for flags, message in (
        ([*absent, "--layout=coco_17"], "localhost:1|UNAVAILABLE"),
        (["--label=a", "--version=1", "--layout=coco_17"], "not both"),
        (["--layout=coco_18"], "layout must be one of"),
        (["--layout=halpe_26"], "halpe_26"),
    ):
        line = command_error(capsys, client, *own, *flags)
        assert line.startswith("error: ")
        assert any(part in line for part in message.split("|")), line
    assert [path.name for path in tmp_path.iterdir()] == ["two.json"]


def test_only_detectors_layouts_fill_gaps(tmp_path):
    from serving import keypoint_request

    keypoints = np.random.default_rng(0).uniform(50, 400, (6, 17, 2))
    confidence = np.ones((6, 17))
    np.savez(tmp_path / "k.npz", keypoints=keypoints, confidence=confidence)
    signature, [(_, inputs)] = keypoint_request.read(
        tmp_path / "k.npz", "human36m_17", "640x480"
    )
    assert signature == "serving_default"
    assert sorted(inputs) == ["image_size", "keypoints"]
    confidence[3, 3] = 0
    np.savez(tmp_path / "k.npz", keypoints=keypoints, confidence=confidence)
    with pytest.raises(UserError, match="lacks joints in some frames"):
        keypoint_request.read(tmp_path / "k.npz", "human36m_17", "640x480")
    signature, [(_, inputs)] = keypoint_request.read(
        tmp_path / "k.npz", "coco_17", "640x480"
    )
    assert signature == "coco_17"
    assert inputs["confidence"][0, 3, 3] == 0
    assert np.isfinite(inputs["keypoints"]).all()
