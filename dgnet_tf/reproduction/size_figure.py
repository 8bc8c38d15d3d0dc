"""Figure 4: error against size, the published lifters and our runs."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from dgnet_tf.data import manifest
from dgnet_tf.drawing import style
from dgnet_tf.evaluation import run_reports
from dgnet_tf.files.escaping import in_code, in_figure
from dgnet_tf.files.tables import Table
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models import network_arguments
from dgnet_tf.reproduction import published

_NOTES = """\
- Published points: MPJPE on Human3.6M from detected 2-D, Protocol 1. The figure prints
  no numbers; parameters are those of the sources named.
- Our runs: the plain mean over actions, the network's own estimate. Parameters count
  batch norms' moving statistics too.
- Multiply-adds are what the equations need for one window, over its frames
  (`models/multiply_adds.py`). A run lifts each frame with the overlap rule that the
  table names: "once" runs one window for T frames, "center" and "mean" run T; the
  mirrored estimate doubles either. "lifting" is the product."""

_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)


def make(
    workdirs: Sequence, data_dir, split: str, folder, *, flip: bool = True
) -> list[pathlib.Path]:
    """Writes Figure 4 and its table; returns the files' paths.

    No `workdirs`, folders of finished runs, show the published points alone. The others
    are as in `paper_tables.make`.
    """
    dataset = manifest.read(data_dir).dataset if workdirs else ""
    reports = run_reports.of_runs(workdirs, data_dir, split, flip=flip)
    rows = [point_of_run(name, report) for name, report in reports.items()]
    same = dataset == "human36m" and split == "test" and _detected(data_dir)
    columns = [
        *("method", "data", "MPJPE, mm", "parameters"),
        *("multiply-adds a frame", "overlap", "flip", "lifting", "source"),
    ]
    printed = [
        [p.label, "human36m", p.mpjpe_mm, p.parameters, *[None] * 4, p.source]
        for p in published.FIGURE_4
    ]
    table = Table(columns, printed + rows)
    parts = ["# Figure 4: error against size"]
    if rows and not same:
        parts.append(
            f"Our runs are on the {split} split of {in_code(dataset)}, the published "
            "points "
            "on other data: heights are not to be compared, sizes are."
        )
    parts += [table.markdown(), _NOTES, "![chart](figure4.png)"]
    paths = table.write(folder, "figure4", "\n\n".join(parts))
    picture = style.save(chart(rows, same), pathlib.Path(folder) / "figure4.png")
    return [*paths, picture]


def _detected(data_dir) -> bool:
    """Whether the keypoints are a detector's, as those of the published points."""
    return manifest.read(data_dir).options.get("detections") is not None


def point_of_run(name: str, report: dict) -> list:
    """Returns a run's row of the table."""
    options = report["options"]
    model, frames = options["model"], options["model"]["frames"]
    needed = model["multiply_adds_per_frame"]
    used = InferenceOptions(frames=frames, frame_stride=1, overlap=options["overlap"])
    times = used.passes * (1 + options["flip"])
    return [
        f"{network_arguments.title(model['architecture'])}, run {name}",
        report["dataset"],
        report["metrics_action_mean"]["mpjpe_mm"],
        model["parameters"],
        needed,
        options["overlap"],
        "yes" if options["flip"] else "no",
        needed and needed * times,
        "report.json",
    ]


def chart(rows: Sequence[Sequence], same_data: bool, points=published.FIGURE_4):
    """Returns the chart: published points grey, rows of `point_of_run` in colours."""
    made = style.figure(8.4, 4.4)
    where = "MPJPE, mm" if same_data or not rows else "MPJPE, mm (each on its own data)"
    axes = style.axes(made, "parameters, millions", where)
    for i, point in enumerate(points):
        _point(axes, point.label, point.parameters, point.mpjpe_mm, i)
    for i, row in enumerate(rows):
        label = in_figure(row[0])
        if row[4] is not None:
            label += f"\n{row[4] / 1e6:.1f} M multiply-adds a frame"
        _point(axes, label, row[3], row[2], i, **style.marked(i))
    axes.set_xscale("log")
    axes.margins(x=0.1, y=0.1)
    low, high = axes.get_xlim()
    axes.set_xticks(_TICKS, [f"{tick:g}" for tick in _TICKS])
    axes.set_xlim(low, high)  # Ticks beyond the points would widen it.
    axes.minorticks_off()
    made.legend(loc="outside right center", frameon=False, fontsize=8)
    return made


def _point(axes, label, parameters, error, number, **color):
    looks = {**style.marked(number), "color": style.PUBLISHED, **color}
    axes.plot(parameters / 1e6, error, linestyle="", markersize=9, label=label, **looks)
