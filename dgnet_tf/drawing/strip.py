"""A strip of frames as one PNG."""

from __future__ import annotations

import numpy as np

from dgnet_tf.drawing import pose_axes
from dgnet_tf.drawing.clip import Clip

_FRAMES = 6


def save_png(clip: Clip, path):
    """Draws frames spread evenly over a clip: 2-D above, 3-D below.

    All frames have one scale. The 3-D axes go with the people where they walk.
    """
    first, last = clip.first_frame, clip.last_frame
    count = min(_FRAMES, last - first + 1)
    frames = np.linspace(first, last, count).round().astype(int)
    figure = pose_axes.new_figure(clip, 2.2 * max(count, 2), 5.1)
    figure.suptitle("2-D keypoints above, lifted 3-D poses below", fontsize=10)
    source = pose_axes.Poses(clip)
    poses = [source.at(frame) for frame in frames]
    flat_boxes = [pose_axes.box(_keypoints(people)) for people in poses]
    flat_half = pose_axes.half_side([high - low for low, high in flat_boxes])
    middles = [_middle(clip, people) for people in poses]
    low, high = pose_axes.box(
        points - middle
        for people, middle in zip(poses, middles, strict=True)
        for points in _solids(people)
    )
    deep_half, centre = pose_axes.half_side(high - low), (low + high) / 2
    for i, frame in enumerate(frames):
        seen = sum(flat_boxes[i]) / 2
        flat = pose_axes.flat_axes(figure, (2, count, i + 1), seen, flat_half)
        flat.set_title(f"{frame / clip.fps:.2f} s", fontsize=9)
        place = (2, count, count + i + 1)
        deep = pose_axes.deep_axes(figure, place, centre + middles[i], deep_half)
        for index, pose in enumerate(poses[i]):
            pose_axes.PersonLines(clip, index, flat, deep).show(pose)
    figure.savefig(path, format="png")


def _keypoints(people):
    return [pose.keypoints for pose in people if pose] or [np.full((1, 2), np.nan)]


def _solids(people):
    for pose in people:
        if pose:
            yield pose.positions
            if pose.target is not None:
                yield pose.target


def _middle(clip, people):
    """The mean of the roots, (3,); 0 where there is none."""
    root = clip.skeleton.root
    roots = np.array([pose.positions[root] for pose in people if pose])
    roots = roots[np.isfinite(roots).all(axis=-1)] if len(roots) else roots
    return roots.mean(axis=0) if len(roots) else np.zeros(3)
