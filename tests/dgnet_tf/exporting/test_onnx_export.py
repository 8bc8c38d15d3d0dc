"""Exports for ONNX."""

import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from support.lifting.lifting_stand_ins import (
    Config,
    command_error,
    run_command,
    write_run,
)

from dgnet_tf import DGNet, export
from dgnet_tf.errors import UserError
from dgnet_tf.exporting import edge_lifter, onnx_export
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models import runs
from dgnet_tf.training import run_folder

SIZE = np.array([1000.0, 900.0])
CARD = {
    "skeleton": "human36m_17",
    "fps": 50.0,
    "config": {
        "skeleton": "human36m_17",
        "fps": 50.0,
        "frames": 4,
        "frame_stride": 2,
        "overlap": "mean",
    },
}
REASON = "tf2onnx and onnx need a newer protobuf than TensorFlow 2.15"


def video(frames=9):
    rng = np.random.default_rng(0)
    start = rng.uniform(300, 600, (1, 17, 2))
    return start + np.cumsum(rng.normal(0, 3, (frames, 17, 2)), axis=0)


def trained_like(channels=8, **arguments):
    """A network whose heads and batch norms are not at their start."""
    model = DGNet(channels=channels, blocks=1, **arguments)
    rng = np.random.default_rng(1)
    model.set_weights(
        [
            w + rng.normal(0, 0.05, w.shape).astype("f4") ** 2
            for w in model.get_weights()
        ]
    )
    return model


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The file, and what it must give for `video`."""
    for name in ("onnx", "tf2onnx", "onnxruntime"):
        pytest.importorskip(name, reason=REASON)
    config = Config(frame_stride=2)
    model = trained_like()
    path = tmp_path_factory.mktemp("onnx") / "lifter.onnx"
    onnx_export.save(model, InferenceOptions.of(config), path, CARD)
    serve = whole_videos.serving_function(model, InferenceOptions.of(config))
    return path, whole_videos.lift_view(serve, video(), SIZE, 8)


def test_onnxruntime_gives_the_networks_positions(exported):
    path, expected = exported
    assert np.abs(expected).max() > 0.05
    result = edge_lifter.lift(edge_lifter.load(path), video(), SIZE)
    np.testing.assert_allclose(result, expected, atol=1e-5)


@pytest.mark.slow
def test_graphs_beyond_the_papers_need_no_operations_of_their_own(tmp_path):
    pytest.importorskip("tf2onnx", reason=REASON)
    model = trained_like(
        spatial_unit="fsg+dsg", neighbor_softness=0.5, input_frame="person_and_place"
    )
    model.get_layer("dg_block_1").chain[0].gate.assign(0.5)
    options, path = InferenceOptions.of(Config(frame_stride=2)), tmp_path / "a.onnx"
    onnx_export.save(model, options, path, CARD)
    serve = whole_videos.serving_function(model, options)
    expected = whole_videos.lift_view(serve, video(), SIZE, 8)
    result = edge_lifter.lift(edge_lifter.load(path), video(), SIZE)
    np.testing.assert_allclose(result, expected, atol=1e-5)


def test_any_batch_gives_the_same_window_for_window(exported):
    lifter = edge_lifter.load(exported[0])
    windows = np.stack([video()[i : i + 4] for i in range(5)]).astype(np.float32)
    together = lifter.run(windows, SIZE.astype(np.float32))
    assert together.shape == (5, 4, 17, 3)
    for window, pose in zip(windows, together, strict=True):
        (alone,) = lifter.run(window[None], SIZE.astype(np.float32))
        np.testing.assert_allclose(alone, pose, atol=1e-6)


def test_the_file_passes_the_checker_and_has_named_axes(exported):
    onnx = pytest.importorskip("onnx", reason=REASON)
    model = onnx.load(exported[0])
    onnx.checker.check_model(model, full_check=True)
    versions = {opset.domain: opset.version for opset in model.opset_import}
    assert versions[""] == onnx_export.OPSET == 18
    assert {node.domain for node in model.graph.node} == {""}
    assert {
        value.name: [
            axis.dim_param or axis.dim_value
            for axis in value.type.tensor_type.shape.dim
        ]
        for value in (*model.graph.input, *model.graph.output)
    } == {
        "keypoints": ["batch", 4, 17, 2],
        "image_size": ["batch", 2],
        "positions": ["batch", 4, 17, 3],
        "disagreement": ["batch", 4, 17],
    }
    (entry,) = model.metadata_props
    assert (entry.key, json.loads(entry.value)) == ("model_card", CARD)


ELSEWHERE = """
import sys
sys.modules["tensorflow"] = sys.modules["keras"] = None  # importing them raises
sys.path.insert(0, sys.argv[1])
import numpy as np
from dgnet_tf import edge_lifter
lifter = edge_lifter.load("lifter.onnx")
np.save("positions.npy", edge_lifter.lift(lifter, np.load("video.npy"), (1000, 900)))
"""


def test_a_process_without_tensorflow_lifts_the_same(exported):
    path, expected = exported
    np.save(path.with_name("video.npy"), video())
    package = str(pathlib.Path(edge_lifter.__file__).parents[2])
    subprocess.run(
        [sys.executable, "-I", "-c", ELSEWHERE, package], cwd=path.parent, check=True
    )
    result = np.load(path.with_name("positions.npy"))
    np.testing.assert_allclose(result, expected, atol=1e-5)


@pytest.mark.slow
def test_the_command_writes_a_file_that_lifts_as_the_run(exported, tmp_path):
    del exported  # Skips where the packages are missing.
    run, path = write_run(tmp_path / "run"), tmp_path / "out" / "lifter.onnx"
    run_folder.save_model(run, trained_like(channels=4))
    run_command(
        export, f"--workdir={run}", f"--output={path}", "--format=onnx", "--flip=false"
    )
    assert list(path.parent.iterdir()) == [path]
    lifter = edge_lifter.load(path)
    assert (lifter.card["format"], lifter.card["flip"]) == ("onnx", False)
    loaded = runs.load(run)
    serve = whole_videos.serving_function(
        loaded.model, InferenceOptions.of(loaded.config, flip=False)
    )
    np.testing.assert_allclose(
        edge_lifter.lift(lifter, video(), SIZE),
        whole_videos.lift_view(serve, video(), SIZE, 4),
        atol=1e-5,
    )


def test_damaged_files_are_refused(exported, tmp_path):
    whole = exported[0].read_bytes()
    path = tmp_path / "a.onnx"
    for content in (b"", b"no onnx", whole[: len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(UserError, match="a.onnx: is no whole export"):
            edge_lifter.load(path)


def test_without_tf2onnx_the_error_says_what_to_install(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    monkeypatch.setitem(sys.modules, "onnx", None)
    run, path = write_run(tmp_path / "run"), tmp_path / "lifter.onnx"
    line = command_error(
        capsys, export, f"--workdir={run}", f"--output={path}", "--format=onnx"
    )
    assert "--format=onnx" in line
    assert line.endswith(
        "needs onnx, which is not installed. pip install 'dgnet-tf[export]'"
    )
    assert not path.exists()
