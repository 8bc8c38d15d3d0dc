"""Which engine lifts what, and what it needs for that."""

import dataclasses
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from support.lifting.echo_lifter import SIZE, moving

import dgnet_tf
from dgnet_tf.errors import UserError
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.engines import litert
from dgnet_tf.inference.engines.tensorflow_engine import TensorFlowEngine
from dgnet_tf.inference.engines.window_engine import WindowEngine
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.lifting import loading
from dgnet_tf.models import weight_folders
from preprocessing.cameras.camera_rig import Rig
from preprocessing.datasets import synthetic

pytestmark = pytest.mark.skipif(
    not litert.is_installed(), reason="LiteRT is not installed here"
)
SHIPPED = weight_folders.FOLDER / weight_folders.DEFAULT

_WITHOUT_TENSORFLOW = """
import sys
import numpy as np
import dgnet_tf
keypoints = np.random.default_rng(0).uniform(100, 700, (12, 17, 2))
lifter = dgnet_tf.Lifter.load()
lifted = lifter.lift(keypoints, layout="coco_17", image_size=(1000, 800), fps=30)
assert lifted.positions.shape == (12, 17, 3)
stream = lifter.stream((1000, 800), layout="coco_17")
assert stream.push(keypoints[0]).shape == (17, 3)
assert "tensorflow" not in sys.modules
"""


def test_shipped_weights_lift_and_stream_without_tensorflow():
    subprocess.run([sys.executable, "-c", _WITHOUT_TENSORFLOW], check=True)


def test_engines_agree_on_shipped_weights_wherever_no_tie_decides():
    ours, theirs = dgnet_tf.Lifter.load(), dgnet_tf.Lifter.load(engine="tensorflow")
    assert type(ours.engine) is WindowEngine and ours.run is None
    assert type(theirs.engine) is TensorFlowEngine and theirs.run is not None
    assert ours.options == theirs.options
    # Poses as they are lifted: smoothing hands a tie on to the frames around it.
    options = InferenceOptions.of(ours.options, position_smoothing=0)
    serve = whole_videos.serving_function(theirs.run.model, options)
    engines = (
        dataclasses.replace(ours.engine, options=options),
        TensorFlowEngine(serve, options),
    )
    distances = []
    for view in synthetic.read(3, 60, 7, rig=Rig(4)).recordings[0].load():
        noise = np.random.default_rng(0).normal(0, 2, view.keypoints.shape)
        found, expected = (
            one.lift(view.keypoints + noise, (1000, 1000)) for one in engines
        )
        distances.append(np.linalg.norm(found - expected, axis=-1).max(axis=-1))
    distance = np.concatenate(distances)  # (F,)
    # Where two joints are as good as equally near, rounding decides who is taken; each
    # frame is read from one window, in which that shows whole.
    assert np.median(distance) < 1e-5 and np.mean(distance < 1e-4) > 0.9
    assert np.mean(distance < 5e-3) > 0.98 and distance.max() < 0.05


def test_weights_without_the_file_take_tensorflow_alone(tmp_path):
    folder = tmp_path / "weights"
    shutil.copytree(SHIPPED, folder)
    (folder / weight_folders.ENGINE).write_bytes(b"another")
    with pytest.raises(UserError, match="lifter.tflite: has bytes 7 where preset.json"):
        dgnet_tf.Lifter.load(folder)
    (folder / weight_folders.ENGINE).unlink()
    with pytest.raises(UserError, match="lifter.tflite: not found"):
        dgnet_tf.Lifter.load(folder)
    path = folder / weight_folders.FILE
    content = json.loads(path.read_text())
    del content["engine"]
    path.write_text(json.dumps(content))
    assert weight_folders.engine_file(folder) is None
    assert type(dgnet_tf.Lifter.load(folder).engine) is TensorFlowEngine
    with pytest.raises(UserError, match="holds no lifter.tflite for --engine=litert"):
        dgnet_tf.Lifter.load(folder, engine="litert")


def test_a_program_in_weights_of_others_runs_only_where_it_is_asked_for(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "weights")
    for engine, kind in (
        ("auto", TensorFlowEngine),
        ("tensorflow", TensorFlowEngine),
        ("litert", WindowEngine),
    ):
        lifter = dgnet_tf.Lifter.load(tmp_path / "weights", engine=engine)
        assert type(lifter.engine) is kind


def test_without_tensorflow_others_weights_name_both_ways(tmp_path, monkeypatch):
    folder = tmp_path / "weights"
    shutil.copytree(SHIPPED, folder)
    monkeypatch.setattr(loading, "_has_tensorflow", lambda: False)
    with pytest.raises(UserError, match=r"pip install .*\[train\].* --engine=litert"):
        dgnet_tf.Lifter.load(folder)
    found = dgnet_tf.Lifter.load(folder, engine="litert").engine
    assert type(found) is WindowEngine


def test_files_lift_as_what_they_were_exported_from():
    file = SHIPPED / weight_folders.ENGINE
    found, expected = (
        dgnet_tf.Lifter.load(path).lift(
            moving(9), layout="human36m_17", image_size=SIZE
        )
        for path in (file, None)
    )
    np.testing.assert_array_equal(found.positions, expected.positions)
    with pytest.raises(UserError, match="is not for --engine=onnx; .tflite files"):
        dgnet_tf.Lifter.load(file, engine="onnx")
    with pytest.raises(UserError, match="is not for --engine=onnx. Export it"):
        dgnet_tf.Lifter.load(engine="onnx")
    with pytest.raises(ValueError, match="engine"):
        dgnet_tf.Lifter.load(engine="torch")
