"""What commit db3b908 wrote on either stack is read today, with the same numbers.

`tests/support/written_before/write.py` tells what the archives hold and how they were
made. Poses agree to a micrometre: another processor rounds otherwise, for its matrix
products add in another order. On the machine that wrote them they are equal.
"""

import copy
import csv
import dataclasses
import importlib
import json
import pathlib
import pkgutil
import shutil
import tarfile

import numpy as np
import pytest
import tensorflow as tf
from support.marks import KERAS_2
from support.written_before import write

import dgnet_tf
from dgnet_tf import html_report, paper, train
from dgnet_tf.evaluation import evaluation, pairing, report, run_reports
from dgnet_tf.training import fit
from preprocessing import convert
from tuning import compare, run_ablations
from tuning import report as tuning_report

ARCHIVES = pathlib.Path(write.__file__).parent
STACK = "addons" if KERAS_2 else "default"
RUNS = sorted(write.RUNS | (write.ADDONS_RUNS if KERAS_2 else {}))
MICROMETRE = 1e-6
# Those whose windows, layers or smoothing differ when whole videos are lifted.
ARCHITECTURES = ("dgnet", "baseline", "martinez", "semgcn", "tcn", "stgcn")
SLOW_ON_BOTH = (pytest.mark.slow, pytest.mark.addons)
LIFTED = ("dgnet", "tcn", "stgcn", "windows", "windows_once")


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """Returns stack -> folder of what was written on it."""
    folders = {}
    for stack in ("default", "addons"):
        folders[stack] = tmp_path_factory.mktemp(f"written_on_{stack}")
        with tarfile.open(ARCHIVES / f"{stack}.tar.xz") as archive:
            archive.extractall(folders[stack], filter="data")
    return folders


@pytest.fixture(scope="session")
def before(written):
    """Returns the folder of what this stack wrote."""
    return written[STACK]


@pytest.fixture
def there(before, tmp_path, monkeypatch):
    """Returns a copy of that folder to write into; commands run in it."""
    folder = tmp_path / "before"
    shutil.copytree(before, folder)
    monkeypatch.chdir(folder)
    return folder


def run(module, **flags):
    """Runs a command in this process."""
    values = copy.deepcopy(module.FLAGS)
    values([module.__name__, *(f"--{name}={value}" for name, value in flags.items())])
    module.main(values)


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def assert_same_poses(found, expected):
    np.testing.assert_allclose(found, expected, rtol=0, atol=MICROMETRE)


def assert_same_outputs(run, saved):
    """Compares all outputs of a run's network; returns them."""
    found = write.outputs_of(run.model, saved["keypoints"], run.config.frames)
    for name, poses in found.items():
        assert_same_poses(write.shown(name, poses), saved[name])
    return found


def refuse_to_train(monkeypatch):
    """Lets a training fail: what is there is to be used."""

    def train_anew(*arguments, **options):
        raise AssertionError("trained what was there already")

    monkeypatch.setattr(fit, "train", train_anew)


@pytest.mark.parametrize(
    "name",
    [
        name if name in ARCHITECTURES else pytest.param(name, marks=SLOW_ON_BOTH)
        for name in RUNS
    ],
)
def test_a_run_gives_the_poses_that_it_gave(before, name):
    lifter = dgnet_tf.Lifter.load(before / "runs" / name)
    saved = np.load(before / "runs" / name / "poses.npz")
    outputs = assert_same_outputs(lifter.run, saved)
    assert {*outputs, "keypoints", "positions"} == set(saved)
    assert np.abs(saved["pose"]).max() > 100 * MICROMETRE
    if name in LIFTED:
        assert_same_poses(write.lift(lifter, saved["keypoints"]), saved["positions"])


@pytest.mark.parametrize(
    "name",
    [
        name if name == "dgnet" else pytest.param(name, marks=SLOW_ON_BOTH)
        for name in sorted({**write.RUNS, **write.ADDONS_RUNS})
    ],
)
def test_a_run_of_the_other_stack_gives_the_poses_that_it_gave(written, name):
    folder = written["default" if KERAS_2 else "addons"] / "runs" / name
    if name in write.ADDONS_RUNS and KERAS_2:
        pytest.skip("the other stack has no such optimizer")
    assert_same_outputs(dgnet_tf.runs.load(folder), np.load(folder / "poses.npz"))


