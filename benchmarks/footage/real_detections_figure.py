"""Draws detections, lifted and triangulated poses of several cameras side by side."""

from __future__ import annotations

import numpy as np

from dgnet_tf import skeletons
from dgnet_tf.drawing import style
from dgnet_tf.keypoints import layouts

_HALF_M = 0.9  # Half the side of the cube that is shown.


def draw(path, rig, tracks, lifted, positions: np.ndarray, layout="openpose_25b"):
    """Draws the middle frame: a column for each camera.

    Above its 2-D keypoints, below them the pose lifted from them and, in the same
    camera's axes, the triangulated one.

    Args:
        path: PNG file.
        rig: V cameras.
        tracks: the person in each.
        lifted: `Lifted` poses of each.
        positions: (F, N, 3) triangulated, world axes.
        layout: of the tracks.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    from benchmarks.footage.triangulation import rooted

    skeleton = lifted[0].skeleton
    frame = len(positions) // 2
    figure = Figure((2.6 * len(rig), 8.4), dpi=100)
    FigureCanvasAgg(figure)
    figure.subplots_adjust(
        left=0.06, right=0.99, bottom=0.06, top=0.95, wspace=0.05, hspace=0.06
    )
    titles = ("OpenPose's 2-D keypoints", "lifted from them", "triangulated from all")
    for row, title in enumerate(titles):
        figure.text(0.015, 0.8 - 0.3 * row, title, rotation=90, va="center")
    for index, (camera, track, person) in enumerate(
        zip(rig, tracks, lifted, strict=True)
    ):
        flat = figure.add_subplot(3, len(rig), index + 1)
        flat.set_title(camera.name, fontsize=10)
        flat.set_aspect("equal")
        flat.set_xlim(0, camera.image_size[0])
        flat.set_ylim(camera.image_size[1], 0)  # Pixels count downwards.
        flat.set_xticks([])
        flat.set_yticks([])
        keypoints, _ = layouts.convert(
            track.keypoints[frame], track.confidence[frame], layout, skeleton.name
        )
        _draw(flat, keypoints, skeleton)
        target = rooted(camera, positions, skeleton.root)[frame]
        for row, pose in ((1, person.positions[frame]), (2, target)):
            deep = figure.add_subplot(
                3, len(rig), row * len(rig) + index + 1, projection="3d"
            )
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


def _draw(axes, points, skeleton: skeletons.Skeleton):
    for joint, parent in skeleton.edges:
        axes.plot(
            *points[[joint, parent]].T,
            color=style.SIDES[style.side(skeleton, joint)],
            linewidth=2.5,
            solid_capstyle="round",
        )
