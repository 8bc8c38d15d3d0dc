"""The confidence of keypoints, from files and feeds to a network that takes it."""

import dataclasses
import json

import numpy as np
import pytest
import tensorflow as tf
from support import record_sets
from support.layer_checks import randomize
from support.lifting.lifting_stand_ins import run_command

from dgnet_tf import DGNet, evaluate, export, lift, skeletons, train
from dgnet_tf.errors import UserError
from dgnet_tf.exporting import (
    edge_lifter,
    onnx_export,
    saved_model,
    signatures,
    tflite_export,
    window_graph,
)
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.engines.tensorflow_engine import TensorFlowEngine
from dgnet_tf.inference.engines.window_engine import WindowEngine
from dgnet_tf.inference.keypoint_preparation import by_name
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.keypoints import tracks
from dgnet_tf.lifting import lifter as lifting
from dgnet_tf.lifting import track_lifting

SIZE = np.array([1000.0, 900.0])
H36M = skeletons.get("human36m_17")
OPTIONS = InferenceOptions(
    skeleton="human36m_17", fps=50.0, inputs="xyc", keypoint_smoothing=2
)
WITHOUT_LEGS = dataclasses.replace(OPTIONS, missing_legs=0.1)


@pytest.fixture(scope="module")
def model():
    found = DGNet(channels=8, blocks=1, inputs="xyc")
    randomize(found)
    for weight in found.weights:
        if "variance" not in weight.name:
            weight.assign(0.5 * weight)
    return found


@pytest.fixture(scope="module")
def engine(model):
    serve = whole_videos.serving_function(model, OPTIONS)
    newest = whole_videos.newest_function(model, OPTIONS)
    return TensorFlowEngine(serve, OPTIONS, newest)


def video(frames=9, joints=17, seed=0):
    """Keypoints (F, J, 3) with their confidence."""
    rng = np.random.default_rng(seed)
    start = rng.uniform(300, 600, (1, joints, 2))
    pixels = start + np.cumsum(rng.normal(0, 3, (frames, joints, 2)), axis=0)
    scores = rng.uniform(0.1, 1.0, (frames, joints, 1))
    return np.concatenate([pixels, scores], axis=-1).astype(np.float32)


def sure(keypoints):
    return np.concatenate([keypoints[..., :2], np.ones_like(keypoints[..., :1])], -1)


def call(function, keypoints, scored):
    given = whole_videos.tensors(keypoints[None], SIZE[None])
    if not scored:
        del given["confidence"]
    return {name: value.numpy()[0] for name, value in function(**given).items()}


def test_signatures_of_joints_take_it_or_have_it_as_1(model, engine, monkeypatch):
    monkeypatch.setattr(signatures, "LAYOUTS", ())
    functions = signatures.build(model, OPTIONS)
    assert set(functions) == {"serving_default", "stream", "scored", "stream_scored"}
    seen = video(4)
    poses = engine.lift(seen, SIZE)
    plain = engine.lift(seen[..., :2], SIZE)
    np.testing.assert_array_equal(engine.lift(sure(seen), SIZE), plain)
    assert np.abs(poses - plain).max() > 0.01
    for name, scored, expected in (
        ("scored", True, poses),
        ("serving_default", False, plain),
        ("stream_scored", True, engine.lift_newest(seen[None], SIZE)[0]),
        ("stream", False, engine.lift_newest(seen[None, ..., :2], SIZE)[0]),
    ):
        found = call(functions[name], seen, scored)["positions"]
        np.testing.assert_allclose(found, expected, atol=1e-5)
    # A confidence that is none counts as 0, one beyond 1 as 1.
    odd, even = seen.copy(), seen.copy()
    odd[1, 3, 2], odd[2, 5, 2], odd[0, 7, 2] = np.nan, 7.0, -1.0
    even[1, 3, 2], even[2, 5, 2], even[0, 7, 2] = 0.0, 1.0, 0.0
    both = [call(functions["scored"], one, True)["positions"] for one in (odd, even)]
    np.testing.assert_array_equal(*both)


@pytest.mark.parametrize("options", [OPTIONS, WITHOUT_LEGS])
def test_a_layout_is_lifted_as_its_file_would_be(
    options, model, engine, monkeypatch, capsys
):
    monkeypatch.setattr(signatures, "LAYOUTS", ("coco_17",))
    function = signatures.build(model, options)["coco_17"]
    lifter = lifting.Lifter(dataclasses.replace(engine, options=options))
    seen = video(12, seed=3)
    seen[2:5, 9, 2], seen[0, 6, 2] = 0.0, 0.0  # A wrist, a shoulder.
    optional = bool(options.missing_legs)
    if optional:
        seen[:, 13:, 2] = 0.0  # Knees and ankles.
    masked = np.where(seen[..., 2:] > 0, seen[..., :2], np.nan).astype(float)
    track = tracks.Track("1", 0, masked, seen[..., 2])
    found = call(function, seen, True)
    assert found["valid"]
    expected = track_lifting.lift_track(lifter, "file", track, "coco_17", SIZE)
    said = capsys.readouterr().err
    assert ("right_knee" in said and "place is a guess" in said) == optional
    np.testing.assert_allclose(found["positions"], expected.positions, atol=1e-4)
    wrist = H36M.joints.index("left_wrist")
    assert (expected.confidence[2:5, wrist] == 0).all()
    assert (expected.confidence[5:, wrist] > 0).all()
    if optional:
        for side in ("left", "right"):
            hip, *legs = (
                H36M.joints.index(f"{side}_{part}") for part in ("hip", "knee", "ankle")
            )
            for leg in legs:
                np.testing.assert_array_equal(
                    expected.keypoints[:, leg], expected.keypoints[:, hip]
                )
        seen[:, 11, 2] = 0.0  # A hip, which is needed.
        assert not call(function, seen, True)["valid"]


