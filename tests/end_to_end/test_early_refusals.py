"""What can be checked without TensorFlow is refused before it starts."""

import json
import subprocess
import sys

import numpy as np
import pytest

# Runs a command in a process in which TensorFlow cannot be imported.
_WITHOUT_TENSORFLOW = """
import runpy, sys
sys.modules["tensorflow"] = None
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
LIFT = ["--layout=coco_17", "--image_size=1000x800"]
MISSING = {
    "keypoints of lift": ["dgnet_tf.lift", *LIFT, "--output=o.npz", "--model=run"],
    "keypoints of replay": ["dgnet_tf.replay", *LIFT, "--model=run"],
    "model": ["dgnet_tf.lift", *LIFT, "--output=o.npz", "--model=nowhere"],
    "data of train": ["dgnet_tf.train", "--workdir=run", "--data=nowhere"],
    "data of evaluate": ["dgnet_tf.evaluate", "--workdir=run", "--data=nowhere"],
    "run of evaluate": ["dgnet_tf.evaluate", "--workdir=nowhere", "--data=data"],
    "run of export": ["dgnet_tf.export", "--workdir=nowhere", "--output=o"],
    "version": ["dgnet_tf.export", "--workdir=run", "--output=taken"],
    "run of a page": ["dgnet_tf.html_report", "--workdir=nowhere", "--data=data"],
    "run of weights": ["dgnet_tf.save_preset", "--workdir=nowhere", "--name=a"],
    "runs to compare": ["dgnet_tf.compare", "--reports=nowhere,other"],
    "motion": ["preprocessing.convert", "--dataset=bvh", "--source=nowhere"],
    "records": ["preprocessing.inspect", "--data=nowhere"],
    "data of a table": ["tuning.run_ablations", "--table=units", "--data=nowhere"],
    "data of a search": ["tuning.search", "--trials=1", "--data=nowhere"],
    "study": ["tuning.report", "--workdir=nowhere"],
}
MORE = {
    "dgnet_tf.compare": ["--output=o"],
    "dgnet_tf.html_report": ["--output=o.html"],
    "dgnet_tf.save_preset": ["--output=o"],
    "preprocessing.convert": ["--output=o"],
    "tuning.run_ablations": ["--workdir=o"],
    "tuning.search": ["--workdir=o"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, tiny_data):
    folder = tmp_path_factory.mktemp("early")
    (folder / "data").symlink_to(tiny_data)
    (folder / "taken" / "1").mkdir(parents=True)
    (folder / "run").mkdir()
    (folder / "run" / "config.json").write_text(json.dumps({}))
    np.save(
        folder / "keypoints.npy", np.random.default_rng(0).uniform(9, 700, (4, 17, 2))
    )
    return folder


@pytest.mark.parametrize("case", MISSING)
def test_what_is_missing_is_said_without_tensorflow(case, folder):
    module, *flags = MISSING[case]
    flags += MORE.get(module, [])
    if module in ("dgnet_tf.lift", "dgnet_tf.replay"):
        name = "keypoints.npy" if case == "model" else "nowhere.json"
        flags.append(f"--keypoints={name}")
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_TENSORFLOW, module, *flags],
        cwd=folder,
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
    )
    last = done.stderr.splitlines()[-1]
    assert done.returncode == 1 and last.startswith("error: "), done.stderr
    assert "taken/1" in last if case == "version" else "nowhere" in last
    assert not list(folder.glob("o*"))


def test_without_tensorflow_what_needs_it_says_how_to_install_it(folder):
    code = (
        "import sys; sys.modules['tensorflow'] = None; import dgnet_tf\n"
        "try: dgnet_tf.DGNet\n"
        "except ImportError as error: print(error)"
    )
    environment = {"PYTHONPATH": ":".join(sys.path)}
    asked = [sys.executable, "-c", code]
    said = subprocess.run(asked, env=environment, capture_output=True, text=True).stdout
    assert said == (
        "this needs TensorFlow, which is not installed. pip install 'dgnet-tf[train]'\n"
    )
    train = ["dgnet_tf.train", "--data=data", "--workdir=o", "--preset=smoke"]
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_TENSORFLOW, *train],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"error: {said.strip()}"
