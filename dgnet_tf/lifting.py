"""Lifts a person's 2-D keypoints with an exported model or a run."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable

import numpy as np

from dgnet_tf import (
    inference,
    interpolation,
    keypoint_files,
    layouts,
    runs,
    saved_model,
    skeletons,
)
from dgnet_tf.atomic import replacing
from dgnet_tf.errors import UserError

# Rates closer than this share of the model's count as equal.
_SAME_RATE = 0.01


@dataclasses.dataclass(frozen=True)
class Lifter:
    """A model ready to lift.

    Attributes:
        serve: its serving function.
        skeleton: of its keypoints and positions.
        fps: frame rate that it was trained at.
    """

    serve: Callable
    skeleton: skeletons.Skeleton
    fps: float


@dataclasses.dataclass(frozen=True)
class Lifted:
    """Lifted poses of F frames.

    Attributes:
        keypoints: (F, N, 2) pixels, as the model saw them.
        positions: (F, N, 3) float32 metres, the root at 0, camera axes.
        fps: frames a second.
        skeleton: of both.
    """

    keypoints: np.ndarray
    positions: np.ndarray
    fps: float
    skeleton: skeletons.Skeleton


def load(path) -> Lifter:
    """Loads a run, an exported model (its highest version), or one version.

    Raises:
        UserError: if the folder holds none of these.
    """
    if (pathlib.Path(path) / runs.CONFIG).is_file():
        run = runs.load(path)
        serve = inference.serving_function(run.model, run.config, flip=True)
        return Lifter(serve, skeletons.get(run.config.skeleton), run.config.fps)
    serve, card = saved_model.load(path)
    return Lifter(serve, skeletons.get(card["skeleton"]), card["fps"])


def lift_file(
    lifter: Lifter,
    path,
    layout: str,
    image_size: tuple[int, int],
    *,
    fps: float | None = None,
    resample: bool = True,
) -> Lifted:
    """Lifts a keypoint file.

    Missing joints are interpolated in time. At another frame rate than the
    model's, keypoints are interpolated to the model's frames, and the positions
    back to the file's; both linearly.

    Args:
        lifter: from `load`.
        path: keypoint file.
        layout: name of its layout.
        image_size: width and height of the video, pixels.
        fps: its frame rate; None stands for the model's.
        resample: False lifts the file's frames as they are.

    Raises:
        UserError: if the file does not fit layout, model or image, or never shows
            a joint that the model needs.
    """
    found = keypoint_files.read(path, layout)
    _check_pixels(path, found.keypoints, image_size)
    keypoints, _ = layouts.convert(
        interpolation.fill_gaps(found.keypoints),
        found.confidence,
        layout,
        lifter.skeleton.name,
    )
    unseen = np.isnan(keypoints[0]).any(axis=-1)
    if unseen.any():
        names = [n for n, u in zip(lifter.skeleton.joints, unseen, strict=True) if u]
        raise UserError(
            f"{path}: no frame shows what joint {names[0]!r} is made from ("
            f"{len(names)} such joints in all). Give keypoints of the whole body."
        )
    fps = fps or lifter.fps
    size = np.array(image_size)
    if resample and abs(fps - lifter.fps) > _SAME_RATE * lifter.fps:
        times = interpolation.frame_times(len(keypoints), fps, lifter.fps)
        there = interpolation.sample(keypoints, times)
        positions = inference.lift_view(lifter.serve, there, size)
        back = np.arange(len(keypoints)) * lifter.fps / fps
        positions = interpolation.sample(positions, back).astype(np.float32)
    else:
        positions = inference.lift_view(lifter.serve, keypoints, size)
    return Lifted(keypoints, positions, fps, lifter.skeleton)


def write(lifted: Lifted, path):
    """Writes `poses.npz`: `positions`, `fps`, `joints` and their `layout`."""
    with replacing(path) as beside:
        np.savez(
            beside,
            positions=lifted.positions,
            fps=np.float64(lifted.fps),
            joints=np.array(lifted.skeleton.joints),
            layout=np.array(lifted.skeleton.name),
        )


def _check_pixels(path, keypoints, image_size):
    """Refuses keypoints that cannot be pixels of that image."""
    seen = keypoints[~np.isnan(keypoints).any(axis=-1)]
    if not len(seen):
        raise UserError(f"{path}: every joint is missing in every frame.")
    size = "{}x{}".format(*image_size)
    if np.ptp(seen, axis=0).max() < 4:
        raise UserError(
            f"{path}: all keypoints lie within {np.ptp(seen, axis=0).max():.2g} "
            "pixels; they look normalised. Give pixels."
        )
    inside = ((seen >= 0) & (seen <= image_size)).all(axis=-1).mean()
    if inside < 0.5:
        raise UserError(
            f"{path}: only {inside:.0%} of the keypoints lie in the {size} image. "
            "Give pixels, and the video's own --image_size."
        )
