"""Writes a run's report as one HTML file that needs no network.

    python -m dgnet_tf.html_report --workdir=RUN --data=DIR [--split=test]
        [--report=report.json] [--clip=subject/action/take/camera] [--clips=3]
        [--seconds=60] --output=report.html

Numbers with their intervals, learning curves, bars by action, person, camera and
joint, the worst clips, and of the clips played in the page the error and the
affinities over time. Without --report it is the run's own report of that split; where
the run holds none of these weights and data, it is evaluated first.
"""

from __future__ import annotations

import pathlib

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.data import flags as data_flags
from dgnet_tf.data import view_names
from dgnet_tf.errors import UserError

FLAGS = flags.FlagValues()
flags.DEFINE_string(
    "workdir", None, "Folder of the run.", required=True, flag_values=FLAGS
)
data_flags.define_data(FLAGS)
data_flags.define_split(FLAGS, "report on")
flags.DEFINE_string(
    "report",
    None,
    "Report that `evaluate` wrote, or its folder; default: the run's own.",
    flag_values=FLAGS,
)
flags.DEFINE_multi_string(
    "clip",
    [],
    "View to play, as subject/action/take/camera.",
    flag_values=FLAGS,
)
flags.DEFINE_integer(
    "clips", 3, "Number of worst clips to play where no --clip is given.", 1,
    flag_values=FLAGS,
)  # fmt: skip
flags.DEFINE_float(
    "seconds",
    60.0,
    "Greatest length of a clip; a longer view is cut to the part around its worst two "
    "seconds.",
    0.1,
    flag_values=FLAGS,
)
flags.DEFINE_string(
    "output", None, "The .html file to write.", required=True, flag_values=FLAGS
)


def write(workdir, report: dict, clips, path):
    """Writes the page, whole or not at all.

    Args:
        workdir: the run's folder, for its name and learning curves.
        report: content of its `report.json`; what it lacks is left out.
        clips: `report_clips.ReportClip`s.
        path: the `.html` file.

    Raises:
        UserError: if Plotly is not installed, or the run's history is damaged.
    """
    from dgnet_tf.files.atomic import replacing
    from dgnet_tf.pages import report_charts, report_tables, web_page

    charts = {
        "curves": report_charts.learning_curves(pathlib.Path(workdir) / "history.csv")
    }
    for field in ("action", "subject", "camera", "joint"):
        charts[field] = report_charts.bars(
            report.get(f"per_{field}", {}), report["metrics"], "all frames"
        )
    charts["video"] = report_charts.bars(
        report_charts.worst_videos(report), report["metrics"], "all frames"
    )
    title = f"{pathlib.Path(workdir).resolve().name}: {report['dataset']}"
    facts = (
        f"{report['split']} split, {report['frames']} valid frames of "
        f"{report['views']} camera views."
    )
    data = {
        "charts": {name: chart for name, chart in charts.items() if chart},
        "clips": [clip.encoded() for clip in clips],
    }
    page = web_page.fill(
        "report_page.html",
        {
            **web_page.player_parts(),
            "report_style": web_page.text("report_page.css"),
            "report_script": web_page.text("report_page.js"),
            "plotly": _plotly(),
            "title": web_page.escaped(title),
            "facts": web_page.escaped(facts),
            "headline": report_tables.headline(report),
            "further": report_tables.further(report),
            "worst": report_tables.worst(report, [clip.name for clip in clips]),
            "worst_joints": report_tables.worst_joints(report, clips),
            "measured": report_tables.measured(report),
            "data": web_page.script_json(data),
        },
    )
    with replacing(path) as beside:
        beside.write_text(page, encoding="utf-8")


def _plotly() -> str:
    """Returns plotly.js.

    Raises:
        UserError: if Plotly is not installed.
    """
    try:
        from plotly.offline import get_plotlyjs
    except ImportError:
        raise UserError(
            "Plotly draws the report and is not installed: python -m pip install plotly"
        ) from None
    return get_plotlyjs()


def check(report: dict, where, run, data, split: str, digests: dict):
    """Checks that a report is of this run, data set and split.

    Args:
        report: the report.
        where: its file.
        run: a `runs.Run`.
        data: a manifest.
        split: of the data.
        digests: from `run_reports.digests`; older reports have none to compare.

    Raises:
        UserError: if it is not; the message says what differs.
    """
    import dataclasses

    told = {"dataset": data.dataset, "split": split}
    for name, value in told.items():
        if report[name] != value:
            raise UserError(
                f"{where}: is a report on {name} {report[name]!r}, not {value!r}. Name "
                "another --report, --data or --split."
            )
    of = {"data_sha256": "--data", "model_sha256": "--workdir"}
    for name, flag in of.items():
        if report["options"].get(name, digests[name]) != digests[name]:
            raise UserError(
                f"{where}: is a report on other files than {flag} holds. Name another "
                f"--report or {flag}, or evaluate again."
            )
    scored = report["options"]["model"]
    for name, value in dataclasses.asdict(run.config).items():
        if name in scored and scored[name] != value:
            raise UserError(
                f"{where}: is a report on a run with {name} {scored[name]!r}, this "
                f"one's is {value!r}. Name another --report or --workdir."
            )


def main(flag_values):
    """Writes the page that the flags ask for."""
    if pathlib.Path(flag_values.output).suffix.lower() not in (".html", ".htm"):
        raise UserError(f"--output must end in .html, got {flag_values.output!r}.")
    _plotly()

    from dgnet_tf.data import manifest
    from dgnet_tf.evaluation import report as reports
    from dgnet_tf.evaluation import run_reports
    from dgnet_tf.models import runs
    from dgnet_tf.pages import report_clips

    run = runs.load(flag_values.workdir)
    data = manifest.read(flag_values.data)
    split, where = flag_values.split, flag_values.report
    if where is None:
        report = run_reports.find_or_make(flag_values.workdir, flag_values.data, split)
    else:
        report = reports.read(where)
        digests = run_reports.digests(flag_values.workdir, flag_values.data)
        check(report, where, run, data, split, digests)

    lifting = report_clips.Lifting(run, report["options"])
    if "worst_clips" not in report:
        found = report_clips.find_worst(lifting, flag_values.data, split)
        report["worst_clips"] = found
    names = flag_values.clip or [
        view_names.of(clip) for clip in report["worst_clips"][: flag_values.clips]
    ]
    clips = report_clips.load(
        lifting, flag_values.data, split, names, flag_values.seconds
    )
    write(flag_values.workdir, report, clips, flag_values.output)
    print(f"Page: {flag_values.output}")


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
