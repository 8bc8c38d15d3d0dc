"""Pictures of lifted poses: a PNG strip or a GIF, 2-D beside 3-D."""

from __future__ import annotations

import math
import pathlib

import numpy as np

from dgnet_tf.atomic import replacing

# Okabe and Ito's palette: told apart without red-green vision, and in grey.
COLORS = {"left": "#0072B2", "right": "#D55E00", "middle": "#7F7F7F"}

_STRIP_FRAMES = 6
_GIF_FPS = 12.5
_GIF_FRAMES = 150


def draw(lifted, path):
    """Draws poses into a `.png` or `.gif` file, whole or not at all.

    The strip shows frames spread evenly over the video; the animation runs at its
    pace for at most twelve seconds.

    Args:
        lifted: has `keypoints` (F, N, 2), `positions` (F, N, 3), `fps` and
            `skeleton`.
        path: where to; its suffix chooses.
    """
    with replacing(path) as beside:
        if pathlib.Path(path).suffix.lower() == ".gif":
            _save_gif(lifted, beside)
        else:
            _strip(lifted).savefig(beside, format="png")


def upright(positions: np.ndarray) -> np.ndarray:
    """Turns camera axes (..., 3) to a plot's: x right, y away, z up."""
    x, y, z = np.moveaxis(positions, -1, 0)
    return np.stack([x, z, -y], axis=-1)


def side(skeleton, joint: int) -> str:
    """Returns "left", "right" or "middle"."""
    if joint in skeleton.left:
        return "left"
    return "right" if joint in skeleton.right else "middle"


def _strip(lifted):
    count = min(_STRIP_FRAMES, len(lifted.positions))
    shown = np.linspace(0, len(lifted.positions) - 1, count).round().astype(int)
    figure = _figure(2.2 * max(count, 2), 5.1)
    figure.suptitle("2-D keypoints above, lifted 3-D poses below", fontsize=10)
    keypoints, positions = lifted.keypoints[shown], upright(lifted.positions[shown])
    half = _half(np.ptp(keypoints, axis=1))
    for i, frame in enumerate(shown):
        flat = flat_axes(figure, (2, count, i + 1), _middle(keypoints[i]), half)
        flat.set_title(f"{frame / lifted.fps:.2f} s", fontsize=9)
        draw_bones(flat, keypoints[i], lifted.skeleton)
        deep = deep_axes(figure, (2, count, count + i + 1), positions)
        draw_bones(deep, positions[i], lifted.skeleton)
    return figure


def _save_gif(lifted, path):
    from PIL import Image

    step = max(1, math.ceil(lifted.fps / _GIF_FPS))
    keypoints = lifted.keypoints[::step][:_GIF_FRAMES]
    positions = upright(lifted.positions[::step][:_GIF_FRAMES])
    figure = _figure(6.4, 3.6)
    points = keypoints.reshape(-1, 2)
    half = _half(np.ptp(points, axis=0))
    flat = flat_axes(figure, (1, 2, 1), _middle(points), half)
    flat.set_title("2-D keypoints", fontsize=10)
    deep = deep_axes(figure, (1, 2, 2), positions)
    deep.set_title("lifted 3-D pose", fontsize=10)
    pictures = []
    for frame in range(len(positions)):
        bones = draw_bones(flat, keypoints[frame], lifted.skeleton)
        bones += draw_bones(deep, positions[frame], lifted.skeleton)
        figure.canvas.draw()
        pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3]
        pictures.append(Image.fromarray(pixels.copy()))
        for bone in bones:
            bone.remove()
    pictures[0].save(
        path,
        format="GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=round(1000 * step / lifted.fps),
        loop=0,
    )


def _figure(width, height):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    # Without pyplot: no display, no state shared with the caller's own plots.
    # Margins are fixed: constrained layout fails on 3-D axes in matplotlib 3.10.
    figure = Figure((width, height), dpi=100)
    figure.subplots_adjust(
        left=0.02, right=0.98, bottom=0.1, top=0.86, wspace=0.08, hspace=0.05
    )
    FigureCanvasAgg(figure)
    add_legend(figure)
    return figure


def add_legend(figure):
    """Says below a figure which side has which colour."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=color, linewidth=3, label=name)
        for name, color in COLORS.items()
    ]
    figure.legend(handles=handles, loc="lower center", ncols=3, frameon=False)


def flat_axes(figure, place, centre, half):
    """Adds a square chart of pixels around `centre` (2,), `half` to each side."""
    axes = figure.add_subplot(*place)
    axes.set_aspect("equal")
    axes.set_xlim(centre[0] - half, centre[0] + half)
    axes.set_ylim(centre[1] + half, centre[1] - half)  # Pixels count downwards.
    axes.set_xticks([])
    axes.set_yticks([])
    return axes


def deep_axes(figure, place, positions):
    """Adds a cube that holds all of `positions` (..., N, 3), from `upright`."""
    axes = figure.add_subplot(*place, projection="3d")
    points = positions.reshape(-1, 3)
    centre, half = _middle(points), _half(np.ptp(points, axis=0))
    axes.set_xlim(centre[0] - half, centre[0] + half)
    axes.set_ylim(centre[1] - half, centre[1] + half)
    axes.set_zlim(centre[2] - half, centre[2] + half)
    axes.set_box_aspect((1, 1, 1), zoom=1.25)
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.set_ticklabels([])
    axes.view_init(elev=12, azim=-65)  # From the camera, a little to its right.
    return axes


def draw_bones(axes, points, skeleton):
    """Draws a skeleton of `points` (N, 2) or (N, 3); returns its lines."""
    return [
        axes.plot(
            *points[[joint, parent]].T,
            color=COLORS[side(skeleton, joint)],
            linewidth=2.5,
            solid_capstyle="round",
        )[0]
        for joint, parent in skeleton.edges
    ]


def _middle(points):
    return (points.min(axis=0) + points.max(axis=0)) / 2


def _half(extents):
    """Half the side of a square or cube with a margin; never zero."""
    return 0.55 * extents.max() or 1.0
