"""What is taken for granted is said: a line for a data set, not for each file."""

import pytest
from support.datasets import bvh_documents as documents

from preprocessing.datasets.bvh import bvh


def write(folder, naming, names, frame_time="0.01"):
    tree = documents.person()
    if naming != "cmu":
        spines = [("Spine", 12), ("Spine1", 20), ("Spine2", 30), ("Spine3", 40)]
        tree = documents.trunk(spines[: 4 if naming == "rokoko" else 3])
    rows = documents.motion(tree, 9)
    for name in names:
        documents.write(folder / f"{name}.bvh", tree, rows, frame_time=frame_time)


@pytest.fixture
def said(tmp_path, capsys):
    def read(**options):
        bvh.read(tmp_path, **options)
        return capsys.readouterr().err.splitlines()

    return read


def test_a_line_for_each_choice_and_none_for_each_file(tmp_path, said):
    write(tmp_path, "cmu", ["07_01", "07_02", "08_01"])
    write(tmp_path, "rokoko", ["a", "b"], "0.0166667")
    write(tmp_path, "motionbuilder", ["c"], "0.02")
    assert said() == [
        f"joints of 3 files ({tmp_path}/07_01.bvh, ...) are taken to be named as in "
        "'cmu' (--mapping=cmu); the spine's joint is the mapping's",
        f"joints of {tmp_path}/c.bvh are taken to be named as in 'motionbuilder' "
        "(--mapping=motionbuilder); the spine's joint is put half-way up the trunk",
        f"joints of 2 files ({tmp_path}/a.bvh, ...) are taken to be named as in "
        "'rokoko' (--mapping=rokoko); the spine's joint is put half-way up the trunk",
        "y is taken to point up in the files (--up=y)",
        "lengths are taken to be in centimetres: people then measure 1.61 to 1.71 m "
        "from ankle to head (as --scale=0.01 would set)",
        "frames are resampled from 60, 100 to 50 a second in 5 files "
        f"({tmp_path}/07_01.bvh, ...) (--fps)",
        f"the first frame of 3 files ({tmp_path}/07_01.bvh, ...) is dropped, a T-pose "
        "in these conversions (--skip_frames=0 keeps it)",
    ]


def test_what_does_not_happen_is_not_said(tmp_path, said):
    write(tmp_path, "rokoko", ["a"])
    lines = said(up="z", scale=0.01, fps=100.0, skip_frames=1)
    assert [line.split(" (")[0] for line in lines] == [
        f"joints of {tmp_path}/a.bvh are taken to be named as in 'rokoko'",
        "z is taken to point up in the files",
    ]


def test_the_mappings_stand_in_the_data_set(tmp_path):
    write(tmp_path, "rokoko", ["a", "b"])
    write(tmp_path, "motionbuilder", ["c"])
    dataset = bvh.read(tmp_path)
    assert dataset.options["mappings"] == ["motionbuilder", "rokoko"]
