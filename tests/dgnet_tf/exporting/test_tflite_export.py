"""Exports for TensorFlow Lite."""

import json
import random
import shutil
import zipfile

import numpy as np
import pytest
import tensorflow as tf
from fuzzing import byte_damage
from support.lifting.lifting_stand_ins import (
    Config,
    command_error,
    run_command,
    write_run,
)

from dgnet_tf import DGNet, export
from dgnet_tf.errors import UserError
from dgnet_tf.exporting import edge_lifter, tflite_export
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.engines import litert
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.training import run_folder

SIZE = np.array([1000.0, 900.0])
CARD = {
    "skeleton": "human36m_17",
    "fps": 50.0,
    "config": {
        "skeleton": "human36m_17",
        "fps": 50.0,
        "frames": 4,
        "frame_stride": 1,
        "overlap": "mean",
    },
}


def video(frames=9):
    """People-sized keypoints that move a little."""
    rng = np.random.default_rng(0)
    start = rng.uniform(300, 600, (1, 17, 2))
    return start + np.cumsum(rng.normal(0, 3, (frames, 17, 2)), axis=0)


def trained_like(**arguments):
    """A network whose heads and batch norms are not at their start."""
    model = DGNet(**{"channels": 8, "blocks": 1, **arguments})
    rng = np.random.default_rng(1)
    model.set_weights(
        [
            w + rng.normal(0, 0.05, w.shape).astype("f4") ** 2
            for w in model.get_weights()
        ]
    )
    return model


def expected(model, flip=True):
    serve = whole_videos.serving_function(
        model, InferenceOptions.of(Config(), flip=flip)
    )
    return whole_videos.lift_view(serve, video(), SIZE, 4)


