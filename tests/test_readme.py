"""What README shows works as it stands."""

import pathlib
import re

import numpy as np

from preprocessing import conversion, synthetic
from preprocessing.camera_rig import Rig

ROOT = pathlib.Path(__file__).parents[1]


def test_the_training_script_of_the_readme_runs(tmp_path):
    data = tmp_path / "data"
    dataset = synthetic.read(4, 60, 0, rig=Rig(1))
    conversion.convert(dataset, data, workers=1, show=lambda line: None)
    text = (ROOT / "README.md").read_text()
    (script,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert '"demo/data"' in script
    names = {}
    exec(script.replace('"demo/data"', repr(str(data))), names)
    history = names["model"].history.history
    assert len(history["loss"]) == 2
    assert np.isfinite(history["pose_mpjpe_mm"]).all()


def test_files_and_folders_that_the_documents_name_exist():
    for document in ("README.md", "BUILD.md", "DECISIONS.md"):
        text = (ROOT / document).read_text()
        named = re.findall(
            r"`((?:dgnet_tf|preprocessing|tests|docs)/[\w/]+\.\w+)`", text
        )
        named += re.findall(r"\]\(([\w/.]+\.\w+)\)", text)
        assert not [name for name in named if not (ROOT / name).exists()], document
