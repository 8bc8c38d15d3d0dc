"""The exported SavedModel, used the way others would: without dgnet_tf."""

import gc
import json
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from support.lifting.lifting_stand_ins import Config, export, small_model
from tensorflow.core.protobuf import saved_model_pb2

from dgnet_tf import skeletons
from dgnet_tf.errors import UserError
from dgnet_tf.exporting import graph_check, saved_model
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.keypoints import layouts

SIZES = [(1, 1), (1, 3), (1, 4), (1, 1000), (64, 1), (64, 3), (64, 4)]

SKELETON = "human36m_17"

ELSEWHERE = """
import sys
sys.modules["dgnet_tf"] = None  # importing it raises
import numpy as np
import tensorflow as tf
serve = tf.saved_model.load("model/1").signatures["serving_default"]
data = np.load("inputs.npz")
results = {}
for name in data["names"]:
    keypoints, image_size = data[f"keypoints/{name}"], data[f"image_size/{name}"]
    outputs = serve(
        keypoints=tf.constant(keypoints), image_size=tf.constant(image_size)
    )
    assert list(outputs) == ["positions"]
    results[str(name)] = outputs["positions"].numpy()
others = tf.saved_model.load("model/1").signatures
keypoints, image_size = data["keypoints/64x4"], data["image_size/64x4"]
inputs = {"keypoints": tf.constant(data["last/64x4"]), "image_size": image_size}
results["stream"] = others["stream"](**inputs)["positions"].numpy()
inputs = {"keypoints": tf.constant(keypoints), "image_size": image_size}
inputs["confidence"] = tf.ones(keypoints.shape[:3])
results["coco_17"] = others["coco_17"](**inputs)["positions"].numpy()
np.savez("outputs.npz", **results)
"""


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A folder with an export, its model and configuration."""
    folder = tmp_path_factory.mktemp("export")
    config = Config(overlap="mean", frame_stride=2)
    model = small_model(config)
    path = saved_model.save(model, config, folder / "model")
    assert path == folder / "model" / "1"
    return folder, model, config


def saved_graph(folder):
    message = saved_model_pb2.SavedModel()
    message.ParseFromString((folder / "model/1/saved_model.pb").read_bytes())
    return message.meta_graphs[0]


@pytest.mark.slow
def test_a_clean_process_gives_the_same_positions(exported):
    folder, model, config = exported
    rng = np.random.default_rng(0)
    inputs, expected = {"names": [f"{b}x{f}" for b, f in SIZES]}, {}
    for (batch, frames), name in zip(SIZES, inputs["names"], strict=True):
        keypoints = rng.uniform(0, 900, (batch, frames, 17, 2)).astype(np.float32)
        image_size = rng.uniform(900, 1200, (batch, 2)).astype(np.float32)
        inputs[f"keypoints/{name}"], inputs[f"image_size/{name}"] = (
            keypoints,
            image_size,
        )
        expected[name] = whole_videos.lift_keypoints(
            model,
            InferenceOptions.of(config),
            tf.constant(keypoints),
            tf.constant(image_size),
        ).numpy()
    # A stream needs 7 frames: 4, each the second after the one before.
    keypoints, size = inputs["keypoints/64x4"], inputs["image_size/64x4"]
    inputs["last/64x4"] = np.concatenate([keypoints, keypoints[:, :3]], axis=1)
    converted, _ = layouts.convert(keypoints, keypoints[..., 0], "coco_17", SKELETON)
    for name, given in (("stream", inputs["last/64x4"]), ("coco_17", converted)):
        expected[name] = whole_videos.lift_keypoints(
            model,
            InferenceOptions.of(config),
            tf.constant(given),
            tf.constant(size),
        ).numpy()
    expected["stream"] = expected["stream"][:, -1]
    np.savez(folder / "inputs.npz", **inputs)
    subprocess.run([sys.executable, "-I", "-c", ELSEWHERE], cwd=folder, check=True)
    with np.load(folder / "outputs.npz") as outputs:
        for (batch, frames), name in zip(SIZES, inputs["names"], strict=True):
            assert outputs[name].dtype == np.float32
            assert outputs[name].shape == (batch, frames, 17, 3)
            assert np.abs(outputs[name]).max() > 0.1
            np.testing.assert_allclose(outputs[name], expected[name], atol=1e-5)
        for name in ("stream", "coco_17"):
            np.testing.assert_allclose(outputs[name], expected[name], atol=1e-5)


def test_serving_default_has_the_documented_names_types_and_shapes(exported):
    signature = saved_graph(exported[0]).signature_def["serving_default"]

    def described(tensors):
        return {
            name: (tensor.dtype, [dim.size for dim in tensor.tensor_shape.dim])
            for name, tensor in tensors.items()
        }

    float32 = tf.float32.as_datatype_enum
    assert described(signature.inputs) == {
        "keypoints": (float32, [-1, -1, 17, 2]),
        "image_size": (float32, [-1, 2]),
    }
    assert described(signature.outputs) == {
        "positions": (float32, [-1, -1, 17, 3]),
    }


def test_what_load_gives_holds_its_weights_itself(exported):
    folder, model, config = exported
    serve, _ = saved_model.load(folder / "model")
    gc.collect()
    video = np.random.default_rng(1).uniform(0, 900, (5, 17, 2))
    size = np.array([1000.0, 900.0])
    expected = whole_videos.lift_view(
        whole_videos.serving_function(model, InferenceOptions.of(config)),
        video,
        size,
        8,
    )
    found = whole_videos.lift_view(serve, video, size, 8)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_every_signature_has_the_names_types_and_shapes_of_the_card(exported):
    folder, _, _ = exported
    card = json.loads((folder / "model/1/assets.extra/model_card.json").read_text())
    found = saved_graph(folder).signature_def
    # TensorFlow adds one that initialises nothing.
    assert set(found) - {"__saved_model_init_op"} == set(card["signatures"])
    for name, described in card["signatures"].items():
        for tensors, told in (
            (found[name].inputs, described["inputs"]),
            (found[name].outputs, described["outputs"]),
        ):
            assert {
                key: (
                    tf.as_dtype(tensor.dtype).name,
                    [dim.size for dim in tensor.tensor_shape.dim],
                )
                for key, tensor in tensors.items()
            } == {
                key: (
                    value["dtype"],
                    [-1 if isinstance(n, str) else n for n in value["shape"]],
                )
                for key, value in told.items()
            }


def test_no_function_of_the_graph_needs_a_compiler_or_python(exported):
    folder, _, _ = exported
    assert graph_check.problems(folder / "model/1") == []
    functions = saved_graph(folder).graph_def.library.function
    names = [function.signature.name for function in functions]
    assert any("while_body" in name for name in names)  # The model is in there.
    for function in functions:
        attributes = [function.attr, *(node.attr for node in function.node_def)]
        assert not any("_XlaMustCompile" in attribute for attribute in attributes)
        assert not any(
            "Xla" in node.op or "PyFunc" in node.op for node in function.node_def
        )


def test_all_signatures_share_one_copy_of_the_network(exported):
    functions = saved_graph(exported[0]).graph_def.library.function
    products = [
        function.signature.name
        for function in functions
        if any(node.op == "MatMul" for node in function.node_def)
    ]
    assert len(products) == 1 and "network" in products[0]


def test_a_graph_that_cannot_be_served_is_not_written(exported, tmp_path, monkeypatch):
    _, model, config = exported
    compiled = tf.function(lambda x: model(x, training=False), jit_compile=True)
    with pytest.raises(RuntimeError, match="cannot be served.*_XlaMustCompile"):
        export(tmp_path / "model", config, lambda x, training: compiled(x))
    assert list(tmp_path.iterdir()) == []


def test_the_model_card_tells_rate_skeleton_and_units(exported):
    folder, _, config = exported
    card = json.loads((folder / "model/1/assets.extra/model_card.json").read_text())
    assert card["skeleton"] == "human36m_17"
    assert card["joints"][0] == card["root"] == "hip"
    assert card["fps"] == 50.0
    assert card["flip"] is True
    assert card["config"]["overlap"] == "mean"
    assert card["units"]["positions"] == "metres"
    assert card["config"]["frame_stride"] == config.frame_stride


def test_without_flip_the_model_runs_once(tmp_path):
    config = Config()
    model = small_model(config)
    path = export(tmp_path, config, model, version=7, flip=False)
    assert path == tmp_path / "7"
    keypoints = np.random.default_rng(1).uniform(0, 900, (5, 17, 2))
    size = np.array([1000.0, 900.0])
    serve = tf.saved_model.load(str(path)).signatures["serving_default"]
    result = whole_videos.lift_view(serve, keypoints, size, 4)
    straight, both = (
        whole_videos.lift_view(
            whole_videos.serving_function(
                model, InferenceOptions.of(config, flip=flip)
            ),
            keypoints,
            size,
            4,
        )
        for flip in (False, True)
    )
    np.testing.assert_allclose(result, straight, atol=1e-5)
    assert np.abs(result - both).max() > 0.01


def test_a_half_precision_model_is_served_in_float32(tmp_path):
    model = small_model(dtype="mixed_bfloat16")
    path = export(tmp_path, model=model)
    serve = tf.saved_model.load(str(path)).signatures["serving_default"]
    assert serve.structured_outputs["positions"].dtype == tf.float32


def test_an_existing_version_is_refused_and_kept(exported):
    folder, model, config = exported
    before = (folder / "model/1/saved_model.pb").read_bytes()
    with pytest.raises(UserError, match="1: exists already. Choose another --version"):
        saved_model.save(model, config, folder / "model")
    assert (folder / "model/1/saved_model.pb").read_bytes() == before


def test_a_failed_export_leaves_nothing_behind(exported, tmp_path, monkeypatch):
    _, model, config = exported

    def full_disk(module, folder, signatures):
        pathlib.Path(folder).mkdir()
        message = f"{folder}/variables/v; No space left on device [Op:SaveV2]"
        raise tf.errors.ResourceExhaustedError(None, None, message)

    monkeypatch.setattr(tf.saved_model, "save", full_disk)
    with pytest.raises(OSError, match="No space left on device: '.*model/1'"):
        export(tmp_path / "model", config, model)
    assert list(tmp_path.iterdir()) == []


def damaged_copy(exported, tmp_path):
    return shutil.copytree(exported[0] / "model/1", tmp_path / "1")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("saved_model.pb", "holds no SavedModel"),
        ("variables/variables.index", "1: is no whole export of this package"),
        ("variables/variables.data-00000-of-00001", "is no whole export"),
        ("assets.extra/model_card.json", "model_card.json: not found"),
    ],
)
def test_a_folder_that_lacks_a_file_is_refused(exported, tmp_path, name, message):
    folder = damaged_copy(exported, tmp_path)
    (folder / name).unlink()
    with pytest.raises(UserError, match=message):
        saved_model.load(tmp_path)


@pytest.mark.parametrize(
    "name", ["saved_model.pb", "variables/variables.index", saved_model.CARD]
)
def test_a_file_that_was_cut_short_is_refused(exported, tmp_path, name):
    folder = damaged_copy(exported, tmp_path)
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(UserError, match="is no whole export|not JSON"):
        saved_model.load(folder)


@pytest.mark.parametrize(
    ("skeleton", "frames", "message"),
    [
        ("human36m_17", 5, "'stream' does not take 'keypoints' of shape"),
        ("human36m_16", 4, "'serving_default' does not take 'keypoints' of shape"),
    ],
)
def test_a_graph_that_its_card_does_not_tell_of_is_refused(
    exported, tmp_path, skeleton, frames, message
):
    path = damaged_copy(exported, tmp_path) / saved_model.CARD
    card = json.loads(path.read_text())
    card |= {"skeleton": skeleton, "joints": list(skeletons.get(skeleton).joints)}
    card["config"] |= {"skeleton": skeleton, "frames": frames}
    path.write_text(json.dumps(card))
    with pytest.raises(UserError, match=f"1: is no whole export .*{message}"):
        saved_model.load(tmp_path)


def test_a_saved_model_of_others_is_refused(tmp_path):
    tf.saved_model.save(tf.Module(), str(tmp_path / "1"))
    with pytest.raises(UserError, match="no whole export of this package"):
        saved_model.load(tmp_path)
