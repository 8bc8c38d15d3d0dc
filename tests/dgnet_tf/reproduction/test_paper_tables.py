"""Our rows in the paper's tables: on its data together, on other data apart."""

import csv

import pytest
from support.reports import made_reports

from dgnet_tf.reproduction import paper_tables, published
from dgnet_tf.reproduction.published import AVERAGE

OWN = made_reports.report(
    {
        ("08", "walk", "1"): 40.0,
        ("08", "walk, fast", "1"): 60.0,
        ("35", "walk", "1"): (70.0, 300),
    }
)


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def row(item, report, data=None):
    return paper_tables.our_row(item, "a", report, data or made_reports.data())


def test_actions_of_other_data_become_columns(tmp_path):
    assert row("table1", OWN).values == {
        "walk": pytest.approx((40.0 + 3 * 70.0) / 4),
        "walk, fast": pytest.approx(60.0),
        AVERAGE: pytest.approx((62.5 + 60.0) / 2),
    }
    assert row("table2", OWN).values["walk"] == pytest.approx(62.5 / 2)
    paths = paper_tables.write(
        "table1", [row("table1", OWN)], "mocap", "test", tmp_path, ["A note."]
    )
    text = paths[0].read_text()
    heads = [cells(line) for line in text.splitlines() if line.startswith("| method")]
    assert heads[0] == ["method", "T", "walk", "walk, fast", "Avg"]
    assert heads[1][2:] == list(published.TABLE_I.columns)
    assert "on other data (`human36m`, its test subjects) and not to be comp" in text
    assert "| DG-Net, run a \u2020 |" in text and "- A note." in text
    assert "[26] and Lee [17] look shifted" in text

    rows = read(paths[1])
    assert len(rows) == 21
    assert rows[-1]["data set"] == "mocap" and rows[-1]["Eating"] == ""
    assert float(rows[-1]["walk, fast"]) == 60.0
    assert rows[13]["method"] == "DG-Net" and rows[13]["Eating"] == "41.0"
    assert rows[13]["walk"] == ""


def test_on_the_papers_data_all_rows_stand_in_one_table(tmp_path):
    report = made_reports.report(
        {("S9", action, "1"): 40.0 + i for i, action in enumerate(sorted(
            published.TABLE_I.columns[:-1]))},
        dataset="human36m",
    )  # fmt: skip
    data = made_reports.data("human36m", detections="cpn.npz")
    ours = row("table1", report, data)
    assert not ours.truth_2d
    paths = paper_tables.write("table1", [ours], "human36m", "test", tmp_path)
    lines = paths[0].read_text().splitlines()
    (head,) = [i for i, line in enumerate(lines) if line.startswith("| method")]
    table = [cells(line) for line in lines[head + 2 : head + 2 + 21]]
    assert table[-1][0] == "DG-Net, run a" and table[-1][-1] == "47.0"
    assert table[13] == [
        "DG-Net", "4", "41.5", "46.6", "41.0", "44.3", "47.1", "54.1", "44.2", "42.5",
        "54.9", "58.8", "46.9", "43.1", "46.9", "32.6", "35.6", "45.3",
    ]  # fmt: skip
    assert "other data" not in paths[0].read_text()
    # Another split of the same data is not what the paper scored.
    paths = paper_tables.write("table1", [ours], "human36m", "validation", tmp_path)
    assert "not to be compared with ours" in paths[0].read_text()


def test_rows_that_look_shifted_show_their_average_only(tmp_path):
    paths = paper_tables.write("table1", [], "human36m", "test", tmp_path)
    (yang,) = [r for r in read(paths[1]) if r["method"] == "Yang et al. [26]"]
    assert yang["Avg"] == "58.6"
    assert all(yang[name] == "" for name in published.TABLE_I.columns[:-1])


def test_cells_are_people_by_actions():
    values = row("table3", OWN).values
    assert values == {
        "walk 08": pytest.approx(20.0),
        "walk, fast 08": pytest.approx(30.0),
        "walk 35": pytest.approx(35.0),
        AVERAGE: pytest.approx((20 + 30 + 35) / 3),
    }
    of_humaneva = {
        **OWN,
        "protocols": {
            "humaneva": {
                "cells": {"Walking": {"S1": 13.0}, "Jog": {"S1": None}},
                "average": None,
            }
        },
    }
    assert row("table3", of_humaneva).values == {
        "Walking S1": 13.0,
        "Jog S1": None,
        AVERAGE: None,
    }


def test_fractions_become_percent_over_the_joints_of_the_data():
    values = row("table4", OWN).values
    mean = (40 + 60 + 3 * 70) / 5
    assert values == {
        "PCK": pytest.approx(0.1 * mean),
        "AUC": pytest.approx(0.05 * mean),
        "MPJPE": pytest.approx(mean),
    }
    all_frames = {"pck_14": 0.875, "auc_14": 0.5, "mpjpe_mm": 76.0}
    protocols = {"mpi_inf_3dhp": {"all": all_frames}}
    assert row("table4", {**OWN, "protocols": protocols}).values == {
        "PCK": 87.5,
        "AUC": 50.0,
        "MPJPE": 76.0,
    }


def test_runs_have_a_row_each_with_the_interval_of_its_average(tmp_path, monkeypatch):
    baseline = made_reports.report(
        {("08", "walk", "1"): 50.0}, architecture="baseline", frames=9
    )
    found = {"runs/a/x": OWN, "runs/b/x": baseline}
    monkeypatch.setattr(
        paper_tables.run_reports,
        "find_or_make",
        lambda workdir, data_dir, split, flip: found[workdir],
    )
    monkeypatch.setattr(
        paper_tables.manifest, "read", lambda data_dir: made_reports.data()
    )
    paths = paper_tables.make("table1", list(found), "data", "test", tmp_path)
    rows = read(paths[1])[-2:]
    assert [r["method"] for r in rows] == [
        "DG-Net, run a/x \u2020",
        "baseline, run b/x \u2020",
    ]
    assert [r["T"] for r in rows] == ["4", "9"]
    low, high = (OWN["intervals_action_mean"]["mpjpe_mm"][n] for n in ("low", "high"))
    text = paths[0].read_text()
    assert f"Run a/x: 95 % bootstrap interval of Avg {low:.1f} to {high:.1f}" in text
    assert "Run b/x" not in text  # One video has none.
