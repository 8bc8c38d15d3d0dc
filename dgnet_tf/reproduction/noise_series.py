"""Table X: error against noise on the 2-D keypoints."""

from __future__ import annotations

import math
import pathlib
from collections.abc import Sequence

import numpy as np

from dgnet_tf.command_line import progress
from dgnet_tf.data import manifest
from dgnet_tf.drawing import style as charts
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import run_reports
from dgnet_tf.files.escaping import in_figure, in_markdown
from dgnet_tf.files.tables import Table
from dgnet_tf.reproduction import paper_tables, published

METRICS = ("p_mpjpe_mm", "mpjpe_mm")
_COLUMNS = [f"{metric} over {of}" for of in ("actions", "frames") for metric in METRICS]


def make(
    workdirs: Sequence,
    data_dir,
    split: str,
    folder,
    *,
    noises: Sequence[float] = published.NOISES_PX,
    seeds: Sequence[int] = (0,),
    flip: bool = True,
) -> list[pathlib.Path]:
    """Writes Table X with our runs, all its evaluations, a chart; returns their paths.

    Every evaluation is a report in the run's folder; a series that was interrupted
    goes on with the reports that are there.

    Args:
        workdirs, data_dir, split, folder, flip: see `paper_tables.make`.
        noises: standard deviations of the noise, pixels.
        seeds: of the noise; the table has the mean over them.

    Raises:
        UserError: if noises or seeds are none, negative or there twice, and as
            `run_reports.find_or_make`.
    """
    for flag, values in (("noises", noises), ("seeds", seeds)):
        wrong = [value for value in values if not 0 <= value < math.inf]
        if not values or wrong or len(set(values)) < len(values):
            raise UserError(
                f"--{flag}: must be numbers from 0 on, each once, got {list(values)}."
            )
    data = manifest.read(data_dir)
    of_run = sum(len(seeds) if noise else 1 for noise in noises)
    jobs = progress.Jobs("evaluation", of_run * len(workdirs))
    rows, notes, evaluations, series = [], [], [], {}
    for name, workdir in zip(run_reports.names(workdirs), workdirs, strict=True):
        found = {}
        for noise in noises:
            # Without noise, every seed gives the same poses.
            for seed in seeds if noise else seeds[:1]:
                with jobs.job():
                    report = run_reports.find_or_make(
                        workdir, data_dir, split, flip=flip, noise_px=noise, seed=seed
                    )
                found[noise, seed] = report["metrics_action_mean"]
                means = [found[noise, seed], report["metrics"]]
                cells = [mean[metric] for mean in means for metric in METRICS]
                evaluations.append([name, noise, seed, *cells])
        means = {metric: _means(found, noises, metric) for metric in METRICS}
        values = {column(noise): v for noise, v in means["p_mpjpe_mm"].items()}
        row = paper_tables.row_of_run(name, report, data, values)
        rows.append(row)
        series[row.method] = means["p_mpjpe_mm"]
        notes.append(_note(row.method, report, means["mpjpe_mm"], found, seeds))
    if rows and not row.truth_2d:
        notes.append(
            "The keypoints are a detector's; the paper adds noise to ground-truth 2-D."
        )
    notes.append(
        "Our rows are means over actions, each frame's noise drawn anew from the seed "
        f"and the view's name; seeds: {', '.join(map(str, seeds))}."
    )
    paths = paper_tables.write("table10", rows, data.dataset, split, folder, notes)
    every = pathlib.Path(folder) / "table10-evaluations.csv"
    Table(["run", "noise_px", "seed", *_COLUMNS], evaluations).write_csv(every)
    same = paper_tables.is_of(published.TABLE_X, data.dataset, split)
    picture = charts.save(chart(series, same), pathlib.Path(folder) / "table10.png")
    return [*paths, every, picture]


def column(noise: float) -> str:
    """Returns the column of a noise."""
    return f"{noise:g} px"


def chart(series: dict[str, dict[float, float]], same_data: bool):
    """Returns the chart: published rows grey, our runs in colours."""
    made = charts.figure(6.4, 4.4)
    axes = charts.axes(made, "noise on the 2-D keypoints, pixels", "P-MPJPE, mm")
    grey = (":", "-.", "--", "-")
    for row, style in zip(published.TABLE_X.rows, grey, strict=True):
        axes.plot(
            published.NOISES_PX,
            [row.values[column(noise)] for noise in published.NOISES_PX],
            style,
            color=charts.PUBLISHED,
            label=row.label if same_data else f"{row.label} (Human3.6M)",
        )
    for i, (name, means) in enumerate(series.items()):
        axes.plot(
            list(means),
            list(means.values()),
            **charts.marked(i),
            linewidth=2,
            label=in_figure(name),
        )
    axes.set_xticks(published.NOISES_PX)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=8)
    return made


def _means(found, noises, metric):
    return {noise: float(np.mean(_at(found, noise, metric))) for noise in noises}


def _at(found, noise, metric):
    return [row[metric] for (n, _), row in found.items() if n == noise]


def _note(name, report, mpjpe, found, seeds):
    """What the table leaves out: MPJPE, the spread over seeds, noise in training."""
    shown = ", ".join(f"{value:.1f}" for value in mpjpe.values())
    note = f"{in_markdown(name)}: MPJPE {shown} mm."
    if len(seeds) > 1:
        spread = max(np.ptp(_at(found, noise, "p_mpjpe_mm")) for noise in mpjpe)
        note += f" P-MPJPE differs by at most {spread:.2f} mm between seeds."
    trained = report["options"]["model"]["noise_px"]
    if trained:
        note += (
            f" It was trained with noise of {trained:g} pixels, the paper's on clean "
            "keypoints."
        )
    return note
