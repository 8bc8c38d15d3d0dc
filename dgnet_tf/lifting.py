"""Lifts people's 2-D keypoints with an exported model or a run."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable, Sequence

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
from dgnet_tf.tracks import Track

# Rates closer than this share of the model's count as equal.
_SAME_RATE = 0.01


@dataclasses.dataclass(frozen=True)
class Lifter:
    """A model ready to lift.

    Attributes:
        serve: its serving function.
        skeleton: of its keypoints and positions.
        fps: frame rate that it was trained at.
        span: frames from a window's start to the next one that does not overlap it.
    """

    serve: Callable
    skeleton: skeletons.Skeleton
    fps: float
    span: int


@dataclasses.dataclass(frozen=True)
class Lifted:
    """Lifted poses of one person in F frames.

    Attributes:
        person: name of the person's track.
        first_frame: number of the first frame, as the keypoint file counts.
        keypoints: (F, N, 2) pixels, as the model saw them.
        positions: (F, N, 3) float32 metres, the root at 0, camera axes.
        fps: frames a second.
        skeleton: of both.
    """

    person: str
    first_frame: int
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
        config = dataclasses.asdict(run.config)
    else:
        serve, card = saved_model.load(path)
        config = card["config"]
    return Lifter(
        serve,
        skeletons.get(config["skeleton"]),
        config["fps"],
        config["frames"] * config["frame_stride"],
    )


def choose(path, people: Sequence[Track], person: str | None = None) -> Track:
    """Returns the person of that name; by default who is seen in the most frames.

    Args:
        path: their file, for messages.
        people: its tracks.
        person: name of a track.

    Raises:
        UserError: if there is nobody of that name.
    """
    if person is None:
        return max(people, key=_frames_seen)
    for track in people:
        if track.person == person:
            return track
    names = ", ".join(track.person for track in people[:12])
    raise UserError(f"{path}: shows nobody named {person!r}; there are {names}.")


def _frames_seen(track) -> int:
    return int(track.confidence.any(axis=-1).sum())


def lift_file(
    lifter: Lifter,
    path,
    layout: str,
    image_size: tuple[int, int],
    *,
    person: str | None = None,
    fps: float | None = None,
    resample: bool = True,
) -> Lifted:
    """Lifts one person of a keypoint file; see `keypoint_files.read`, `lift_track`.

    Args:
        lifter: from `load`.
        path: keypoint file.
        layout: name of its layout.
        image_size: width and height of the video, pixels.
        person: name of the person's track; by default see `choose`.
        fps: frame rate of the video; None stands for the model's.
        resample: False lifts the file's frames as they are.

    Raises:
        UserError: if the file does not fit layout, model or image, shows nobody of
            that name, or never shows a joint that the model needs.
    """
    people = keypoint_files.read(path, layout, image_size).people
    track = choose(path, people, person)
    return lift_track(
        lifter, path, track, layout, image_size, fps=fps, resample=resample
    )


def lift_track(
    lifter: Lifter,
    path,
    track: Track,
    layout: str,
    image_size: tuple[int, int],
    *,
    fps: float | None = None,
    resample: bool = True,
) -> Lifted:
    """Lifts one person.

    Missing joints are interpolated in time. At another frame rate than the
    model's, keypoints are interpolated to the model's frames, and the positions
    back to the file's; both linearly.

    Args:
        lifter: from `load`.
        path: the person's keypoint file, for messages.
        track: the person.
        layout, image_size, fps, resample: see `lift_file`.

    Raises:
        UserError: if the layout does not fit the model, or no frame shows a joint
            that the model needs.
    """
    keypoints, _ = layouts.convert(
        interpolation.fill_gaps(track.keypoints),
        track.confidence,
        layout,
        lifter.skeleton.name,
    )
    unseen = np.isnan(keypoints[0]).any(axis=-1)
    if unseen.any():
        names = [n for n, u in zip(lifter.skeleton.joints, unseen, strict=True) if u]
        raise UserError(
            f"{path}: no frame shows what joint {names[0]!r} of person {track.person} "
            f"is made from ({len(names)} such joints in all). Give keypoints of the "
            "whole body."
        )
    fps = fps or lifter.fps
    size = np.array(image_size)
    if resample and abs(fps - lifter.fps) > _SAME_RATE * lifter.fps:
        times = interpolation.frame_times(len(keypoints), fps, lifter.fps)
        there = interpolation.sample(keypoints, times)
        positions = inference.lift_view(lifter.serve, there, size, lifter.span)
        back = np.arange(len(keypoints)) * lifter.fps / fps
        positions = interpolation.sample(positions, back).astype(np.float32)
    else:
        positions = inference.lift_view(lifter.serve, keypoints, size, lifter.span)
    return Lifted(
        track.person, track.first_frame, keypoints, positions, fps, lifter.skeleton
    )


def write(people: Sequence[Lifted], path):
    """Writes `poses.npz`: `positions`, `fps`, `joints` and their `layout`.

    Beside them stands `first_frame`. Of several people `positions` and
    `first_frame` are written as `positions/<person>` and `first_frame/<person>`.
    """
    arrays = {}
    for lifted in people:
        name = f"/{lifted.person}" if len(people) > 1 else ""
        arrays[f"positions{name}"] = lifted.positions
        arrays[f"first_frame{name}"] = np.int64(lifted.first_frame)
    with replacing(path) as beside:
        np.savez(
            beside,
            **arrays,
            fps=np.float64(people[0].fps),
            joints=np.array(people[0].skeleton.joints),
            layout=np.array(people[0].skeleton.name),
        )
