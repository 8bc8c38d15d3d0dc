"""The tables of an HTML report; `Markup.format` escapes what it is given."""

from __future__ import annotations

from markupsafe import Markup

from dgnet_tf.data import view_names
from dgnet_tf.evaluation import balance, report_sections, scoring
from dgnet_tf.files.tables import Table
from dgnet_tf.pages import report_clips, web_page


def headline(report: dict) -> Markup:
    """Returns the overall numbers with their intervals and the mean pose, as HTML."""
    titles, parts = report_sections.TITLES, []
    chosen = [m for m in titles if report["metrics"].get(m) is not None]
    for fourteen in (False, True):
        metrics = [m for m in chosen if (m in scoring.FOURTEEN_METRICS) == fourteen]
        if metrics:
            columns = ["", *(titles[metric] for metric in metrics)]
            parts.append(_table(columns, _overall(report, metrics)))
    return Markup("").join([*parts, _notes(report, chosen)])


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
            value = Markup("<b>{}</b><small>{}</small>").format(value, ends)
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
    return Markup('<p class="note">{}.</p>').format(". ".join(notes))


def worst(report: dict, embedded: list[str]) -> Markup:
    """Returns the worst clips, as HTML, with links to those that the page embeds."""
    rows = []
    for clip in report.get("worst_clips", []):
        name = view_names.of(clip)
        first, last = clip["first_frame"], clip["first_frame"] + clip["frames"] - 1
        cell = name
        if name in embedded:
            cell = _link(embedded.index(name), first, name)
        error = report_sections.value("mpjpe_mm", clip["mpjpe_mm"])
        rows.append([cell, f"{first} to {last}", error])
    if not rows:
        return Markup("<p>No clip has a valid frame.</p>")
    return _table(["two seconds of", "frames", "MPJPE"], rows)


def worst_joints(report: dict, clips) -> Markup:
    """Returns the worst joints, each linked to the frame that shows it worst."""
    rows = []
    for found in report.get("worst_joints", []):
        name, link = found["joint"], "-"
        place = report_clips.worst_frame(clips, name)
        if place:
            index, frame, error = place
            words = f"frame {frame} of clip {index + 1}, {error:.0f} mm"
            link = _link(index, frame, words)
        error = report_sections.value("mpjpe_mm", found["mpjpe_mm"])
        rows.append([name, error, link])
    if not rows:
        return Markup("<p>The report names none.</p>")
    return _table(["joint", "MPJPE", "worst in the clips below"], rows)


def further(report: dict) -> Markup:
    """Returns the data set's own protocols and the coordinate balance, as HTML."""
    parts = []
    protocols = report_sections.protocol_tables(report.get("protocols") or {})
    for title, headers, rows in protocols:
        parts += [Markup("<h2>{}</h2>").format(title), _table(headers, rows)]
    if report.get("estimates"):
        metrics = scoring.JOINT_METRICS
        titles = [report_sections.TITLES[metric] for metric in metrics]
        rows = [
            _row(name, estimate["metrics"], estimate.get("intervals"), metrics)
            for name, estimate in report["estimates"].items()
        ]
        consumed = [f"{name}: {balance.CONSUMES[name]}" for name in report["estimates"]]
        parts += [Markup("<h2>Coordinate balance</h2>"), _table(["", *titles], rows)]
        parts.append(_list(consumed, "note"))
    return Markup("").join(parts)


def measured(report: dict) -> Markup:
    """Returns how it was measured, as HTML."""
    options = report["options"]
    lacking = {"frame_stride": options["model"]["frame_stride"], "actions": None}
    return _list(report_sections.measured({**lacking, **options}))


def _link(clip, frame, words) -> Markup:
    """Returns a link to a frame of a clip, both counted as the page counts them."""
    place = Markup('<a class="play-link" href="#clip={}&amp;frame={}">{}</a>')
    return place.format(clip + 1, frame, words)


def _list(lines, kind="") -> Markup:
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    return Markup('<ul class="{}">{}</ul>').format(kind, items)


def _table(columns, rows) -> Markup:
    shown = Table(columns, rows).shown()
    return web_page.render("table.html", columns=columns, rows=shown)
