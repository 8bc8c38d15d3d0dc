"""`report.json` and all that is made of it: comparisons, pages, cards."""

from __future__ import annotations

import csv
import json
import pathlib
from collections.abc import Callable, Iterator

from support.reports import made_reports

from dgnet_tf.config import config
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import comparison, comparison_report, report
from dgnet_tf.exporting import model_card
from dgnet_tf.exporting.weights import weight_scores
from dgnet_tf.files import provenance
from dgnet_tf.models import runs
from dgnet_tf.pages import report_charts, report_tables, web_page
from fuzzing import json_damage
from fuzzing.target import Target
from fuzzing.targets.documents import check_markdown, written

_JSON = (json_damage.of_json,)
_VIDEOS = {("08", "walk", str(take)): 50.0 + take for take in range(3)}


def targets() -> Iterator[Target]:
    """Yields them."""
    yield _target("report-comparison", _write, _compare)
    yield _target("report-charts", _write, _draw, cost=20)
    yield _target("report-page", _write, _show)
    yield _target("report-card", _in_run, _card)
    yield _target("report-scores", _in_run, _scores)


def _target(name, write: Callable, read: Callable, cost=1):
    return Target(name, write, read, _JSON, cost)


def _content() -> dict:
    made = made_reports.report(_VIDEOS)
    mean_pose = {name: 2.0 * value for name, value in made["metrics"].items()}
    made["options"] |= {"scored": "all", "versions": {}, "balanced": False}
    clip = {"subject": "08", "action": "walk", "take": "1", "camera": "c0"}
    clip |= {"first_frame": 3, "frames": 20, "valid_frames": 9, "mpjpe_mm": 60.0}
    return {
        **made,
        "baselines": {"mean_pose": mean_pose},
        "per_subject": made["per_action"],
        "per_camera": made["per_action"],
        "per_joint": made["per_action"],
        "worst_clips": [clip],
        "worst_joints": [{"joint": "left_wrist", "mpjpe_mm": 90.0}],
        "estimates": {
            "xyz": {"metrics": made["metrics"], "intervals": made["intervals"]},
        },
    }


def _write(folder):
    folder.mkdir()
    path = folder / report.JSON
    path.write_text(json.dumps(_content()))
    return path


def _in_run(folder):
    """Puts the report into a run, on whose weights it is."""
    place = folder / "evaluation" / "mocap-test"
    place.mkdir(parents=True)
    (folder / runs.MODEL).write_bytes(b"weights")
    content = _content()
    content["options"]["model_sha256"] = provenance.sha256(folder / runs.MODEL)
    (place / report.JSON).write_text(json.dumps(content))
    return place / report.JSON


def _reports(path):
    damaged = report.read(path, report.SHOWN)
    return {"whole": made_reports.report(_VIDEOS), "damaged": damaged}


def _compare(path):
    reports = _reports(path)
    first, second = reports.values()
    pairs = {"damaged": comparison.pairs_of(first, second, tuple(reports))}
    text = comparison_report.text(reports, pairs, comparison.differing(reports))
    check_markdown(text)
    table = path.parents[1] / "table.csv"
    comparison.table(reports, pairs).write_csv(table)
    with open(table, newline="", encoding="utf-8") as file:
        assert not any(cell.startswith("=") for row in csv.reader(file) for cell in row)


def _draw(path):
    comparison.make(_reports(path), path.parents[1] / "out")


def _show(path):
    found = report.read(path, (*report.SHOWN, *report.MEASURED))
    page = "".join(
        [
            report_tables.headline(found),
            report_tables.further(found),
            report_tables.worst(found, []),
            report_tables.worst_joints(found, []),
            report_tables.measured(found),
        ]
    )
    groups = {name: found.get(f"per_{name}", {}) for name in ("action", "joint")}
    groups["video"] = report_charts.worst_videos(found)
    charts = [report_charts.bars(g, found["metrics"], "all") for g in groups.values()]
    page += web_page.script_json({"charts": charts})
    assert "<script" not in page


def _card(path):
    written(model_card.origin(config.make("smoke"), _workdir(path)))


def _scores(path):
    found, left_out = weight_scores.collect(_workdir(path))
    assert len(found) + len(left_out) == 1
    for message in left_out:
        raise UserError(message)
    written(found)


def _workdir(path) -> pathlib.Path:
    return path.parents[2]
