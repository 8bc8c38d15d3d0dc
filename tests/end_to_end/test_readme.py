"""What README shows works as it stands."""

import dataclasses
import json
import pathlib
import re

import numpy as np
import pytest

from dgnet_tf.config import config
from dgnet_tf.exporting import saved_model
from preprocessing.cameras.camera_rig import Rig
from preprocessing.conversion import pipeline
from preprocessing.datasets import synthetic

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("readme") / "data"
    dataset = synthetic.read(4, 60, 0, rig=Rig(1))
    pipeline.convert(dataset, folder, workers=1, show=lambda line: None)
    return folder


def scripts():
    text = (ROOT / "README.md").read_text()
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner.*")
def test_the_search_of_the_readme_runs(data, tmp_path, monkeypatch):
    _, _, tune = scripts()
    budget = {'"data/mine"': repr(str(data)), "small": "smoke", "trials=20": "trials=1"}
    for shown, run in budget.items():
        assert shown in tune
        tune = tune.replace(shown, run)
    monkeypatch.chdir(tmp_path)  # keras-tuner writes into the current folder.
    names = {}
    exec(tune.replace(".search()", ".search(verbose=0)"), names)
    (result,) = tmp_path.glob("untitled_project/trial_*/trial.json")
    trial = json.loads(result.read_text())
    assert set(trial["hyperparameters"]["values"]) == {"blocks", "channels"}
    assert 50 < trial["score"] < 1000  # mm, after six steps.


@pytest.mark.slow
def test_the_scripts_of_the_readme_run(data, tmp_path):
    lift, train, _ = scripts()
    assert '"demo/data"' in train and "Lifter.load()" in lift
    names = {}
    exec(train.replace('"demo/data"', repr(str(data))), names)
    history = names["model"].history.history
    assert len(history["loss"]) == 2
    assert np.isfinite(history["pose_mpjpe_mm"]).all()

    made = config.make(blocks=2, channels=64)
    made = dataclasses.replace(made, skeleton="human36m_17", fps=50.0)
    saved_model.save(names["model"], made, tmp_path / "model")
    names["keypoints"] = np.random.default_rng(0).uniform(100, 900, (6, 17, 2))
    for load in ("load()", f"load({str(tmp_path / 'model')!r})"):
        exec(lift.replace("load()", load), names)
        assert names["lifted"].positions.shape == (6, 17, 3)
        pose = names["stream"].push(names["keypoints"][0])
        assert pose.shape == (17, 3) and np.isfinite(pose).all()
