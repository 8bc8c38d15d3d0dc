import pathlib
import subprocess
import sys

import numpy as np
import pytest
from support import bars
from support.datasets import bvh_documents as documents

from dgnet_tf.errors import UserError
from preprocessing import archive
from preprocessing.datasets import mocap
from preprocessing.datasets.bvh import bvh

ROOT = pathlib.Path(archive.__file__).parent.parent


@pytest.fixture
def source(tmp_path):
    for seed, name in enumerate(("anna/walk/1", "anna/run/2", "ben/walk/3")):
        tree = documents.person()
        rows = documents.motion(tree, 20 + seed, seed=seed)
        documents.write(tmp_path / "in" / f"{name}.bvh", tree, rows)
    return tmp_path / "in"


def test_an_archive_holds_each_file_as_a_clip(source, tmp_path):
    assert archive.archive_bvh(source, tmp_path / "a.npz", fps=25.0) == 3
    with np.load(tmp_path / "a.npz", allow_pickle=False) as content:
        assert content["clips"].tolist() == ["2", "1", "3"]
        assert content["subjects"].tolist() == ["anna", "anna", "ben"]
        assert content["actions"].tolist() == ["run", "walk", "walk"]
        assert content["fps"] == 25.0
        for take in bvh.takes(source, fps=25.0):
            clip = content[f"pos/{take.take}"]
            assert clip.dtype == np.float32
            np.testing.assert_allclose(clip, take.sequence().positions, atol=1e-6)
    dataset = mocap.read(tmp_path / "a.npz")
    assert [r.subject for r in dataset.recordings] == ["anna", "anna", "ben"]
    assert len(dataset.recordings[0].load()) == 4


def test_files_of_one_name_become_clips_of_several(source, tmp_path):
    (source / "anna/run/2.bvh").rename(source / "anna/run/1.bvh")
    archive.archive_bvh(source, tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as content:
        assert content["clips"].tolist() == ["anna-run-1", "anna-walk-1", "ben-walk-3"]
        assert content["pos/anna-run-1"].shape[1:] == (17, 3)


def test_the_same_files_give_the_same_bytes(source, tmp_path):
    for name in ("a.npz", "b.npz"):
        archive.archive_bvh(source, tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_damaged_file_leaves_no_archive(source, tmp_path):
    path = source / "ben/walk/3.bvh"
    path.write_text(path.read_text()[:-300])
    with pytest.raises(UserError, match="3.bvh: "):
        archive.archive_bvh(source, tmp_path / "a.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_the_command_writes_an_archive(source, tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "preprocessing.archive", f"--source={source}"]
        + [f"--output={tmp_path / 'a.npz'}", "--fps=30", "--skip_frames=0"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == f"wrote 3 clips to {tmp_path / 'a.npz'}\n"
    assert "lengths are taken to be in centimetres" in run.stderr
    assert mocap.read(tmp_path / "a.npz").fps == 30.0


def test_progress_counts_files_and_clips(source, tmp_path, monkeypatch):
    found = bars.recorded(monkeypatch)
    archive.archive_bvh(source, tmp_path / "a.npz")
    assert found == [("read joints", 3, 3, "file"), ("archive", 3, 3, "clip")]
