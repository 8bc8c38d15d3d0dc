"""Matplotlib axes that show people in the image and in space."""

from __future__ import annotations

import dataclasses

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from dgnet_tf.drawing.clip import Clip, side_by_side
from dgnet_tf.drawing.style import SIDES, side, upright

_BONE = {"linewidth": 2.5, "solid_capstyle": "round"}
_TARGET = {"color": "black", "linewidth": 1.0, "linestyle": (0, (3, 2))}


@dataclasses.dataclass(frozen=True, eq=False)
class Pose:
    """One person in one frame.

    Attributes:
        keypoints: (N, 2) pixels.
        positions: (N, 3) metres in the plot's axes.
        target: (N, 3) ground truth, or None.
    """

    keypoints: np.ndarray
    positions: np.ndarray
    target: np.ndarray | None


class Poses:
    """The poses of a clip, frame by frame, in a plot's axes."""

    def __init__(self, clip: Clip):
        self.clip = clip
        self._places = side_by_side(clip)

    def at(self, frame: int) -> list[Pose | None]:
        """Returns each person's pose in a frame, None for who is not there."""
        found = []
        for person, place in zip(self.clip.people, self._places, strict=True):
            own, pose = frame - person.first_frame, None
            if 0 <= own < len(person.positions):
                target = person.target
                target = None if target is None else upright(target[own] + place)
                positions = upright(person.positions[own] + place)
                pose = Pose(person.keypoints[own], positions, target)
            found.append(pose)
        return found


def box(points) -> tuple[np.ndarray, np.ndarray]:
    """Returns the lowest and highest coordinates of arrays (..., D), NaN left out."""
    flat = [p.reshape(-1, p.shape[-1]) for p in points]
    low = np.fmin.reduce([np.fmin.reduce(p) for p in flat])
    high = np.fmax.reduce([np.fmax.reduce(p) for p in flat])
    return np.nan_to_num(low), np.nan_to_num(high)


def half_side(extent: np.ndarray) -> float:
    """Half the side of a square or cube around it with a margin; never zero."""
    return 0.55 * float(np.max(extent)) or 1.0


def new_figure(clip: Clip, width: float, height: float, dpi: int = 100) -> Figure:
    """Returns an empty figure, in inches, with a legend below."""
    # Without pyplot: no display, no state shared with the caller's own plots.
    # Margins are fixed: constrained layout fails on 3-D axes in matplotlib 3.10.
    figure = Figure((width, height), dpi=dpi)
    figure.subplots_adjust(
        left=0.02, right=0.98, bottom=0.1, top=0.86, wspace=0.08, hspace=0.05
    )
    FigureCanvasAgg(figure)
    add_legend(figure, any(person.target is not None for person in clip.people))
    return figure


def add_legend(figure: Figure, target: bool = False):
    """Says below a figure which side has which colour, and what is dashed."""
    handles = [
        Line2D([], [], color=color, linewidth=3, label=name)
        for name, color in SIDES.items()
    ]
    if target:
        handles.append(Line2D([], [], label="ground truth", **_TARGET))
    below = {"loc": "lower center", "ncols": len(handles), "frameon": False}
    figure.legend(handles=handles, **below)


def flat_axes(figure: Figure, place, centre: np.ndarray, half: float):
    """Adds axes of the image around a pixel, y downwards."""
    axes = figure.add_subplot(*place)
    axes.set_aspect("equal")
    axes.set_xlim(centre[0] - half, centre[0] + half)
    axes.set_ylim(centre[1] + half, centre[1] - half)  # Pixels count downwards.
    axes.set_xticks([])
    axes.set_yticks([])
    return axes


def deep_axes(figure: Figure, place, centre: np.ndarray, half: float):
    """Adds axes of a cube, seen from the camera, a little to its right."""
    axes = figure.add_subplot(*place, projection="3d")
    axes.set_xlim(centre[0] - half, centre[0] + half)
    axes.set_ylim(centre[1] - half, centre[1] + half)
    axes.set_zlim(centre[2] - half, centre[2] + half)
    axes.set_box_aspect((1, 1, 1), zoom=1.25)
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.set_ticklabels([])
    axes.view_init(elev=12, azim=-65)
    return axes


def draw_bones(axes, points: np.ndarray, skeleton):
    """Draws a skeleton of points (N, 2) or (N, 3) that does not move."""
    for bone in skeleton.edges:
        color = SIDES[side(skeleton, bone[0])]
        axes.plot(*points[list(bone)].T, color=color, **_BONE)


class PersonLines:
    """The lines of one person in a pair of axes."""

    def __init__(self, clip: Clip, index: int, flat, deep, **style):
        skeleton, person = clip.skeleton, clip.people[index]
        self._bones = skeleton.edges
        colors = [SIDES[side(skeleton, joint)] for joint, _ in self._bones]
        flat_style = {**_BONE, **style}
        self._flat = [flat.plot([], [], color=c, **flat_style)[0] for c in colors]
        self._target = []
        if person.target is not None:
            dashes = {**_TARGET, **style}
            self._target = [deep.plot([], [], [], **dashes)[0] for _ in colors]
        self._deep = [deep.plot([], [], [], color=c, **flat_style)[0] for c in colors]
        self._label = None
        if len(clip.people) > 1:
            above = {"xytext": (0, 4), "textcoords": "offset points", "ha": "center"}
            plain = {"fontsize": 7, "parse_math": False, "annotation_clip": True}
            self._label = flat.annotate(person.name, (0, 0), **above, **plain, **style)

    @property
    def artists(self) -> list:
        """All of them, each with its axes."""
        label = [self._label] if self._label else []
        return [*self._flat, *self._target, *self._deep, *label]

    def show(self, pose: Pose | None):
        """Moves the lines to a pose; hides them for None."""
        for artist in self.artists:
            artist.set_visible(pose is not None)
        if pose is None:
            return
        for i, bone in enumerate(map(list, self._bones)):
            self._flat[i].set_data(*pose.keypoints[bone].T)
            self._deep[i].set_data_3d(*pose.positions[bone].T)
            if self._target:
                self._target[i].set_data_3d(*pose.target[bone].T)
        seen = pose.keypoints[np.isfinite(pose.keypoints).all(axis=-1)]
        if self._label and len(seen):
            self._label.xy = seen[seen[:, 1].argmin()]
