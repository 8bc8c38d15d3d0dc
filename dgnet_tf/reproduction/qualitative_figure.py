"""Figure 7: strips of 2-D keypoints, lifted poses and ground truth."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

import numpy as np

from dgnet_tf import metrics, skeletons
from dgnet_tf.data import manifest
from dgnet_tf.drawing import pose_axes, style
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import run_reports
from dgnet_tf.files.escaping import in_code, in_figure
from dgnet_tf.files.tables import Table
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.inference.view_lifter import ViewLifter
from dgnet_tf.models import network_arguments
from dgnet_tf.reproduction import drawn_views

_SHOWN = 6
_COLUMNS = ["view", "frame", "run", "mpjpe_mm"]


def make(
    workdirs: Sequence,
    data_dir,
    split: str,
    folder,
    *,
    views: Sequence[str] = (),
    shown: Sequence[int] = (),
    flip: bool = True,
) -> list[pathlib.Path]:
    """Writes Figure 7: a strip for each view; returns the files' paths.

    Args:
        workdirs: folders of finished runs, one row of poses for each: the network,
            and the baseline beside it.
        data_dir, split, folder, flip: see `paper_tables.make`.
        views: see `drawn_views.find`; by default the split's first.
        shown: frames that are drawn; six evenly spread ones by default.

    Raises:
        UserError: if a view or frame does not exist or is there twice, and as
            `runs.load`.
    """
    names = run_reports.names(workdirs)
    if len(set(views)) < len(views):
        raise UserError(f"--view: {max(views, key=views.count)!r} is there twice.")
    loaded = [drawn_views.load_run(workdir, data_dir) for workdir in workdirs]
    titles = [
        f"{network_arguments.title(run.config.architecture)}, run {name}"
        for name, run in zip(names, loaded, strict=True)
    ]
    lifters = {
        title: ViewLifter(run.model, InferenceOptions.of(run.config, flip=flip))
        for title, run in zip(titles, loaded, strict=True)
    }
    data, folder = manifest.read(data_dir), pathlib.Path(folder)
    skeleton = skeletons.get(data.skeleton)
    strips, pictures, rows = [], [], []
    for number, view_name in enumerate(views or [""], start=1):
        view = drawn_views.find(data_dir, split, view_name)
        frames = drawn_views.frames(view, shown, _SHOWN)
        target = view.positions - view.positions[:, [skeleton.root]]
        lifted = {title: lifter.positions(view) for title, lifter in lifters.items()}
        errors = {t: 1000 * metrics.mpjpe(p, target) for t, p in lifted.items()}
        for title in titles:
            rows += [
                [view.name, int(frame), title, _error(errors[title], view, frame)]
                for frame in frames
            ]
        strip = chart(view, target, lifted, errors, frames, skeleton)
        file = f"figure7-{number}.png" if len(views) > 1 else "figure7.png"
        strips.append((folder / file, strip))
        pictures.append(f"{in_code(view.name)}\n\n![strip]({file})")
    table = Table(_COLUMNS, rows)
    parts = [
        "# Figure 7: keypoints, lifted poses, ground truth",
        f"{split} split of {in_code(data.dataset)}. Below each pose its own MPJPE; "
        "frames without valid ground truth have none.",
        *pictures,
        table.markdown(),
    ]
    paths = table.write(folder, "figure7", "\n\n".join(parts))
    return [*paths, *(style.save(strip, path) for path, strip in strips)]


def chart(view, target, lifted: dict, errors: dict, frames, skeleton):
    """Returns one view's strip: the frames that are drawn.

    `target` and {title: lifted} are (F, N, 3) root-relative metres, {title: errors}
    (F,) MPJPE in mm.
    """
    rows, columns = 2 + len(lifted), len(frames)
    width, height = 0.5 + 1.9 * columns, 0.9 + 2.0 * rows
    made = style.figure(width, height, layout="none")
    made.subplots_adjust(
        left=0.45 / width, right=0.99, bottom=0.5 / height, top=1 - 0.3 / height,
        wspace=0.05, hspace=0.16,
    )  # fmt: skip
    pose_axes.add_legend(made)
    poses = {**lifted, "ground truth": target}
    poses = {title: style.upright(shown[frames]) for title, shown in poses.items()}
    # One cube for all rows: their sizes can be compared.
    low, high = pose_axes.box(poses.values())
    cube = (low + high) / 2, pose_axes.half_side(high - low)
    keypoints = view.keypoints[frames]
    half = pose_axes.half_side(np.ptp(keypoints, axis=1))
    for c, frame in enumerate(frames):
        points = keypoints[c]
        centre = (points.min(axis=0) + points.max(axis=0)) / 2
        axes = pose_axes.flat_axes(made, (rows, columns, c + 1), centre, half)
        pose_axes.draw_bones(axes, points, skeleton)
        axes.set_title(f"frame {frame}, {frame / view.fps:.2f} s", fontsize=9)
        if not c:
            _label(made, axes, "2-D keypoints")
        for r, (title, shown) in enumerate(poses.items(), start=1):
            place = (rows, columns, r * columns + c + 1)
            axes = pose_axes.deep_axes(made, place, *cube)
            pose_axes.draw_bones(axes, shown[c], skeleton)
            error = _error(errors[title], view, frame) if title in errors else None
            if error is not None:
                axes.text2D(
                    0.5, -0.05, f"{error:.0f} mm", fontsize=9, ha="center",
                    transform=axes.transAxes,
                )  # fmt: skip
            if not c:
                _label(made, axes, title)
    return made


def _error(errors, view, frame):
    return float(errors[frame]) if view.valid[frame] else None


def _label(made, axes, text):
    """Writes a row's name in the margin."""
    box = axes.get_position()
    made.text(
        0.2 / made.get_figwidth(), (box.y0 + box.y1) / 2, in_figure(text), fontsize=9,
        rotation=90, ha="center", va="center",
    )  # fmt: skip