def test_runs_of_all_architectures_connections_and_weightings_are_there(before):
    found = [
        read_json(path) for path in sorted((before / "runs").glob("*/config.json"))
    ]
    assert len(found) == len(RUNS)
    for field, values in {
        "architecture": "dgnet baseline martinez semgcn tcn stgcn",
        "connection": "dynamic fixed full symmetry random precomputed",
        "weighting": "fc none embedded_gaussian",
        "score_activation": "linear leaky_relu tanh sigmoid",
        "normalization": "none mean softmax",
        "overlap": "once center mean",
    }.items():
        assert {config[field] for config in found} == set(values.split()), field


@pytest.mark.parametrize("stack", ["default", "addons"])
def test_trained_weights_of_either_stack_give_the_poses_that_they_gave(written, stack):
    folder = written[stack] / "weights" / "before"
    saved = np.load(written[stack] / "runs" / "dgnet" / "poses.npz")
    lifter = dgnet_tf.Lifter.load(folder)
    model = dgnet_tf.DGNet.from_preset(str(folder))
    assert_same_outputs(dataclasses.replace(lifter.run, model=model), saved)
    assert_same_poses(write.lift(lifter, saved["keypoints"]), saved["positions"])
    probe = dgnet_tf.pretrained.probe(lifter.run.model, lifter.run.config)
    assert_same_poses(probe, read_json(folder / "preset.json")["probe"])


@pytest.mark.slow
@pytest.mark.addons
def test_a_killed_training_goes_on_to_the_poses_of_the_unbroken_one(there):
    killed, saved = there / "killed", np.load(there / "runs" / "dgnet" / "poses.npz")
    flags = {**write.SIZES, **write.BUDGET, **write.RUNS["dgnet"]}
    run(train, preset="smoke", data="data", workdir="killed", **flags)
    with open(killed / "history.csv", newline="") as resumed:
        with open(there / "runs" / "dgnet" / "history.csv", newline="") as unbroken:
            rows = [list(csv.DictReader(file)) for file in (resumed, unbroken)]
    assert [row["epoch"] for row in rows[0]] == ["0", "1"]
    for found, expected in zip(*rows, strict=True):
        for name in expected:
            assert float(found[name]) == pytest.approx(float(expected[name]), rel=1e-4)
    resumed = dgnet_tf.runs.load(killed)
    found = write.outputs_of(resumed.model, saved["keypoints"], resumed.config.frames)
    # Three steps of Adam: rounding grows on the way.
    poses = write.shown("pose", found["pose"])
    np.testing.assert_allclose(poses, saved["pose"], rtol=0, atol=1e-4)


def test_a_data_set_is_read_and_written_again_byte_for_byte(before, tmp_path):
    flags = dict(subjects=3, clip_frames=24, cameras=1, record_frames=24)
    run(
        convert,
        dataset="synthetic",
        output=tmp_path / "data",
        record_overlap=10,
        workers=1,
        **flags,
    )
    old, new = before / "data", tmp_path / "data"
    names = sorted(path.name for path in old.iterdir())
    assert names == sorted(path.name for path in new.iterdir())
    for name in names:
        if name.endswith(".tfrecord"):
            assert (old / name).read_bytes() == (new / name).read_bytes(), name
    read = dgnet_tf.manifest.read(old)
    assert read.splits == dgnet_tf.manifest.read(new).splits
    assert dgnet_tf.manifest.dumps(read) == (old / "dataset.json").read_text()
    windows = dgnet_tf.load_windows(old, "train", frames=3, batch_size=8)
    keypoints, poses = next(iter(windows))
    assert keypoints.shape == (8, 3, 17, 2) and poses["pose"].shape == (8, 3, 17, 3)
    assert np.isfinite(keypoints).all() and np.abs(poses["pose"]).max() > 0.3


@pytest.mark.parametrize("stack", ["default", "addons"])
def test_a_report_is_read_compared_and_rendered(written, stack):
    content = report.read(written[stack] / "reports")
    first_line = (written[stack] / "reports" / "report.md").read_text().splitlines()[0]
    assert report.markdown(content).splitlines()[0] == first_line
    paired = pairing.compare(content, copy.deepcopy(content), "mpjpe_mm")
    assert paired.difference == 0


