"""Which flags a data set takes, and the guide printed when its files are missing."""

import copy
import dataclasses
import inspect
import pathlib
import subprocess
import sys

import pytest
from support.conversions import converted, parse

from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError
from preprocessing import convert
from preprocessing.cameras import camera_rig
from preprocessing.conversion.sequences import MissingSource
from preprocessing.datasets import registry
from preprocessing.datasets.bvh import bvh
from preprocessing.datasets.definition import Flag, shared

ROOT = pathlib.Path(convert.__file__).parent.parent


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sample", "--mapping=cmu"], "--mapping has no effect .*=sample, only with b"),
        (["synthetic", "--fps=50"], "only with bvh, mpi_inf_3dhp, keypoints"),
        (["mocap", "--up=z"], "--up has no effect with --dataset=mocap"),
        (["bvh", "--layout=coco_17"], "--layout has no effect"),
        (["human36m", "--cameras=2"], "--cameras has no effect"),
        (["humaneva", "--skeleton=human36m_17"], "--skeleton has no effect"),
        (["mpi_inf_3dhp", "--detections=a.npz"], "--detections has no effect"),
        (["keypoints", "--annotation=annot3"], "--annotation has no effect"),
        (["synthetic", "--source=a"], "--source has no effect with .*=synthetic"),
        (["human36m", "--skeleton=humaneva_15"], "must be human36m_17 or human36m_16"),
        (["mpi_inf_3dhp", "--skeleton=human36m_16"], "mpi_inf_3dhp_17 or human36m_17"),
        (["bvh", "--fps=5"], "--fps=5.0: .*=bvh it must be at least 10 and at most"),
        (["bvh", "--camera_height=a"], "--camera_height must be one number or two"),
        (["keypoints", "--image_size=big"], "--image_size must be like 1920x1080"),
    ],
)
def test_flags_that_do_not_fit_the_data_set_are_refused(tmp_path, arguments, message):
    name, *more = arguments
    values = parse(f"--dataset={name}", f"--output={tmp_path / 'o'}", *more)
    with pytest.raises(UserError, match=message) as error:
        registry.read_from_flags(values)
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
        registry.read_from_flags(parse(*arguments))


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
def test_the_documentation_has_each_data_sets_instructions_and_flags(name):
    text = (ROOT / "docs" / "datasets.md").read_text(encoding="utf-8")
    section = text.partition(f"\n## {name}\n\n")[2].partition("\n## ")[0]
    dataset = registry.DATASETS[name]
    assert section.startswith(dataset.instructions.strip())
    for flag in dataset.flags:
        assert f"--{flag.name}" in section
    cameras = text.partition("**Virtual cameras**")[2].partition("\n## ")[0]
    assert (f"`{name}`" in cameras) == dataset.filmed
    assert all(f"`--{flag}`" in cameras for flag in camera_rig.FLAGS)


@pytest.mark.parametrize("name", registry.DATASETS)
def test_a_guide_has_instructions_command_and_licence(name):
    dataset = registry.DATASETS[name]
    guide = dataset.guide()
    assert guide.startswith(f"{name}\n\n") and guide.endswith(dataset.licence)
    assert f"    python -m preprocessing.convert --dataset={name} " in guide


@pytest.mark.parametrize("name", registry.DATASETS)
def test_readers_take_their_flags_and_have_the_defaults_shown(name):
    dataset = registry.DATASETS[name]
    found = dict(inspect.signature(dataset.read).parameters)
    if name == "bvh":  # Passes them on.
        found |= inspect.signature(bvh.takes).parameters
    assert ("rig" in found) == dataset.filmed
    for flag in dataset.flags:
        assert flag.name in found and flag.meaning
        default = found[flag.name].default
        assert flag.required == (default is inspect.Parameter.empty)
        if flag.default is not None:
            assert default == flag.default
        if flag.choices and not flag.required:
            assert default == flag.choices[0]


def test_every_flag_belongs_to_a_data_set_and_has_a_meaning():
    values = copy.deepcopy(convert.FLAGS)
    common = {"dataset", "output", "test_subjects", "validation_subjects"}
    common |= {"record_frames", "record_overlap", "workers", "strict"}
    own = {flag.name for data in registry.DATASETS.values() for flag in data.flags}
    assert set(values) - common == own | set(camera_rig.FLAGS)
    assert all(len(values[name].help) > 15 for name in values)


def test_a_shared_flag_allows_what_one_of_its_data_sets_takes():
    one = Flag("fps", "rate", float, 50.0, least=10.0, most=100.0)
    other = Flag("fps", "rate of it", float, least=1.0, most=60.0)
    both = shared({"a": one, "b": other, "c": other})
    assert (both.least, both.most, both.default) == (1.0, 100.0, None)
    assert both.meaning == "a: rate; b, c: rate of it"
    assert not one.allows(5.0) and one.allowed() == "at least 10 and at most 100"
    assert shared({"a": one}) == dataclasses.replace(one, meaning="a: rate")
    choice = shared({"a": Flag("s", "x", choices=("p", "q")),
                     "b": Flag("s", "x", choices=("q", "r"))})  # fmt: skip
    assert choice.choices == ("p", "q", "r") and choice.meaning == "a, b: x"
    free = shared({"a": Flag("s", "x", choices=("p", "q")), "b": Flag("s", "y")})
    assert free.choices == ()


def test_readers_check_their_arguments_by_their_flags():
    for flag, arguments in (
        ("fps", {"fps": 5.0}),
        ("fps", {"fps": float("nan")}),
        ("up", {"up": "x"}),
        ("scale", {"scale": 0.0}),
        ("skip_frames", {"skip_frames": -1}),
    ):
        with pytest.raises(ValueError, match=f"`{flag}` must be .*got"):
            bvh.takes("nowhere", **arguments)


def test_the_licence_goes_into_the_data_set(tmp_path):
    content, _ = converted(
        tmp_path, "--dataset=synthetic", "--subjects=3", "--clip_frames=20"
    )
    assert content.licence == registry.DATASETS["synthetic"].licence
    assert manifest.summary(content)["licence"] == content.licence


@pytest.mark.parametrize("command", ["convert", "inspect", "join", "archive", "demo"])
def test_help_needs_no_tensorflow(command):
    code = (
        f"import runpy, sys; sys.argv = ['x', '--help']; "
        f"runpy.run_module('preprocessing.{command}', run_name='__main__'); "
        "sys.exit('tensorflow' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False,
                         capture_output=True, text=True)  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "--output" in run.stdout or command == "inspect"
