"""What README shows works as it stands."""

import dataclasses
import pathlib
import re

import numpy as np

from dgnet_tf import config, saved_model
from preprocessing import conversion, synthetic
from preprocessing.camera_rig import Rig

ROOT = pathlib.Path(__file__).parents[1]


def test_the_scripts_of_the_readme_run(tmp_path):
    data = tmp_path / "data"
    dataset = synthetic.read(4, 60, 0, rig=Rig(1))
    conversion.convert(dataset, data, workers=1, show=lambda line: None)
    text = (ROOT / "README.md").read_text()
    train, lift = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert '"demo/data"' in train and '"demo/model"' in lift
    names = {}
    exec(train.replace('"demo/data"', repr(str(data))), names)
    history = names["model"].history.history
    assert len(history["loss"]) == 2
    assert np.isfinite(history["pose_mpjpe_mm"]).all()

    made = config.make(blocks=2, channels=64)
    made = dataclasses.replace(made, skeleton="human36m_17", fps=50.0)
    saved_model.save(names["model"], made, tmp_path / "model")
    names["keypoints"] = np.random.default_rng(0).uniform(100, 900, (6, 17, 2))
    exec(lift.replace('"demo/model"', repr(str(tmp_path / "model"))), names)
    assert names["lifted"].positions.shape == (6, 17, 3)
    pose = names["stream"].push(names["keypoints"][0])
    assert pose.shape == (17, 3) and np.isfinite(pose).all()


def test_files_and_folders_that_the_documents_name_exist():
    for document in ("README.md", "BUILD.md", "DECISIONS.md"):
        text = (ROOT / document).read_text()
        named = re.findall(
            r"`((?:dgnet_tf|preprocessing|tests|docs)/[\w/]+\.\w+)`", text
        )
        named += re.findall(r"\]\(([\w/.]+\.\w+)\)", text)
        assert not [name for name in named if not (ROOT / name).exists()], document
