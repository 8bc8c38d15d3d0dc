"""The tables of an HTML report."""

from __future__ import annotations

from dgnet_tf.data import view_names
from dgnet_tf.evaluation import balance, report_sections, scoring
from dgnet_tf.files.tables import Html, Table, escaped
from dgnet_tf.pages import report_clips


def headline(report: dict) -> str:
    """Returns the overall numbers with their intervals and the mean pose, as HTML."""
    titles, parts = report_sections.TITLES, []
    chosen = [m for m in titles if report["metrics"].get(m) is not None]
    for fourteen in (False, True):
        metrics = [m for m in chosen if (m in scoring.FOURTEEN_METRICS) == fourteen]
        if metrics:
            columns = ["", *(titles[metric] for metric in metrics)]
            parts.append(_table(columns, _overall(report, metrics)))
    return "".join(parts) + _notes(report, chosen)


def _overall(report, metrics):
    intervals = report.get("intervals"), report.get("intervals_action_mean")
    rows = [
        _row("all frames", report["metrics"], intervals[0], metrics),
        _row("mean over actions", report["metrics_action_mean"], intervals[1], metrics),
    ]
    baseline = report.get("baselines", {}).get("mean_pose")
    if baseline:
        rows.append(_row("mean pose, all frames", baseline, None, metrics))
    return rows


def _row(name, values, intervals, chosen):
    cells = [name]
    for metric in chosen:
        value = report_sections.value(metric, values.get(metric))
        interval = (intervals or {}).get(metric)
        if interval:
            ends = report_sections.ends(metric, interval)
            value = Html(f"<b>{value}</b><small>{ends}</small>")
        cells.append(value)
    return cells


def _notes(report, chosen):
    notes = ["Millimetres"]
    if scoring.VELOCITY in chosen:
        notes[0] += "; MPJVE in millimetres per frame"
    if scoring.ACCELERATION in chosen:
        notes[0] += ", acceleration error in millimetres per frame squared"
    if scoring.FOURTEEN_METRICS.keys() & set(chosen):
        notes.append("(14): over the fourteen joints of MPI-INF-3DHP's PCK")
    interval = (report.get("intervals") or {}).get("mpjpe_mm")
    if interval:
        notes.append(
            f"Below a number its 95 % bootstrap interval: {interval['videos']} videos "
            "resampled, all cameras of a take together"
        )
    return f'<p class="note">{". ".join(notes)}.</p>'


def worst(report: dict, embedded: list[str]) -> str:
    """Returns the worst clips, as HTML, with links to those that the page embeds."""
    rows = []
    for clip in report.get("worst_clips", []):
        name = view_names.of(clip)
        first, last = clip["first_frame"], clip["first_frame"] + clip["frames"] - 1
        cell = name
        if name in embedded:
            place = f"#clip={embedded.index(name) + 1}&amp;frame={first}"
            cell = Html(f'<a class="play-link" href="{place}">{escaped(name)}</a>')
        error = report_sections.value("mpjpe_mm", clip["mpjpe_mm"])
        rows.append([cell, f"{first} to {last}", error])
    if not rows:
        return "<p>No clip has a valid frame.</p>"
    return _table(["two seconds of", "frames", "MPJPE"], rows)


def worst_joints(report: dict, clips) -> str:
    """Returns the worst joints, each linked to the frame that shows it worst."""
    rows = []
    for found in report.get("worst_joints", []):
        name, link = found["joint"], "-"
        place = report_clips.worst_frame(clips, name)
        if place:
            index, frame, error = place
            link = Html(
                f'<a class="play-link" href="#clip={index + 1}&amp;frame={frame}">'
                f"frame {frame} of clip {index + 1}, {error:.0f} mm</a>"
            )
        error = report_sections.value("mpjpe_mm", found["mpjpe_mm"])
        rows.append([name, error, link])
    if not rows:
        return "<p>The report names none.</p>"
    return _table(["joint", "MPJPE", "worst in the clips below"], rows)


def further(report: dict) -> str:
    """Returns the data set's own protocols and the coordinate balance, as HTML."""
    parts = []
    protocols = report_sections.protocol_tables(report.get("protocols") or {})
    for title, headers, rows in protocols:
        parts += [f"<h2>{escaped(title)}</h2>", _table(headers, rows)]
    if report.get("estimates"):
        metrics = scoring.JOINT_METRICS
        titles = [report_sections.TITLES[metric] for metric in metrics]
        rows = [
            _row(name, estimate["metrics"], estimate.get("intervals"), metrics)
            for name, estimate in report["estimates"].items()
        ]
        consumed = "".join(
            f"<li>{escaped(name)}: {escaped(balance.CONSUMES[name])}</li>"
            for name in report["estimates"]
        )
        parts += ["<h2>Coordinate balance</h2>", _table(["", *titles], rows)]
        parts.append(f'<ul class="note">{consumed}</ul>')
    return "".join(parts)


def measured(report: dict) -> str:
    """Returns how it was measured, as HTML."""
    options = report["options"]
    lacking = {"frame_stride": options["model"]["frame_stride"], "actions": None}
    lines = report_sections.options({**lacking, **options}).splitlines()
    items = (f"<li>{escaped(line.removeprefix('- '))}</li>" for line in lines)
    return f"<ul>{''.join(items)}</ul>"


def _table(columns, rows) -> str:
    return f'<div class="wide">{Table(columns, rows).html()}</div>'
