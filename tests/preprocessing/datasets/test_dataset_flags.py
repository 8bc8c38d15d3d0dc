"""Which flags a data set takes, and the guide printed when its files are missing."""

import copy
import pathlib
import subprocess
import sys

import pytest
from support.conversions import parse

from dgnet_tf.errors import UserError
from preprocessing import convert
from preprocessing.conversion.sequences import MissingSource
from preprocessing.datasets import registry

ROOT = pathlib.Path(convert.__file__).parent.parent


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sample", "--mapping=cmu"], "--mapping says nothing .*=sample, only about b"),
        (["synthetic", "--fps=50"], "only about bvh, mpi_inf_3dhp, keypoints"),
        (["mocap", "--up=z"], "--up says nothing about --dataset=mocap"),
        (["bvh", "--layout=coco_17"], "--layout says nothing"),
        (["human36m", "--cameras=2"], "--cameras says nothing"),
        (["humaneva", "--skeleton=human36m_17"], "--skeleton says nothing"),
        (["mpi_inf_3dhp", "--detections=a.npz"], "--detections says nothing"),
        (["keypoints", "--annotation=annot3"], "--annotation says nothing"),
        (["synthetic", "--source=a"], "leave out --source"),
        (["human36m", "--skeleton=humaneva_15"], "gives human36m_17 or human36m_16"),
        (["mpi_inf_3dhp", "--skeleton=human36m_16"], "mpi_inf_3dhp_17 or human36m_17"),
        (["bvh", "--fps=5"], "--fps=5: .* 10 frames a second at least"),
        (["bvh", "--camera_height=a"], "--camera_height must be one number or two"),
        (["keypoints", "--image_size=big"], "--image_size must be like 1920x1080"),
    ],
)
def test_flags_that_do_not_fit_the_data_set_are_refused(tmp_path, arguments, message):
    name, *more = arguments
    with pytest.raises(UserError, match=message) as error:
        registry.read(parse(f"--dataset={name}", f"--output={tmp_path / 'o'}", *more))
    assert not isinstance(error.value, MissingSource)


@pytest.mark.parametrize("name", sorted({*registry.DATASETS} - {"sample", "synthetic"}))
@pytest.mark.parametrize("source", [None, "none"])
def test_without_its_files_a_data_set_prints_its_guide(tmp_path, capsys, name, source):
    arguments = [f"--dataset={name}", f"--output={tmp_path / 'out'}"]
    if source:
        arguments.append(f"--source={tmp_path / source}")
    if name == "keypoints":
        arguments += ["--layout=coco_17", "--fps=30"]
    message = "not found|holds no|must hold|found none|found no" if source else "needs"
    with pytest.raises(MissingSource, match=message):
        convert.main(parse(*arguments))
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.startswith(f"{name}\n\n")
    assert f"--dataset={name} " in printed.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("flag", ["--layout=coco_17", "--fps=30"])
def test_keypoints_need_both_layout_and_frame_rate(tmp_path, flag):
    arguments = ["--dataset=keypoints", "--source=a.json", "--output=b", flag]
    with pytest.raises(MissingSource, match="needs --(fps|layout)"):
        registry.read(parse(*arguments))


def test_the_command_ends_a_guide_with_one_error_line(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "preprocessing.convert", "--dataset=human36m",
         f"--source={tmp_path}", f"--output={tmp_path / 'out'}"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 1 and run.stdout == ""
    lines = run.stderr.splitlines()
    assert "human36m" in lines
    assert "vision.imar.ro/human3.6m" in run.stderr
    assert [line for line in lines if line.startswith("error: ")] == lines[-1:]
    assert f"error: {tmp_path}: holds no Human3.6M" in lines[-1]
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("name", registry.DATASETS)
def test_build_md_has_a_section_for_each_data_set(name):
    guide = registry.guide(name)
    assert guide.startswith(f"{name}\n\n") and len(guide) > 100
    assert "\n### " not in guide and "\n## " not in guide


def test_every_flag_belongs_to_a_data_set():
    values = copy.deepcopy(convert.FLAGS)
    common = {"dataset", "source", "output", "test_subjects", "validation_subjects"}
    common |= {"record_frames", "record_overlap", "workers", "strict"}
    named = {flag for flags in registry._FLAGS.values() for flag in flags}
    assert set(registry._FLAGS) == set(registry.DATASETS)
    assert set(values) - common == named
