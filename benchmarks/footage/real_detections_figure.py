"""Draws detections, lifted and triangulated poses of several cameras side by side."""

from __future__ import annotations

import numpy as np

from benchmarks.footage import pose2sim_trials
from dgnet_tf import skeletons
from dgnet_tf.detection import video
from dgnet_tf.drawing import style
from dgnet_tf.keypoints import layouts

_HALF_M = 0.9  # Half the side of the cube that is shown.


def draw(path, lifter, trial, person, views):
    """Draws the middle frame: a column for each camera.

    Above its picture with the detector's keypoints, below them the pose lifted from
    them and, in the same camera's axes, the triangulated one.

    Args:
        path: PNG file.
        lifter: a `Lifter`.
        trial: the `Trial`.
        person: its `Reference`.
        views: of each camera.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    from benchmarks.footage import scores
    from benchmarks.footage.triangulation import rooted

    skeleton = lifter.skeleton
    frame = len(person.positions) // 2
    figure = Figure((2.6 * len(views), 9.4), dpi=100)
    FigureCanvasAgg(figure)
    figure.subplots_adjust(
        left=0.06, right=0.99, bottom=0.05, top=0.96, wspace=0.05, hspace=0.06
    )
    rows = figure.add_gridspec(3, len(views), height_ratios=(1.5, 1, 1))
    titles = ("BlazePose's 2-D keypoints", "lifted from them", "triangulated from all")
    for title, height in zip(titles, (0.77, 0.45, 0.19), strict=True):
        figure.text(0.015, height, title, rotation=90, va="center")
    for index, (view, file) in enumerate(zip(views, trial.videos, strict=True)):
        flat = figure.add_subplot(rows[0, index])
        flat.set_title(view.camera.name, fontsize=10)
        flat.imshow(_picture(file, frame))
        flat.set_axis_off()
        keypoints, _ = layouts.convert(
            view.track.keypoints[frame],
            view.track.confidence[frame],
            view.layout,
            skeleton.name,
        )
        _draw(flat, keypoints, skeleton)
        found, _ = scores.lifted(lifter, view, pose2sim_trials.FPS)
        target = rooted(view.camera, person.positions, skeleton.root)[frame]
        for row, pose in ((1, found.positions[frame]), (2, target)):
            deep = figure.add_subplot(rows[row, index], projection="3d")
            for set_limits in (deep.set_xlim, deep.set_ylim, deep.set_zlim):
                set_limits(-_HALF_M, _HALF_M)
            deep.set_box_aspect((1, 1, 1), zoom=1.3)
            for axis in (deep.xaxis, deep.yaxis, deep.zaxis):
                axis.set_ticklabels([])
            deep.view_init(elev=15, azim=-55)
            _draw(deep, style.upright(pose), skeleton)
    handles = [
        Line2D([], [], color=color, linewidth=3, label=name)
        for name, color in style.SIDES.items()
    ]
    figure.legend(handles=handles, loc="lower center", ncols=3, frameon=False)
    figure.savefig(path, format="png")


def _picture(file, number: int) -> np.ndarray:
    """Returns a video's frame, (H, W, 3), or its last one if it is shorter."""
    for frame in video.look_through(file).frames():
        if frame.number == number:
            break
    return frame.image


def _draw(axes, points, skeleton: skeletons.Skeleton):
    for joint, parent in skeleton.edges:
        axes.plot(
            *points[[joint, parent]].T,
            color=style.SIDES[style.side(skeleton, joint)],
            linewidth=2.5,
            solid_capstyle="round",
        )