def lifted(path):
    return edge_lifter.lift(edge_lifter.load(path), video(), SIZE)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A file, and its network."""
    model = trained_like()
    folder = tmp_path_factory.mktemp("tflite")
    return tflite_export.save(
        model, InferenceOptions.of(Config()), folder / "a.tflite", CARD
    ), model


def test_float32_gives_the_networks_positions(exported):
    path, model = exported
    result = expected(model)
    assert np.abs(result).max() > 0.05
    np.testing.assert_allclose(lifted(path), result, atol=1e-5)


# Rounding decides nothing: none chooses the nearest among features.
@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        {"connection": "precomputed", "weighting": "embedded_gaussian"},
        {"connection": "full", "weighting": "none", "normalization": "mean"},
        {"connection": "random", "score_activation": "tanh", "semantic": False},
        {"neighbor_softness": 0.5, "input_frame": "person_and_place"},
        {
            "spatial_unit": "fsg+dsg",
            "temporal_unit": "ftg+dtg",
            "input_frame": "person",
            "spatial_neighbors": 17,
            "temporal_neighbors": 17,
        },
    ],
)
def test_every_kind_of_network_needs_built_in_operations_alone(tmp_path, arguments):
    model = trained_like(**arguments)
    for layer in model._flatten_layers():
        if hasattr(layer, "gate"):
            layer.gate.assign(0.5)
    path = tmp_path / "a.tflite"
    tflite_export.save(model, InferenceOptions.of(Config(), flip=False), path, CARD)
    assert b"Flex" not in path.read_bytes()
    np.testing.assert_allclose(lifted(path), expected(model, flip=False), atol=1e-5)


def test_the_signature_has_names_types_and_fixed_shapes(exported):
    path, _ = exported
    interpreter = litert._interpreter(path)(model_path=str(path))
    serve = interpreter.get_signature_runner("serving_default")
    details = {**serve.get_input_details(), **serve.get_output_details()}
    assert {
        name: (row["dtype"], row["shape_signature"].tolist())
        for name, row in details.items()
    } == {
        "keypoints": (np.float32, [1, 4, 17, 2]),
        "image_size": (np.float32, [1, 2]),
        "positions": (np.float32, [1, 4, 17, 3]),
        "disagreement": (np.float32, [1, 4, 17]),
    }


@pytest.mark.slow
def test_int8_stores_large_kernels_in_a_quarter_and_stays_close(tmp_path):
    model = trained_like(channels=64)
    whole = tflite_export.save(
        model, InferenceOptions.of(Config()), tmp_path / "a.tflite", CARD
    )
    small = tflite_export.save(
        model, InferenceOptions.of(Config()), tmp_path / "b.tflite", CARD, int8=True
    )
    saved = whole.stat().st_size - small.stat().st_size
    # Three bytes of each weight, but of small and of one-row kernels none.
    assert 0.8 < saved / (3 * model.count_params()) < 1.0
    result = expected(model)
    difference = np.linalg.norm(lifted(small) - result, axis=-1).mean()
    size = np.linalg.norm(result, axis=-1).mean()
    assert 1e-5 * size < difference < 0.1 * size


def test_a_file_of_other_tensors_than_its_card_tells_of_is_refused(exported, tmp_path):
    path = shutil.copy(exported[0], tmp_path / "a.tflite")
    with zipfile.ZipFile(path) as archive:
        digest = archive.read("model.sha256")
        size = min(info.header_offset for info in archive.infolist())
    longer = {**CARD, "config": {**CARD["config"], "frames": 5}}
    for card, message in (
        (longer, r"tells of 'keypoints' of shape \[5, 17, 2\], it has \[4, 17, 2\]"),
        ({**CARD, "fps": "x"}, "a.tflite: not a model card .*'fps' must be a number"),
    ):
        path.write_bytes(path.read_bytes()[:size])
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("model_card.json", json.dumps(card))
            archive.writestr("model.sha256", digest)
        with pytest.raises(UserError, match=message):
            edge_lifter.load(path)


def test_the_file_carries_its_card(exported):
    path, _ = exported
    with zipfile.ZipFile(path) as archive:
        assert json.loads(archive.read("model_card.json")) == CARD
    assert edge_lifter.load(path).card == CARD


def test_damaged_files_are_refused_before_the_runtime_sees_them(exported, tmp_path):
    whole, path = exported[0].read_bytes(), tmp_path / "a.tflite"
    with zipfile.ZipFile(exported[0]) as archive:  # Card and digest, behind the model.
        size = min(member.header_offset for member in archive.infolist())
    rng = random.Random(0)
    for _ in range(40):
        path.write_bytes(byte_damage.of_bytes(whole[:size], rng) + whole[size:])
        if path.read_bytes() != whole:
            with pytest.raises(UserError, match="a.tflite: is no whole export"):
                edge_lifter.load(path)


def test_a_network_that_does_not_convert_is_refused_and_leaves_nothing(tmp_path):
    def inverting(windows, training):
        pose = tf.linalg.inv(tf.matmul(windows, windows, transpose_a=True))
        return {"pose": tf.zeros([1, 4, 17, 3]) + pose[..., :1, :1]}

    with pytest.raises(UserError, match="a.tflite: TensorFlow Lite cannot hold"):
        tflite_export.save(
            inverting,
            InferenceOptions.of(Config(), flip=False),
            tmp_path / "a.tflite",
            CARD,
        )
    with pytest.raises(UserError, match="--output must end in .tflite"):
        tflite_export.save(
            inverting, InferenceOptions.of(Config()), tmp_path / "a.onnx", CARD
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_command_writes_a_file_that_lifts_as_the_run(tmp_path, capsys):
    run, path = write_run(tmp_path / "run"), tmp_path / "out" / "lifter.tflite"
    model = trained_like(channels=4)
    run_folder.save_model(run, model)
    run_command(export, f"--workdir={run}", f"--output={path}", "--format=tflite_int8")
    assert capsys.readouterr().out.splitlines()[-1] == f"Model: {path}"
    assert list(path.parent.iterdir()) == [path]
    # So small a network has no kernel that is worth 8 bits.
    np.testing.assert_allclose(lifted(path), expected(model), atol=1e-5)
    card = edge_lifter.load(path).card
    assert (card["format"], card["skeleton"]) == ("tflite_int8", "human36m_17")
    assert (card["fps"], card["flip"], card["precision"]) == (50, True, "float32")


def test_flags_that_do_not_fit_the_format_are_refused(tmp_path, capsys):
    run, out = write_run(tmp_path / "run"), tmp_path / "out"
    arguments = (f"--workdir={run}", "--format=tflite")
    line = command_error(capsys, export, *arguments, f"--output={out / 'model'}")
    assert "error: --output must end in .tflite" in line
    path = out / "a.tflite"
    line = command_error(capsys, export, *arguments, f"--output={path}", "--version=2")
    assert line == "error: --version is for --format=saved_model only."
    assert not out.exists()
