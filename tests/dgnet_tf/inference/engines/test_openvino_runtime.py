"""OpenVINO lifts what the other engines lift, and tells nobody."""

import importlib.util
import subprocess
import sys

import numpy as np
import pytest
from support.lifting.echo_lifter import moving
from support.lifting.lifting_stand_ins import Config
from support.marks import slow_but

import dgnet_tf
from dgnet_tf.config import config as configuration
from dgnet_tf.errors import UserError
from dgnet_tf.exporting import (
    model_card,
    onnx_export,
    saved_model,
    signatures,
    tflite_export,
)
from dgnet_tf.inference.engines import exported_files, openvino_runtime
from dgnet_tf.inference.engines.window_engine import WindowEngine
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models import runs

# Not importorskip, which would import it with its telemetry.
installed = pytest.mark.skipif(
    importlib.util.find_spec("openvino") is None, reason="OpenVINO is not installed"
)
SIZE = (1000, 900)
QUIET = """
import socket, sys

def refuse(*_):
    raise SystemExit("something looked for the network")

socket.socket.connect = socket.getaddrinfo = refuse
from dgnet_tf.inference.engines import openvino_runtime

openvino_runtime.imported()
import openvino.tools.ovc

loaded = [n for n, m in sys.modules.items() if m and n.startswith("openvino_tel")]
assert not loaded, loaded
print(type(openvino.tools.ovc.telemetry).__module__)
"""


@installed
def test_its_import_loads_no_telemetry():
    process = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", QUIET], capture_output=True, text=True
    )
    assert process.returncode == 0, process.stderr
    # What OpenVINO puts in the place of the package that is not there.
    assert process.stdout.split() == ["openvino.tools.ovc.telemetry_stub"]


def network(**fields):
    """A network of which all joints are neighbours: no rounding decides."""
    sizes = {"channels": 8, "blocks": 1, "connection": "full", "fps": 50.0}
    sizes["temporal_unit"] = "ftg,dtg"  # Each operation once.
    config = configuration.make("smoke", **sizes, skeleton="human36m_17", **fields)
    return runs.build_model(config), config


def lifted(path, **arguments):
    run, card = exported_files.load(path, **arguments)
    engine = WindowEngine(run, InferenceOptions.of_card(card))
    people = moving(8).reshape(2, 4, 17, 2)
    return *engine.lift_measured(moving(70), SIZE), engine.lift_newest(people, SIZE)


@installed
@pytest.mark.parametrize("inputs", slow_but("xy", ["xy", "xyc"]))
@pytest.mark.parametrize("suffix", slow_but(".tflite", [".tflite", ".onnx"]))
def test_files_give_what_their_own_runtimes_give(suffix, inputs, tmp_path):
    if suffix == ".onnx":
        pytest.importorskip("tf2onnx")
    model, config = network(inputs=inputs)
    options = InferenceOptions.of(config)
    save = onnx_export.save if suffix == ".onnx" else tflite_export.save
    path = tmp_path / f"lifter{suffix}"
    save(model, options, path, model_card.of_export(config, options))
    expected = lifted(path)
    assert np.abs(expected[0]).max() > 1e-3
    for threads in (1, 3):
        found = lifted(path, threads=threads, openvino=True)
        for ours, theirs in zip(found, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-5)


@installed
@pytest.mark.slow
def test_a_savedmodel_gives_what_tensorflow_gives_for_any_size(tmp_path, monkeypatch):
    monkeypatch.setattr(signatures, "LAYOUTS", ("coco_17",))  # OpenVINO takes none.
    model, config = network()
    saved_model.save(model, config, tmp_path / "model")
    ours, theirs = (
        dgnet_tf.Lifter.load(tmp_path / "model", engine=engine).engine
        for engine in ("openvino", "tensorflow")
    )
    for frames in (1, 70):
        expected = theirs.lift(moving(frames), SIZE)
        np.testing.assert_allclose(ours.lift(moving(frames), SIZE), expected, atol=1e-5)
    people = moving(12).reshape(3, 4, 17, 2)
    expected = theirs.lift_newest(people, SIZE)
    np.testing.assert_allclose(ours.lift_newest(people, SIZE), expected, atol=1e-5)


@installed
def test_a_savedmodel_that_it_cannot_use_is_refused(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"none")
    options = InferenceOptions.of(Config())
    with pytest.raises(UserError, match="OpenVINO cannot read it"):
        openvino_runtime.load_saved_model(tmp_path, options)
    scored = InferenceOptions(skeleton="human36m_17", inputs="xyc")
    with pytest.raises(UserError, match="takes the confidence.*--format=onnx"):
        openvino_runtime.load_saved_model(tmp_path, scored)


def test_where_it_is_missing_one_line_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", None)
    openvino_runtime.imported.cache_clear()
    with pytest.raises(UserError, match=r"pip install 'dgnet-tf\[openvino\]'"):
        dgnet_tf.Lifter.load(engine="openvino")