@pytest.mark.slow
@pytest.mark.addons
def test_an_evaluation_gives_the_numbers_of_its_report(before):
    expected = report.read(before / "reports")
    loaded = dgnet_tf.runs.load(before / "runs" / "dgnet")
    found = evaluation.evaluate(loaded.model, loaded.config, before / "data", "test")
    assert found.keys() <= expected.keys()
    for part in ("metrics", "metrics_action_mean", "baselines"):
        assert found[part].keys() == expected[part].keys()
        for name, value in expected[part].items():
            assert found[part][name] == pytest.approx(value, rel=1e-4), (part, name)
    found["options"].update(
        run_reports.digests(before / "runs" / "dgnet", before / "data")
    )
    # Fields that have joined since are as they were before they could be chosen.
    defaults = type(loaded.config)()
    for now, then in (
        (found["options"]["model"], expected["options"]["model"]),
        (found["options"], expected["options"]),
    ):
        for name in now.keys() - then.keys():
            assert now.pop(name) == getattr(defaults, name), name
    assert found["options"] == expected["options"]


@pytest.mark.slow
def test_a_page_is_made_of_a_report(there):
    run(
        html_report,
        workdir="runs/dgnet",
        data="data",
        report="reports",
        clips=1,
        output="report.html",
    )
    value = report.read(there / "reports")["metrics"]["mpjpe_mm"]
    assert f"{value:.1f}" in (there / "report.html").read_text(encoding="utf-8")


def test_exports_lift_as_they_lifted(before):
    folder, expected = before / "exports", np.load(before / "exports" / "positions.npz")
    keypoints = np.load(before / "runs" / "dgnet" / "poses.npz")["keypoints"]
    lifter = dgnet_tf.Lifter.load(folder / "saved_model")
    assert_same_poses(write.lift(lifter, keypoints), expected["saved_model"])
    assert {"saved_model", "tflite"} <= set(expected)
    for kind in set(expected) - {"saved_model"}:
        lifter = dgnet_tf.edge_lifter.load(folder / f"lifter.{kind}")
        size = write.VIDEO["image_size"]
        positions = dgnet_tf.edge_lifter.lift(lifter, keypoints, size)
        assert_same_poses(positions, expected[kind])


def test_an_ablation_table_is_reported_and_nothing_is_trained_again(there, monkeypatch):
    refuse_to_train(monkeypatch)
    results = sorted((there / "study" / "rows").glob("*/*/result.json"))
    assert len(results) == 6
    run(tuning_report, workdir="study", output="reported")
    text = (there / "reported" / "report.md").read_text()
    flags = {"preset": "smoke", "data": "data", **write.SIZES, **write.BUDGET}
    run(run_ablations, table="graphs", rows="dynamic,fixed", workdir="study", **flags)
    run(tuning_report, workdir="study")
    assert (there / "study" / "report.md").read_text() == text
    for path in results:
        assert f"{read_json(path)['metrics']['mpjpe_mm']:.1f}" in text


def test_a_comparison_is_reported_and_nothing_is_trained_again(there, monkeypatch):
    refuse_to_train(monkeypatch)
    table = (there / "compared" / "comparison.csv").read_text()
    run(tuning_report, workdir="compared", output="reported")
    assert (there / "reported" / "comparison.csv").read_text() == table
    flags = {"preset": "smoke", "data": "data", **write.SIZES, **write.BUDGET}
    del flags["frames"], flags["blocks"]
    run(
        compare,
        architectures="dgnet,martinez",
        workdir="compared",
        latency_calls=2,
        noises=0,
        **flags,
    )


def test_a_job_of_the_paper_s_figure_5_trains_nothing_again(there, monkeypatch):
    refuse_to_train(monkeypatch)
    table = {path.name: path.read_text() for path in there.glob("figure5/*.csv")}
    assert table
    flags = {"preset": "smoke", "data": "data", **write.SIZES, **write.BUDGET}
    del flags["frames"], flags["blocks"]
    groups = "walking=walk;other=squat,wave"
    run(paper, item="figure5", groups=groups, output="figure5", **flags)
    for name, text in table.items():
        assert (there / "figure5" / name).read_text() == text


def test_commands_have_the_flags_that_they_had(before):
    for module, names in read_json(before / "names.json")["flags"].items():
        flags = importlib.import_module(module).FLAGS
        assert set(names) <= set(flags), module


def test_keras_files_call_our_classes_what_they_called_them(before):
    for module in pkgutil.walk_packages(dgnet_tf.__path__, "dgnet_tf."):
        importlib.import_module(module.name)
    names = set(read_json(before / "names.json")["registered"])
    assert names <= set(tf.keras.utils.get_custom_objects())
    assert "dgnet_tf>DGNet" in names
