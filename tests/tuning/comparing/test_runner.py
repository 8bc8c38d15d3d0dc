"""A comparison from training to report, by networks whose errors are known."""

import csv
import math
import shutil

import numpy as np
import pytest
from support import record_sets, tuning_stand_ins
from support.models.known_errors import Flat, Trainings, load

from dgnet_tf.errors import UserError
from tuning.comparing import findings, networks, report, runner
from tuning.studies import rows
from tuning.studies import study as studies
from tuning.studies.noise import Noise

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner.*"),
    pytest.mark.filterwarnings("ignore:Even though the .*run_functions_eagerly"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    splits = {
        "train": [Flat(1, 40), Flat(2, 40)],
        "test": [Flat(number, 30) for number in (11, 12, 13)],
    }
    return record_sets.write(tmp_path_factory.mktemp("comparing") / "data", splits)


@pytest.fixture(scope="module")
def patched():
    """Trainings that end at once, and steps that are not traced."""
    made = Trainings({"dgnet": 0.0, "baseline": 0.1}, [])
    with tuning_stand_ins.eagerly(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows.fit, "train", made.train)
        patch.setattr(rows.runs, "load", load)
        patch.setattr(rows, "release", lambda: None)
        yield made


@pytest.fixture
def trainings(patched):
    patched.shifts, patched.trained = {"dgnet": 0.0, "baseline": 0.1}, []
    return patched


NAMES = ("dgnet", "baseline:frames=2")


def run(data, workdir, names=NAMES, **options):
    found = networks.make(names, data, preset="smoke")
    runner.run(found, data, workdir, progress=False, **options)
    return report.write(workdir, workdir)


@pytest.fixture(scope="module")
def done(data, patched, tmp_path_factory):
    """A comparison of two networks under two seeds; its folder."""
    workdir = tmp_path_factory.mktemp("done")
    run(data, workdir, seeds=2)
    return workdir


def cells(workdir, name="comparison.csv"):
    with open(workdir / name, newline="") as file:
        return list(csv.DictReader(file))


def number(row, name):
    return float(row[name])


def test_noise_in_pixels_is_the_error_of_a_network_that_repeats_its_keypoints(done):
    row, *_ = cells(done)
    assert number(row, "mpjpe_mm") < 0.001
    # Of 5 px: 2/1000 m a pixel, of the joint and the root, in x and y; 16 joints of 17;
    # averaged with the mirrored estimate, which has the same noise.
    expected = 5 * 2 * math.sqrt(2) * math.sqrt(math.pi / 2) * 16 / 17
    assert number(row, "mpjpe_mm_noise_5px") == pytest.approx(expected, rel=0.05)
    assert number(row, "mpjpe_mm_noise_10px") == pytest.approx(
        2 * number(row, "mpjpe_mm_noise_5px"), rel=1e-3
    )


@pytest.mark.slow
def test_all_networks_and_seeds_meet_the_same_noise(data, tmp_path, trainings):
    trainings.shifts["baseline"] = 0.0
    run(data, tmp_path, noises=[Noise(5.0)], seeds=2)
    first, second, _ = cells(tmp_path)
    for name in ("mpjpe_mm_noise_5px", "mpjpe_mm_noise_5px_low"):
        assert number(first, name) == pytest.approx(number(second, name), rel=1e-4)
    found = findings.read(tmp_path)
    noisy = [
        studies.read_result(tmp_path, found.networks[0].id, seed, noise=Noise(5.0))
        for seed in (0, 1)
    ]
    assert noisy[0]["metrics"] == pytest.approx(noisy[1]["metrics"])


def test_columns_stand_in_the_order_asked_for_and_the_mean_pose_is_last(done):
    header, line, *lines = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in (done / "comparison.md").read_text().splitlines()
        if line.startswith("|")
    ]
    assert header == [
        *("network", "MPJPE", "MPJPE, 5 px", "MPJPE, 10 px"),
        *("MPJPE, 10 px at correlation 0.95", "P-MPJPE", "Accel."),
        *("parameters", "multiply-adds a frame", "training, min"),
        *("ms a window", "ms a frame", "times the first"),
    ]
    assert [row[0] for row in lines[:3]] == [
        *("DG-Net", "baseline (frames=2)", "mean pose")
    ]
    names = [row["network"] for row in cells(done)]
    assert names == ["dgnet", "baseline:frames=2", "mean pose"]


def test_the_mean_pose_has_the_error_of_the_data_themselves(done):
    # The mean pose of these records is 0 everywhere.
    errors = [
        np.linalg.norm(p - p[:, :1], axis=-1).mean()
        for n in (11, 12, 13)
        for p in [Flat(n, 30).arrays(17)["positions"]]
    ]
    *_, row = cells(done)
    for name in ("mpjpe_mm", "mpjpe_mm_noise_5px"):
        assert number(row, name) == pytest.approx(1000 * np.mean(errors), rel=1e-4)
    assert row["parameters"] == ""


def test_a_networks_figures_are_means_over_its_seeds_with_their_spread(done):
    _, row, _ = cells(done)
    # Seed 0 is a tenth too large, seed 1 two tenths.
    *_, mean_pose = cells(done)
    whole = number(mean_pose, "mpjpe_mm")
    assert number(row, "mpjpe_mm") == pytest.approx(0.15 * whole, rel=1e-3)
    assert number(row, "mpjpe_mm_spread") == pytest.approx(
        0.1 * whole / math.sqrt(2), rel=1e-3
    )
    assert row["seeds"] == "2"
    low, high = number(row, "mpjpe_mm_low"), number(row, "mpjpe_mm_high")
    assert low <= number(row, "mpjpe_mm") <= high


