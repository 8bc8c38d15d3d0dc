"""A run's report as one HTML file that needs no network."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from markupsafe import Markup

from dgnet_tf.data import view_names
from dgnet_tf.errors import require
from dgnet_tf.evaluation import run_reports
from dgnet_tf.files import epoch_history
from dgnet_tf.files.atomic import write_text
from dgnet_tf.models import runs
from dgnet_tf.pages import report_charts, report_clips, report_tables, web_page


def make(
    workdir,
    data_dir,
    split: str,
    path,
    *,
    report_path=None,
    clips: Sequence[str] | int = 3,
    seconds: float = 60.0,
):
    """Writes the page of a run's evaluation on a split.

    Args:
        workdir: folder of a finished run.
        data_dir: converted data set.
        split: of the data set.
        path: the `.html` file.
        report_path: report to show; None stands for the run's own, which is made where
            it is missing.
        clips: views to play, as subject/action/take/camera, or how many of the worst.
        seconds: greatest length of a clip, see `report_clips.load`.

    Raises:
        UserError: if Plotly is not installed, the report is of another run or data, or
            the split has no such view.
    """
    require("the report's page", "report", "plotly")  # Before what takes long.
    run = runs.load(workdir)
    if report_path is None:
        report = run_reports.find_or_make(workdir, data_dir, split)
    else:
        report = run_reports.read_own(report_path, run, workdir, data_dir, split)
    lifting = report_clips.Lifting(run, report["options"])
    if "worst_clips" not in report:
        report["worst_clips"] = report_clips.find_worst(lifting, data_dir, split)
    if isinstance(clips, int):
        clips = [view_names.of(clip) for clip in report["worst_clips"][:clips]]
    found = report_clips.load(lifting, data_dir, split, clips, seconds)
    write_page(workdir, report, found, path)


def write_page(workdir, report: dict, clips, path):
    """Writes the page, whole or not at all; what the report lacks is left out.

    What it and the `ReportClip`s are called is shown as text.
    """
    from plotly.offline import get_plotlyjs

    history = pathlib.Path(workdir) / epoch_history.FILE
    charts = {"curves": report_charts.learning_curves(history)}
    fields = ("action", "subject", "camera", "joint")
    groups = {field: report.get(f"per_{field}", {}) for field in fields}
    groups["video"] = report_charts.worst_videos(report)
    for field, means in groups.items():
        charts[field] = report_charts.bars(means, report["metrics"], "all frames")
    title = f"{pathlib.Path(workdir).resolve().name}: {report['dataset']}"
    facts = (
        f"{report['split']} split, {report['frames']} valid frames of "
        f"{report['views']} camera views."
    )
    data = {
        "charts": {name: chart for name, chart in charts.items() if chart},
        "clips": [clip.encoded() for clip in clips],
    }
    page = web_page.render(
        "report_page.html",
        plotly=Markup(get_plotlyjs()),
        title=title,
        facts=facts,
        headline=report_tables.headline(report),
        further=report_tables.further(report),
        worst=report_tables.worst(report, [clip.name for clip in clips]),
        worst_joints=report_tables.worst_joints(report, clips),
        measured=report_tables.measured(report),
        data=web_page.script_json(data),
    )
    write_text(path, page)
