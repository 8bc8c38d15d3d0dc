"""The files of a study's folder, as the reports on it read them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import keras_tuner
from support.reports import made_reports

from dgnet_tf.config import config
from dgnet_tf.evaluation import report
from dgnet_tf.files import json_documents
from fuzzing import json_damage
from fuzzing.target import Target
from fuzzing.targets.documents import check_markdown, written
from tuning import hypermodel
from tuning.ablations import paper_tables
from tuning.comparing import document as comparing
from tuning.comparing import findings as comparisons
from tuning.comparing import rows as comparison_rows
from tuning.reporting import document as reporting
from tuning.searching import findings as searches
from tuning.searching import trials
from tuning.studies import oracles, results
from tuning.studies import study as studies

_VIDEOS = {("08", "walk", str(take)): 50.0 + take for take in range(2)}
_TABLE = "neighbors"
_SIZES = {"skeleton": "human36m_17", "fps": 50.0, "channels": 8, "blocks": 1}


def targets() -> Iterator[Target]:
    """Yields them."""
    for name in (
        "study.json",
        f"tables/{_TABLE}.json",
        "rows/base/seed0/result.json",
        "search.json",
    ):
        yield _target(name, _read_study)
    for name in (
        "comparison.json",
        "latency.json",
        "rows/other/seed0/result.json",
        "rows/other/seed0/evaluation/report.json",
    ):
        yield _target(name, _read_comparison)
    yield _target("proposals.json", _read_proposals, cost=4)


def _target(name: str, read: Callable, cost=1) -> Target:
    write = functools.partial(_write, name)
    title = "study-" + name.removeprefix("rows/").replace("/", "-")
    return Target(
        title.replace("study-study", "study"), write, read, (json_damage.of_json,), cost
    )


@functools.cache
def _base():
    return config.make("smoke", **_SIZES)


def _write(name, folder):
    study = studies.Study(_base(), "d" * 64, "mocap", "validation")
    folder.mkdir()
    studies.start(folder, study)
    for path, content in _files().items():
        json_documents.write(folder / path, content)
    history = "epoch,loss,val_pose_mpjpe_mm\n0,2,70\n1,1,51\n"
    for row in ("base", "other"):
        run = folder / f"rows/{row}/seed0/run"
        run.mkdir(parents=True)
        (run / "history.csv").write_text(history)
    return folder / name


@functools.cache
def _files():
    """Returns the content of all files but `study.json`, by path."""
    table = paper_tables.get(_TABLE)
    rows = [
        {
            "title": row.title,
            "id": "base" if not i else "",
            "absent": "" if not i else "-",
        }
        for i, row in enumerate(table.rows)
    ]
    made = made_reports.report(_VIDEOS)
    networks = [
        {
            "name": row,
            "title": row,
            "id": row,
            "frames_seen": 99,
            "config": vars(_base()),
        }
        for row in ("base", "other")
    ]
    figures = {"window_ms": 1.0, "frame_ms": 0.2, "times_first": 1.0}
    figures |= {"times_first_low": 0.9, "times_first_high": 1.1}
    files = {
        f"tables/{_TABLE}.json": {
            "version": 1, "table": _TABLE, "seeds": [0], "rows": rows,
        },
        "search.json": {"version": 1, "algorithm": "random", "tune": ["channels"]},
        "proposals.json": {"1": {"channels": 64}, "2": {"channels": 32}},
        "comparison.json": {
            "version": 1, "seeds": [0], "noises_px": [0.0], "networks": networks,
        },
        "latency.json": {
            "version": 1, "calls": 5, "load_average": 0.5, "cores": 2, "device": "CPU",
            "versions": {}, "networks": {"base": figures, "other": figures},
        },
    }  # fmt: skip
    for row in ("base", "other"):
        place = f"rows/{row}/seed0"
        files[f"{place}/evaluation/{report.JSON}"] = made
        files[f"{place}/result.json"] = {
            "version": 1, "row": row, "seed": 0, "status": "finished", "reason": "",
            "config": vars(_base()), "split": "validation", "estimate": "xyz",
            "noise_px": 0.0, "parameters": 1000, "frames": 200, "seconds": 60.0,
            "metrics": made["metrics"], "interval": made["intervals"]["mpjpe_mm"],
            "mean_pose": made["metrics"], "versions": {},
        }  # fmt: skip
    return files


def _folder(path):
    return next(p for p in path.parents if p.name == "source")


def _read_study(path):
    folder = _folder(path)
    study = studies.read(folder)
    rows = results.of_folder(folder)
    table = paper_tables.get(_TABLE)
    found = results.of_table(folder, table)
    text = reporting.introduction(study) + reporting.table_section(table, found, {})
    text += searches.section(study, rows) + reporting.cost(rows, {})
    best = searches.winner(study, searches.ranked(study, rows))
    if best is not None:
        config.make("paper", **results.overrides(best.trainings[0]))
    trials._begin(folder, _files()["search.json"])
    check_markdown(text)


def _read_comparison(path):
    found = comparisons.read(_folder(path))
    text = comparing.markdown(found, None)
    comparison_rows.networks(found).csv()
    comparison_rows.differences(found).csv()
    comparison_rows.points(found)
    check_markdown(text)


def _read_proposals(path):
    model = hypermodel.HyperModel(None, "smoke", ["channels"], **_SIZES)
    space = keras_tuner.HyperParameters()
    model.config(space)
    oracle = oracles.make(
        "random", 3, seed=0, epochs=2, confirm_seeds=1, folder=_folder(path),
        hyperparameters=space,
    )  # fmt: skip
    for trial in ("1", "2"):
        asked = oracle.populate_space(trial)
        found = trials.trial_config(model, asked["values"])
        written(vars(config.make("paper", **vars(found))))