def test_differences_are_to_the_first_network_video_by_video(done):
    found = {
        (row["noise_px"], row["noise_correlation"], row["metric"]): row
        for row in cells(done, "comparison_differences.csv")
    }
    assert {row["network"] for row in found.values()} == {"baseline:frames=2"}
    assert {(px, correlation) for px, correlation, _ in found} == {
        *(("0.0", "0.0"), ("5.0", "0.0"), ("10.0", "0.0"), ("10.0", "0.95"))
    }
    clean = found["0.0", "0.0", "mpjpe_mm"]
    assert number(clean, "difference") == pytest.approx(
        number(clean, "second") - number(clean, "first")
    )
    assert 0 < number(clean, "low") <= number(clean, "high")
    assert (clean["share_better"], clean["videos"]) == ("0.0", "3")
    text = (done / "comparison.md").read_text()
    assert "## Difference to DG-Net" in text and "| 0 % of 3" in text


def test_each_network_is_a_point_of_error_against_size(done):
    made = report.chart(findings.read(done))
    points = [(line.get_xdata()[0], line.get_ydata()[0]) for line in made.axes[0].lines]
    assert points == [
        (number(row, "parameters") / 1e6, pytest.approx(number(row, "mpjpe_mm")))
        for row in cells(done)[:2]
    ]
    assert (done / "comparison.png").stat().st_size > 5000


@pytest.mark.slow
def test_what_is_done_is_not_trained_again_and_more_noise_is_scored(
    done, data, tmp_path, trainings
):
    workdir = tmp_path / "again"
    shutil.copytree(done, workdir)
    run(data, workdir, seeds=2)
    assert trainings.trained == []
    path = run(data, workdir, seeds=3, noises=[Noise(20.0)])
    assert trainings.trained == [("dgnet", 2), ("baseline", 2)]
    first, *_ = cells(workdir)
    assert number(first, "mpjpe_mm_noise_20px") == pytest.approx(
        4 * number(cells(done)[0], "mpjpe_mm_noise_5px"), rel=1e-3
    )
    assert "MPJPE, 20 px" in path.read_text()
    assert "MPJPE, 5 px" not in path.read_text()


def test_a_seed_of_all_networks_comes_before_the_next(data, tmp_path, trainings):
    trainings.shifts["baseline"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        run(data, tmp_path, seeds=2, noises=[])
    text = report.write(tmp_path, tmp_path).read_text()
    assert "- DG-Net, seed 1: not run yet" in text
    assert "- baseline (frames=2), seed 0: not run yet" in text
    trainings.shifts["baseline"] = 0.1
    run(data, tmp_path, seeds=2, noises=[])
    assert trainings.trained == [
        *(("dgnet", 0), ("baseline", 0)),
        *(("baseline", 0), ("dgnet", 1), ("baseline", 1)),
    ]
    assert "not run yet" not in (tmp_path / "comparison.md").read_text()


def test_a_network_that_cannot_be_trained_is_listed_and_the_others_go_on(
    data, tmp_path, trainings
):
    trainings.shifts["dgnet"] = UserError("Training diverged: the loss is nan")
    text = run(data, tmp_path, noises=[Noise(5.0)]).read_text()
    assert "- DG-Net, seed 0: failed: Training diverged: the loss is nan" in text
    first, second, _ = cells(tmp_path)
    assert first["mpjpe_mm"] == "" and number(second, "mpjpe_mm") > 1
    assert first["remarks"] == "seed 0: failed: Training diverged: the loss is nan"
    # Nothing to hold the second one against.
    assert cells(tmp_path, "comparison_differences.csv") == []
    (line,) = report.chart(findings.read(tmp_path)).axes[0].lines
    assert line.get_label().startswith("baseline (frames=2)")


def test_a_comparison_without_any_result_still_says_what_is_missing(
    data, tmp_path, trainings
):
    trainings.shifts = dict.fromkeys(("dgnet", "baseline"), UserError("no"))
    text = run(data, tmp_path).read_text()
    assert text.count("seed 0: failed: no") == 2
    assert "comparison.png" not in text
    assert not (tmp_path / "comparison.png").exists()


def test_the_report_is_made_again_from_the_results_alone(done, tmp_path):
    workdir = tmp_path / "moved"
    shutil.copytree(done, workdir)
    for run_folder in workdir.glob("rows/*/*/run"):
        shutil.rmtree(run_folder)
    report.write(workdir, tmp_path / "out")
    for name in ("comparison.md", "comparison.csv", "comparison_differences.csv"):
        assert (tmp_path / "out" / name).read_text() == (done / name).read_text()


def test_another_budget_is_refused(done, data):
    found = networks.make(NAMES, data, preset="smoke", frames_seen=1920)
    with pytest.raises(UserError, match="another study.*steps_per_epoch was 3, is 30"):
        runner.run(found, data, done, progress=False)


def test_too_small_an_overlap_is_refused_before_anything_is_trained(
    data, tmp_path, trainings
):
    with pytest.raises(UserError, match="dgnet:frames=8.*--record_overlap=7"):
        run(data, tmp_path / "none", ["dgnet", "dgnet:frames=8:batch_size=4"])
    assert not (tmp_path / "none").exists() and trainings.trained == []