def test_windows_and_streams_have_it_too(model, engine):
    function = window_graph.window_function(model, OPTIONS)

    def run(windows, image_size):
        given = {name: tf.constant(value) for name, value in by_name(windows).items()}
        sizes = tf.tile(tf.constant(image_size)[None], [len(windows), 1])
        return function(**given, image_size=sizes)["positions"].numpy()

    windows = WindowEngine(run, OPTIONS)
    seen = video(30)
    poses = engine.lift(seen, SIZE)
    np.testing.assert_allclose(windows.lift(seen, SIZE), poses, atol=1e-5)
    newest = engine.lift_newest(seen[None, :4], SIZE)
    np.testing.assert_allclose(
        windows.lift_newest(seen[None, :4], SIZE), newest, atol=1e-5
    )
    # Four frames are not smoothed over as a video is: without, all are the same.
    raw = dataclasses.replace(OPTIONS, keypoint_smoothing=0)
    serve = whole_videos.serving_function(model, raw)
    lifter = lifting.Lifter(TensorFlowEngine(serve, raw))
    stream = lifter.stream(SIZE, layout="human36m_17")
    seen[3:6, 16, 2] = 0.0
    held = seen.copy()
    held[3:6, 16, :2] = seen[2, 16, :2]
    for frame in range(8):
        pose = stream.push(seen[frame])
        expected = lifter.engine.lift(held[: frame + 1], SIZE)[-1]
        np.testing.assert_allclose(pose, expected, atol=1e-5)


def card(**config):
    shown = {"skeleton": "human36m_17", "fps": 50.0, "frames": 4, "frame_stride": 1}
    shown |= {"overlap": "mean", "keypoint_smoothing": 2, "inputs": "xyc", **config}
    return {"skeleton": "human36m_17", "fps": 50.0, "config": shown}


@pytest.mark.parametrize("kind", [tflite_export, onnx_export])
def test_files_take_it_by_name(kind, model, engine, tmp_path):
    if kind is onnx_export:
        pytest.importorskip("tf2onnx")
        pytest.importorskip("onnxruntime")
    path = kind.save(model, OPTIONS, tmp_path / f"lifter{kind.SUFFIX}", card())
    loaded = edge_lifter.load(path)
    seen = video(7)
    for given in (seen, seen[..., :2]):
        found = edge_lifter.lift(loaded, given, SIZE)
        np.testing.assert_allclose(found, engine.lift(given, SIZE), atol=1e-4)
    with pytest.raises(ValueError, match=r"\(frames, 17, 2\) or \(frames, 17, 3\)"):
        edge_lifter.lift(loaded, seen[..., :1], SIZE)
    seen[0, 0, 2] = 1.5
    with pytest.raises(ValueError, match="confidence .* from 0 to 1"):
        edge_lifter.lift(loaded, seen, SIZE)
    other = kind.save(
        model, OPTIONS, tmp_path / f"other{kind.SUFFIX}", card(inputs="xy")
    )
    with pytest.raises(UserError, match="does not tell of 'confidence', which it has"):
        edge_lifter.load(other)
    plain = edge_lifter.EdgeLifter(loaded.run, card(inputs="xy"))
    with pytest.raises(ValueError, match=r"have shape \(frames, 17, 2\), got"):
        edge_lifter.lift(plain, video(7), SIZE)


@pytest.mark.slow
def test_a_network_with_it_trains_scores_exports_and_lifts(tmp_path, monkeypatch):
    monkeypatch.setattr(signatures, "LAYOUTS", ("coco_17",))
    splits = {"train": record_sets.takes(40, 30), "test": record_sets.takes(21)}
    data = record_sets.write(tmp_path / "data", splits)
    run, exported = tmp_path / "run", tmp_path / "exported"
    flags = ["--preset=smoke", "--channels=6", "--epochs=1", "--steps_per_epoch=2"]
    flags += ["--inputs=xyc", "--relative_noise=0.02", "--missing_legs=0.2"]
    run_command(train, f"--data={data}", f"--workdir={run}", *flags)
    run_command(evaluate, f"--workdir={run}", f"--data={data}", "--noise_px=5")
    (text,) = run.glob("evaluation/*/report.md")
    assert "Their confidence is made up to go with that noise." in text.read_text()
    run_command(export, f"--workdir={run}", f"--output={exported}")
    _, found = saved_model.load_signatures(exported)
    assert found["config"]["inputs"] == "xyc"
    assert "confidence" in found["signatures"]["scored"]["inputs"]
    seen = video(8)
    np.savez(tmp_path / "k.npz", keypoints=seen[..., :2], confidence=seen[..., 2])
    poses = []
    for index, used in enumerate((run, exported)):
        output = tmp_path / f"poses{index}.json"
        run_command(
            lift,
            *(f"--model={used}", f"--keypoints={tmp_path / 'k.npz'}"),
            *("--layout=human36m_17", "--image_size=1000x900", f"--output={output}"),
        )
        poses.append(json.loads(output.read_text()))
    first, second = (np.array(positions(one)) for one in poses)
    np.testing.assert_allclose(first, second, atol=1e-3)
    loaded = lifting.Lifter.load(exported)
    scored = loaded.lift(seen, layout="human36m_17", image_size=(1000, 900)).positions
    np.testing.assert_allclose(first, scored, atol=1e-3)


def positions(content):
    """The positions (F, 17, 3) of a file of poses."""
    (person,) = content["people"]
    return person["positions"]
