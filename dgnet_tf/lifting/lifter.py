"""Lifts people's 2-D keypoints with an exported model, a run or trained weights."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence

import numpy as np

from dgnet_tf import skeletons
from dgnet_tf.command_line import progress
from dgnet_tf.errors import UserError, check_choice
from dgnet_tf.inference import root_trajectory
from dgnet_tf.inference.engines.engine import Engine
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.keypoints import (
    interpolation,
    keypoint_arguments,
    keypoint_files,
    layouts,
    tracks,
)
from dgnet_tf.lifting import loading, smoothing
from dgnet_tf.lifting.lifted import Lifted
from dgnet_tf.models import runs

ROOTS = ("none", "fit")


@dataclasses.dataclass(frozen=True)
class Lifter:
    """A trained network ready to lift.

    Attributes:
        engine: what computes with it.
        run: the run or trained weights that it was loaded from, where TensorFlow
            computes with them; else None.
    """

    engine: Engine
    run: runs.Run | None = None

    @classmethod
    def load(cls, path=None, *, engine: str = "auto") -> Lifter:
        """Loads what can lift.

        Args:
            path: trained weights, by a name that the package ships or their folder; a
                .tflite or .onnx file; a run; an exported model (its highest version);
                or one version. None stands for the weights `weight_folders.DEFAULT`.
            engine: see `loading.ENGINES`.

        Raises:
            UserError: if it is none of these, or not for that engine.
        """
        return cls(*loading.load(path, engine))

    @property
    def options(self) -> InferenceOptions:
        """How its network is used."""
        return self.engine.options

    @property
    def skeleton(self) -> skeletons.Skeleton:
        """Of its keypoints and positions."""
        return skeletons.get(self.options.skeleton)

    @property
    def fps(self) -> float:
        """The frame rate that it was trained at."""
        return self.options.fps

    def lift(self, keypoints, *, layout: str, image_size, confidence=None, **options):
        """Lifts people's keypoints.

        Args:
            keypoints: (F, J, 2) pixels of one person, (P, F, J, 2) of several, or a
                dict of name to (F, J, 2) of each. A last axis of 3 has the confidence
                as its third column.
            layout: name of the keypoints' layout, such as "coco_17".
            image_size: width and height of the video, pixels.
            confidence: the same without the last axis. A joint is missing where it is
                0, or without confidence where the coordinates are NaN.
            **options: `fps`, `resample`, `smooth`, `root` and `focal_px`, see
                `lift_track`.

        Returns:
            `Lifted` of one person; a list of them of a (P, F, J, 2) array; a dict of
            them of a dict.

        Raises:
            UserError: if the keypoints fit neither layout, model nor image, or a
                person never shows a joint that the model needs.
            ValueError: for wrong arguments.
        """
        people = keypoint_arguments.tracks(keypoints, confidence, layout, image_size)
        lifted = [
            lift_track(self, "`keypoints`", person, layout, image_size, **options)
            for person in people
        ]
        if isinstance(keypoints, dict):
            return dict(zip(keypoints, lifted, strict=True))
        return lifted if np.ndim(keypoints) == 4 else lifted[0]

    def stream(self, image_size, *, layout: str, **options):
        """Returns a `Stream` for a live feed; see there."""
        from dgnet_tf.lifting.stream import Stream

        return Stream(self, image_size, layout=layout, **options)


def lift_file(
    lifter: Lifter,
    path,
    layout: str,
    image_size,
    **more,
) -> list[Lifted]:
    """Lifts one person of a keypoint file, or everybody.

    Args:
        lifter, layout, image_size, **more: see `lift_people`.
        path: keypoint file, see `keypoint_files.read`.

    Raises:
        UserError: if the file does not fit layout or image, and as `lift_people`.
    """
    found = keypoint_files.read(path, layout, image_size, more.get("fps"))
    more["fps"] = found.fps
    return lift_people(lifter, path, found.people, layout, image_size, **more)


def lift_people(
    lifter: Lifter,
    path,
    people: Sequence[tracks.Track],
    layout: str,
    image_size,
    *,
    person: str | None = None,
    show: Callable[[str], None] = lambda line: None,
    **more,
) -> list[Lifted]:
    """Lifts one of the people of a keypoint file, or all of them.

    Args:
        lifter, layout, image_size, **more: see `lift_track`.
        path: their keypoint file, for messages.
        people: all who are in it.
        person: name of the person's track, or "all"; by default, of those who show
            each joint that the model needs, the one with the most confidence in all.
        show: takes a line for people, on who was lifted and who could not be.

    Raises:
        UserError: if the layout does not fit the model, or nobody has that name or
            shows each joint that the model needs.
    """
    if person is None:
        people = [_surest(path, people, layout, lifter.skeleton.name, show)]
    elif person != "all":
        people = [tracks.named(path, people, person)]
    lifted, refused = [], []
    resampled = more.get("fps") and more.get("resample", True)
    ratio = lifter.fps / more["fps"] if resampled else 1.0

    def frames(track):
        return round(ratio * len(track.keypoints))

    total = sum(map(frames, people))
    for track in progress.each(people, "lift", total, "frame", size=frames):
        try:
            lifted.append(lift_track(lifter, path, track, layout, image_size, **more))
        except UserError as error:
            refused.append(error)
    if not lifted:
        raise refused[0]
    for error in refused:
        show(f"left out: {error}")
    return lifted


def lift_track(
    lifter: Lifter,
    path,
    track: tracks.Track,
    layout: str,
    image_size,
    *,
    fps: float | None = None,
    resample: bool = True,
    smooth=None,
    root: str = "none",
    focal_px: float | None = None,
) -> Lifted:
    """Lifts one person.

    Missing joints are interpolated in time. At another frame rate than the model's,
    keypoints are interpolated to the model's frames, and the positions back to the
    person's; both linearly. Smoothing comes last.

    Args:
        lifter: from `Lifter.load`.
        path: the person's keypoint file, for messages.
        track: the person.
        layout: name of the keypoints' layout.
        image_size: width and height of the video, pixels.
        fps: frame rate of the video; None stands for the model's.
        resample: False lifts the frames as they are, whatever their rate.
        smooth: see `smoothing.named`.
        root: "fit" also gives where the root stands, relative to the camera: the
            closed-form fit of `root_trajectory` to the joints that were seen.
        focal_px: focal length for that, pixels; by default an assumed field of view.

    Raises:
        UserError: if the layout does not fit the model, no frame shows a joint that
            the model needs, or the root cannot be fitted in any frame.
        ValueError: for wrong arguments.
    """
    if fps is not None and not 0 < fps < math.inf:
        raise ValueError(f"`fps` must be above 0, got {fps!r}.")
    check_choice("root", root, ROOTS)
    smooth = smoothing.named(smooth)
    name = lifter.skeleton.name
    _check_seen(path, track, layout, name)
    filled = interpolation.fill_gaps(track.keypoints)
    keypoints, confidence = layouts.convert(filled, track.confidence, layout, name)
    fps = fps or lifter.fps
    size = np.array(image_size)
    positions = lift_at(lifter, keypoints, size, fps if resample else lifter.fps)
    if smooth:
        positions = smooth.smooth(positions, fps)
    found = {"confidence": confidence}
    if root == "fit":
        seen = (positions, keypoints, confidence, image_size, focal_px)
        found.update(_fit_root(path, track, *seen))
        if smooth:
            found["root"] = smooth.smooth(found["root"], fps)
    which, skeleton = (track.person, track.first_frame), lifter.skeleton
    return Lifted(*which, keypoints, positions, fps, skeleton, **found)


def _surest(path, people, layout, skeleton: str, show) -> tracks.Track:
    """Returns who is lifted where nobody is named; a line says who else is there."""
    ranked = sorted(people, key=lambda one: one.confidence.sum(), reverse=True)
    whole, partial = [], []
    for track in ranked:
        lacking = layouts.lacking(track.confidence, layout, skeleton)
        (partial if lacking else whole).append(track)
    if not whole:
        nobody = f" None of the {len(ranked)} people can be lifted."
        _check_seen(path, ranked[0], layout, skeleton, nobody if partial[1:] else "")
    chosen, *others = whole
    if others or partial:
        lines = [f"{len(people)} people: lifted {tracks.listed([chosen])}, who has"]
        lines.append("the most confidence in all.")
        if others:
            lines.append(f"Others: {tracks.listed(others)}.")
        if partial:
            lines.append(f"Never whole: {tracks.listed(partial)}.")
        show(" ".join([*lines, "Choose with --person=ID or --person=all."]))
    return chosen


def _check_seen(path, track, layout, skeleton: str, more: str = ""):
    lacking = layouts.lacking(track.confidence, layout, skeleton)
    if lacking:
        raise UserError(
            f"{path}: no frame shows what joint {lacking[0]!r} of person "
            f"{track.person} is made from ({len(lacking)} such joints in all).{more} "
            "Give keypoints of the whole body."
        )


def lift_at(lifter: Lifter, keypoints, image_size, fps: float) -> np.ndarray:
    """Lifts one video at the model's frame rate and gives back the video's frames.

    Takes (F, N, 2) pixels of the model's joints, the image's (2,) size and the video's
    frame rate; returns (F, N, 3) float32 metres, camera axes, the root at 0.
    """
    if interpolation.same_rate(fps, lifter.fps):
        return lifter.engine.lift(keypoints, image_size)
    times = interpolation.frame_times(len(keypoints), fps, lifter.fps)
    there = interpolation.sample(keypoints, times)
    positions = lifter.engine.lift(there, image_size)
    back = np.arange(len(keypoints)) * lifter.fps / fps
    return interpolation.sample(positions, back).astype(np.float32)


def _fit_root(path, track, positions, keypoints, confidence, image_size, focal_px):
    intrinsics = root_trajectory.assumed_intrinsics(image_size, focal_px)
    each = root_trajectory.fit_each_frame(positions, keypoints, intrinsics, confidence)
    if np.isnan(each).any(axis=-1).all():
        raise UserError(
            f"{path}: the root of person {track.person} cannot be fitted in any frame; "
            "the keypoints do not fit the lifted poses. Check --image_size and "
            "--focal_px, or leave the root out."
        )
    root = root_trajectory.fit_root(positions, keypoints, intrinsics, confidence)
    return {"root": root.astype(np.float32), "focal_px": float(intrinsics[0])}
