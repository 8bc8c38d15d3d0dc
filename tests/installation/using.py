"""What people do with an installed package; each raises AssertionError if it fails."""

from __future__ import annotations

import time

import numpy as np
from support.videos import drawn

import dgnet_tf
from installation.building import ROOT

_LIFT = ("lift", "--layout=coco_17", "--image_size=1000x800", "--fps=50")
_NETWORK = """
import dgnet_tf

model = dgnet_tf.DGNet(blocks=1, channels=8)
windows = dgnet_tf.load_windows({data!r}, targets=model.output_names, batch_size=4)
model.compile("adam", loss=dgnet_tf.SumSquaredError())
model.fit(windows, verbose=0, shuffle=False)
print(dgnet_tf.DGNet.from_preset(dgnet_tf.DGNet.presets[0]).count_params())
"""
_NO_NETWORK = """
import importlib.util
import dgnet_tf

assert importlib.util.find_spec("tensorflow") is None
try:
    dgnet_tf.DGNet
except ImportError as error:
    print(error)
"""
_PYTHON = """
import numpy, pathlib
import dgnet_tf

assert "site-packages" in dgnet_tf.__file__, dgnet_tf.__file__
keypoints = numpy.load("keypoints.npz")["keypoints"]
lifter = dgnet_tf.Lifter.load()
lifted = lifter.lift(keypoints, layout="coco_17", image_size=(1000, 800), fps=50)
stream = lifter.stream((1000, 800), layout="coco_17", fps=50)
print(lifted.positions.shape)
"""
# What reads a video, and no detector, whose networks are fetched.
_SIZE = """
from dgnet_tf.detection import video
from dgnet_tf.errors import UserError

try:
    print(*video.look_through("walk.mp4").image_size)
except UserError as error:
    print(error)
"""


def use(environment, data, extras):
    """Uses all that an environment with these extras promises."""
    trains = bool(set(extras) - {"video"})
    drawn.write(environment.place / "walk.mp4", frames=5, size=(128, 96))
    _list_commands(environment)
    _lift(environment)
    if trains:
        _train(environment, data)
    for extra, (check, refused) in _EXTRAS.items():
        if extra in extras:
            check(environment, data)
        elif trains or extra == "video":
            refused(environment, data)
    if not trains:
        _miss_tensorflow(environment, data)


def _timed(environment, *arguments) -> str:
    begun = time.monotonic()
    said = environment.run("dgnet", *arguments)
    print(f"  dgnet {arguments[0]}: {time.monotonic() - begun:.1f} s", flush=True)
    return said


def _list_commands(environment):
    assert environment.run("dgnet", "--version").split()[1] == dgnet_tf.__version__
    assert "html_report" in _timed(environment, "--help")
    last = environment.run("dgnet", "lfit", fails=True)
    assert last.startswith("error: Unknown command 'lfit'. Did you mean lift?"), last


def _lift(environment):
    rng = np.random.default_rng(0)
    keypoints = rng.uniform(300, 500, (1, 17, 2)) + np.arange(60)[:, None, None]
    np.savez(environment.place / "keypoints.npz", keypoints=keypoints)
    _timed(
        environment, *_LIFT, "--keypoints=keypoints.npz", "--output=poses.npz",
        "--view=poses.html", "--picture=poses.png",
    )  # fmt: skip
    with np.load(environment.place / "poses.npz") as found:
        assert found["positions"].shape == (60, 17, 3)
    assert environment.run("python", "-c", _PYTHON).split("\n")[-2] == "(60, 17, 3)"


def _miss_tensorflow(environment, data):
    wanted = "needs TensorFlow, which is not installed. pip install 'dgnet-tf[train]'"
    assert wanted in environment.run("python", "-c", _NO_NETWORK)
    said = environment.run(
        "dgnet", "train", f"--data={data}", "--workdir=run", fails=True
    )
    assert said == f"error: this {wanted}\n", said
    assert not (environment.place / "run").exists()


def _train(environment, data):
    said = environment.run("python", "-c", _NETWORK.format(data=str(data)))
    assert int(said.split()[-1]) > 100_000, said
    of_run = ("--workdir=run", f"--data={data}")
    _timed(environment, "train", *of_run, "--preset=smoke")
    _timed(environment, "evaluate", *of_run)
    _timed(environment, "export", "--workdir=run", "--output=model")
    lift = ("--keypoints=keypoints.npz", "--model=model", "--output=own.csv")
    environment.run("dgnet", *_LIFT, *lift)
    assert (environment.place / "own.csv").is_file()


def _page(environment, data):
    _timed(environment, *_PAGE, f"--data={data}")
    assert (environment.place / "page.html").stat().st_size > 1_000_000


def _no_page(environment, data):
    _refused(environment, "report", *_PAGE, f"--data={data}")


def _onnx(environment, data):
    _timed(environment, *_ONNX)
    assert (environment.place / "lifter.onnx").is_file()


def _no_onnx(environment, data):
    _refused(environment, "export", *_ONNX)


def _video(environment, data):
    assert environment.run("python", "-c", _SIZE).split() == ["128", "96"]


def _no_video(environment, data):
    assert "pip install 'dgnet-tf[video]'" in environment.run("python", "-c", _SIZE)


def _warmup(environment, data):
    assert (environment.place / _WARMUP).is_file()


def _no_warmup(environment, data):
    assert not (environment.place / _WARMUP).exists()


def _search(environment, data):
    output = environment.place / "study"
    given = ("--preset=smoke", "--trials=1", f"--workdir={output}", f"--data={data}")
    # Of the repository: the wheel does without it.
    environment.run("python", "-m", "tuning.search", *given, cwd=ROOT)
    environment.run("python", "-m", "tuning.report", f"--workdir={output}", cwd=ROOT)
    assert (output / "best_config.json").is_file()


def _no_search(environment, data):
    given = ("--preset=smoke", "--trials=1", "--workdir=study", f"--data={data}")
    said = environment.run(
        "python", "-m", "tuning.search", *given, cwd=ROOT, fails=True
    )
    assert said.splitlines()[-1].endswith("pip install 'dgnet-tf[tuning]'"), said


def _openvino(environment, data):
    _timed(environment, *_OPENVINO)


def _no_openvino(environment, data):
    _refused(environment, "openvino", *_OPENVINO)


def _refused(environment, extra, *arguments):
    said = environment.run("dgnet", *arguments, fails=True).splitlines()[-1]
    assert said.endswith(f"pip install 'dgnet-tf[{extra}]'"), said


_OPENVINO = (
    *(*_LIFT, "--keypoints=keypoints.npz", "--engine=openvino"),
    "--output=openvino.npz",
)
_PAGE = ("html_report", "--workdir=run", "--output=page.html")
_ONNX = ("export", "--workdir=run", "--format=onnx", "--output=lifter.onnx")
_WARMUP = "model/1/assets.extra/tf_serving_warmup_requests"
# What an extra gives, and what is said or left out without it.
_EXTRAS = {
    "report": (_page, _no_page),
    "export": (_onnx, _no_onnx),
    "openvino": (_openvino, _no_openvino),
    "serving": (_warmup, _no_warmup),
    "tuning": (_search, _no_search),
    "video": (_video, _no_video),
}
