"""The exported folder in the loader of TensorFlow's C++ servers, by the C API.

TensorFlow Serving's binary is not run; this is the loader that it calls.
"""

import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from support.lifting.lifting_stand_ins import Config, small_model

from dgnet_tf.exporting import saved_model
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.keypoints.layout_table import LAYOUTS
from dgnet_tf.models import runs

PROGRAM = pathlib.Path(__file__).parents[1] / "support" / "c_api_session.py"
SIZES = [(1, 1), (1, 3), (1, 4), (1, 1000), (64, 1), (64, 3), (64, 4)]


def pixels(seed, *shape):
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 1000, (*shape, 2)).astype(np.float32)


def run(folder, model_folder, calls):
    """Runs {name: (signature, {input: array})}; returns {name/output: array}."""
    arrays, described = {}, {}
    for name, (signature, inputs) in calls.items():
        described[name] = (signature, {key: f"{name}/{key}" for key in inputs})
        arrays |= {f"{name}/{key}": value for key, value in inputs.items()}
    (folder / "calls.json").write_text(json.dumps(described))
    np.savez(folder / "inputs.npz", **arrays)
    subprocess.run(
        [sys.executable, "-I", PROGRAM, model_folder, "calls.json"]
        + ["inputs.npz", "outputs.npz"],
        cwd=folder,
        check=True,
    )
    with np.load(folder / "outputs.npz") as outputs:
        return dict(outputs)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Outputs of one process that runs all calls below, and what Keras gives."""
    folder = tmp_path_factory.mktemp("c_api")
    config, model = Config(), small_model()
    path = saved_model.save(model, config, folder / "model")
    calls, expected = {}, {}
    for batch, frames in SIZES:
        name = f"{batch}x{frames}"
        keypoints = pixels(frames, batch, frames, 17)
        size = np.random.default_rng(batch).uniform(900, 1200, (batch, 2))
        inputs = {"keypoints": keypoints, "image_size": size.astype(np.float32)}
        calls[name] = ("serving_default", inputs)
        positions = whole_videos.lift_keypoints(
            model,
            InferenceOptions.of(config),
            tf.constant(keypoints),
            tf.constant(inputs["image_size"]),
        ).numpy()
        expected[name] = positions
        if frames == 4:
            calls[f"stream {name}"] = ("stream", inputs)
            expected[f"stream {name}"] = positions[:, -1]
    size = np.full((3, 2), 1000, np.float32)
    loaded = tf.saved_model.load(str(path)).signatures
    for name in ("coco_17", "stream_mediapipe_33"):
        joints = len(LAYOUTS[name.removeprefix("stream_")].joints)
        confidence = np.ones((3, 4, joints), np.float32)
        confidence[1, 1:3] = 0
        confidence[2] = 0
        inputs = {
            "keypoints": pixels(7, 3, 4, joints),
            "confidence": confidence,
            "image_size": size,
        }
        calls[name] = (name, inputs)
        outputs = loaded[name](**{k: tf.constant(v) for k, v in inputs.items()})
        expected[name] = {key: value.numpy() for key, value in outputs.items()}
    wrong = {"keypoints": pixels(8, 3, 4, 18), "image_size": size}
    calls["18 joints"] = ("serving_default", wrong)
    calls["5 frames"] = ("stream", {**wrong, "keypoints": pixels(8, 3, 5, 17)})
    right = {"keypoints": pixels(8, 3, 4, 17)}
    calls["no image"] = ("stream", {**right, "image_size": 0 * size})
    calls["one size"] = ("serving_default", {**right, "image_size": size[:1]})
    return run(folder, path, calls), expected


@pytest.mark.slow
@pytest.mark.parametrize(("batch", "frames"), SIZES)
def test_the_loader_gives_keras_positions(found, batch, frames):
    outputs, expected = found
    positions = outputs[f"{batch}x{frames}/positions"]
    assert positions.dtype == np.float32
    assert positions.shape == (batch, frames, 17, 3)
    assert np.abs(positions).max() > 0.1
    np.testing.assert_allclose(positions, expected[f"{batch}x{frames}"], atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("batch", [1, 64])
def test_the_loader_streams(found, batch):
    outputs, expected = found
    newest = outputs[f"stream {batch}x4/positions"]
    assert newest.shape == (batch, 17, 3)
    np.testing.assert_allclose(newest, expected[f"stream {batch}x4"], atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["coco_17", "stream_mediapipe_33"])
def test_the_loader_converts_layouts(found, name):
    outputs, expected = found
    assert outputs[f"{name}/valid"].tolist() == [True, True, False]
    np.testing.assert_array_equal(outputs[f"{name}/valid"], expected[name]["valid"])
    assert np.abs(outputs[f"{name}/positions"][:2]).max() > 0.1
    np.testing.assert_allclose(
        outputs[f"{name}/positions"], expected[name]["positions"], atol=1e-4
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("18 joints", "[3,4,18,2] is not compatible with expected shape [?,?,17,2]"),
        ("5 frames", "[3,5,17,2] is not compatible with expected shape [?,4,17,2]"),
        ("one size", "image_size must have one row for each video of keypoints"),
    ],
)
def test_the_loader_refuses_what_does_not_fit(found, name, message):
    outputs, _ = found
    assert message in str(outputs[f"{name}/error"])
    assert f"{name}/positions" not in outputs


@pytest.mark.slow
def test_the_loader_gives_nan_without_an_image(found):
    outputs, _ = found
    assert np.isnan(outputs["no image/positions"]).all()


def test_a_real_network_gives_the_same(tiny_run, tiny_export, tmp_path):
    loaded = runs.load(tiny_run)
    inputs = {
        "keypoints": pixels(0, 1, 5, 17),
        "image_size": np.full((1, 2), 1000, np.float32),
    }
    outputs = run(tmp_path, tiny_export / "1", {"video": ("serving_default", inputs)})
    expected = whole_videos.lift_keypoints(
        loaded.model,
        InferenceOptions.of(loaded.config),
        *map(tf.constant, inputs.values()),
    ).numpy()
    assert np.abs(expected).max() > 1e-3
    np.testing.assert_allclose(outputs["video/positions"], expected, atol=1e-4)
