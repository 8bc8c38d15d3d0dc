"""Table X: which evaluations are made, what is averaged, what is drawn."""

import csv

import pytest
from support.reports import made_reports

from dgnet_tf.drawing import style
from dgnet_tf.errors import UserError
from dgnet_tf.reproduction import noise_series, published

NOISES = (0.0, 10.0)


def made(noise, seed, **model):
    """P-MPJPE 20 mm, 3 mm for each pixel, 0.5 mm for each seed where there is noise."""
    p_mpjpe = 20 + 3 * noise + 0.5 * seed * (noise > 0)
    videos = {("a", "walk", "1"): 2 * p_mpjpe, ("a", "run", "1"): (2 * p_mpjpe, 50)}
    return made_reports.report(videos, **model)


@pytest.fixture
def asked(monkeypatch):
    """The evaluations that were asked for."""
    calls = []

    def find_or_make(workdir, data_dir, split, *, flip, noise_px, seed):
        calls.append((workdir, noise_px, seed))
        return made(noise_px, seed, noise_px=2.0 if workdir == "noisy" else 0.0)

    monkeypatch.setattr(noise_series.run_reports, "find_or_make", find_or_make)
    monkeypatch.setattr(
        noise_series.manifest, "read", lambda data_dir: made_reports.data()
    )
    return calls


def test_seeds_are_averaged_and_clean_keypoints_scored_once(asked, tmp_path):
    paths = noise_series.make(
        ["run"], "data", "test", tmp_path, noises=NOISES, seeds=[1, 2]
    )
    assert asked == [("run", 0.0, 1), ("run", 10.0, 1), ("run", 10.0, 2)]
    names = [path.name for path in paths]
    assert names == [
        *("table10.md", "table10.csv", "table10-evaluations.csv", "table10.png")
    ]
    with open(paths[1], newline="") as file:
        *rows, ours = csv.DictReader(file)
    assert float(ours["0 px"]) == pytest.approx(20.0)
    assert float(ours["10 px"]) == pytest.approx(50 + (0.5 + 1.0) / 2)
    assert ours["5 px"] == "" and rows[-1]["5 px"] == "31.86"
    with open(paths[2], newline="") as file:
        evaluations = list(csv.DictReader(file))
    assert [(e["noise_px"], e["seed"]) for e in evaluations] == [
        *(("0.0", "1"), ("10.0", "1"), ("10.0", "2"))
    ]
    assert float(evaluations[1]["p_mpjpe_mm over actions"]) == pytest.approx(50.5)
    assert float(evaluations[1]["mpjpe_mm over frames"]) == pytest.approx(101.0)
    text = paths[0].read_text()
    assert "MPJPE 40.0, 101.5 mm. P-MPJPE differs by at most 0.50 mm" in text
    assert "seeds: 1, 2" in text


def test_a_run_trained_on_noise_says_so(asked, tmp_path):
    paths = noise_series.make(["noisy", "run"], "d", "test", tmp_path, noises=[0.0])
    lines = paths[0].read_text().splitlines()
    (noisy,) = [line for line in lines if line.startswith("- DG-Net, run noisy: MPJPE")]
    (clean,) = [line for line in lines if line.startswith("- DG-Net, run run: MPJPE")]
    assert "trained with noise of 2 pixels, the paper's on clean" in noisy
    assert "trained with" not in clean


def test_the_chart_has_every_row_and_our_points():
    series = {"run a": {0.0: 20.0, 10.0: 50.0}, "run b": {5.0: 30.0}}
    axes = noise_series.chart(series, same_data=False).axes[0]
    assert len(axes.lines) == 4 + 2
    printed = axes.lines[3]
    assert list(printed.get_ydata()) == [24.17, 31.86, 38.63, 46.92, 56.33]
    assert printed.get_color() == style.PUBLISHED
    assert printed.get_label() == "DG-Net \u2020 (Human3.6M)"
    assert list(axes.lines[4].get_xdata()) == [0.0, 10.0]
    assert list(axes.lines[4].get_ydata()) == [20.0, 50.0]
    assert axes.lines[4].get_color() != axes.lines[5].get_color()
    assert axes.lines[4].get_marker() != axes.lines[5].get_marker()
    same = noise_series.chart({}, same_data=True).axes[0]
    assert same.lines[3].get_label() == "DG-Net \u2020"
    assert published.NOISES_PX == (0, 5, 10, 15, 20)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"noises": []}, "--noises: must be numbers from 0 on, each once, got"),
        ({"noises": [5.0, -1.0]}, "--noises.*-1.0"),
        ({"noises": [5.0, 5.0]}, "--noises"),
        ({"noises": [float("nan")]}, "--noises.*nan"),
        ({"seeds": []}, "--seeds"),
        ({"seeds": [0, 0]}, "--seeds"),
    ],
)
def test_series_that_are_none_are_refused(arguments, message, asked, tmp_path):
    with pytest.raises(UserError, match=message):
        noise_series.make(["run"], "data", "test", tmp_path / "out", **arguments)
    assert not asked and not (tmp_path / "out").exists()
