"""Exported files run over whole videos, with NumPy alone."""

import hashlib
import sys
import zipfile

import numpy as np
import pytest
import tensorflow as tf
from support.lifting.lifting_stand_ins import Config, small_model
from support.marks import slow_but

from dgnet_tf.config.fields import FIELDS
from dgnet_tf.errors import UserError
from dgnet_tf.exporting import edge_lifter, window_graph
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.engines import litert
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.inference.window_table import window_table

SIZE = (1000.0, 900.0)


def video(frames, joints=17, seed=0):
    return np.random.default_rng(seed).uniform(0, 900, (frames, joints, 2))


def without_file(config, flip=True, model=None):
    """A lifter whose file is the graph itself."""
    function = window_graph.window_function(
        model or small_model(config), InferenceOptions.of(config, flip=flip)
    )

    def run(windows, image_size):
        sizes = tf.tile(tf.constant(image_size)[None], [len(windows), 1])
        return function(tf.constant(windows), sizes)["positions"].numpy()

    card = {
        "config": {
            "skeleton": config.skeleton,
            "frames": config.frames,
            "frame_stride": config.frame_stride,
            "overlap": config.overlap,
            "keypoint_smoothing": config.keypoint_smoothing,
        },
    }
    return edge_lifter.EdgeLifter(run, card)


@pytest.mark.parametrize("overlap", FIELDS["overlap"].choices)
@pytest.mark.parametrize(("frames", "stride"), [(1, 1), (4, 1), (3, 2), (2, 5)])
def test_windows_are_cut_and_read_as_the_saved_model_does(overlap, frames, stride):
    for length in (1, 2, 5, 12, 13):
        used = InferenceOptions(frames=frames, frame_stride=stride, overlap=overlap)
        ours = window_table(length, used)
        theirs = window_table(length, used, tf.range)
        for found, expected in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("flip", slow_but(True, [True, False]))
@pytest.mark.parametrize("overlap", FIELDS["overlap"].choices)
def test_a_video_is_lifted_as_by_the_serving_function(overlap, flip):
    config = Config(overlap=overlap, frame_stride=2, keypoint_smoothing=3)
    model = small_model(config)
    serve = whole_videos.serving_function(model, InferenceOptions.of(config, flip=flip))
    for frames in (1, 3, 150):  # More windows than are run at a time.
        expected = whole_videos.lift_view(serve, video(frames), np.array(SIZE), 8)
        found = edge_lifter.lift(without_file(config, flip, model), video(frames), SIZE)
        assert found.dtype == np.float32
        assert np.abs(expected).max() > 0.1
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_without_flip_the_estimate_is_another():
    config = Config()
    lifted = [
        edge_lifter.lift(without_file(config, flip), video(6), SIZE)
        for flip in (True, False)
    ]
    assert np.abs(lifted[0] - lifted[1]).max() > 0.01


@pytest.mark.parametrize(
    ("keypoints", "size", "message"),
    [
        (video(4)[0], SIZE, r"`keypoints` must have shape \(frames, 17, 2\)"),
        (video(4, joints=15), SIZE, r"got \(4, 15, 2\)"),
        (video(0), SIZE, r"got \(0, 17, 2\)"),
        (np.full((4, 17, 2), np.nan), SIZE, "`keypoints` must be finite"),
        (video(4), (0, 900), r"`image_size` must be a width .* got \[0.0, 900.0\]"),
        (video(4), (1e38, 900), "`image_size` must be a width .* from 1 to 1,000"),
        (video(4), (1000, 1e-30), "`image_size` must be a width"),
        (np.full((4, 17, 2), 1e38), SIZE, "`keypoints` must be finite and within"),
        (video(4), (1000, np.nan), "`image_size` must be"),
        (video(4), (1000, np.inf), "`image_size` must be"),
        (video(4), (1000, 900, 3), "`image_size` must be"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(keypoints, size, message):
    with pytest.raises(ValueError, match=message):
        edge_lifter.lift(without_file(Config()), keypoints, size)
    with pytest.raises(ValueError, match="`overlap` must be .* got 'twice'"):
        InferenceOptions(overlap="twice")


def test_files_that_are_no_export_are_refused_by_name(tmp_path):
    with pytest.raises(UserError, match="a.pb: must end in .tflite or .onnx"):
        edge_lifter.load(tmp_path / "a.pb")
    with pytest.raises(UserError, match="a.tflite: not found"):
        edge_lifter.load(tmp_path / "a.tflite")
    path = tmp_path / "a.tflite"
    for content in (b"", b"TFL3" * 100):
        path.write_bytes(content)
        with pytest.raises(UserError, match="a.tflite: is no whole export"):
            edge_lifter.load(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(litert.CARD, "{}")
        archive.writestr(litert.DIGEST, "00")
    with pytest.raises(UserError, match="a.tflite: .*its checksum does not fit"):
        edge_lifter.load(path)


def test_without_a_runtime_the_error_says_what_to_install(tmp_path, monkeypatch):
    path = tmp_path / "a.tflite"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(litert.CARD, "{}")
        archive.writestr(litert.DIGEST, hashlib.sha256().hexdigest())
    monkeypatch.setattr(litert, "_INTERPRETERS", ("no_such_runtime",))
    with pytest.raises(UserError, match="pip install ai-edge-litert"):
        edge_lifter.load(path)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    (tmp_path / "a.onnx").write_bytes(b"x")
    with pytest.raises(UserError, match="pip install onnxruntime"):
        edge_lifter.load(tmp_path / "a.onnx")
