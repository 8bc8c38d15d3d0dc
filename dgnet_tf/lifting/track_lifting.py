"""Lifts one person's track: gaps, frame rates, smoothing, the root."""

from __future__ import annotations

import math

import numpy as np

from dgnet_tf.errors import UserError, check_choice, warn
from dgnet_tf.inference import keypoint_preparation, root_trajectory
from dgnet_tf.keypoints import interpolation, layouts, tracks
from dgnet_tf.keypoints.frame_times import FrameTimes
from dgnet_tf.lifting import smoothing
from dgnet_tf.lifting.calibration import Calibration
from dgnet_tf.lifting.lifted import Lifted

ROOTS = ("none", "fit")


def lift_track(
    lifter,
    path,
    track: tracks.Track,
    layout: str,
    image_size,
    *,
    fps: float | None = None,
    times: FrameTimes | None = None,
    resample: bool = True,
    smooth=None,
    root: str = "none",
    focal_px: float | None = None,
    camera_height: float | None = None,
    camera_pitch: float | None = None,
    calibration: Calibration | None = None,
) -> Lifted:
    """Lifts one person.

    Missing joints are interpolated in time. At another frame rate than the model's,
    keypoints are interpolated to the model's frames, and the positions back to the
    person's; both linearly. Where the video's rate is not steady, its times tell where
    its frames stand. Smoothing comes last.

    Args:
        lifter: a `Lifter`.
        path: the person's keypoint file, for messages.
        track: the person.
        layout: name of the keypoints' layout.
        image_size: width and height of the video, pixels.
        fps: frame rate of the video; None stands for the model's.
        times: when the video shows its frames; in place of `fps`.
        resample: False lifts the frames as they are, whatever their rate.
        smooth: see `smoothing.named`.
        root: "fit" also gives where the root stands, relative to the camera, and the
            floor, see `grounded_root`; where the feet do not show a floor, the fit of
            `root_trajectory` alone, with a warning.
        focal_px: focal length for that, pixels; by default an assumed field of view.
        camera_height: of the camera above the floor, metres, where it is known; the
            poses are then scaled to the size that follows from it.
        camera_pitch: how far the camera looks down, degrees, where it is known.
        calibration: of the camera, in place of these three.

    Raises:
        UserError: if the layout does not fit the model, no frame shows a joint that
            the model needs, or the root cannot be fitted in any frame.
        ValueError: for wrong arguments.
    """
    if fps is not None and not 0 < fps < math.inf:
        raise ValueError(f"`fps` must be above 0, got {fps!r}.")
    check_choice("root", root, ROOTS)
    smooth = smoothing.named(smooth)
    if calibration is not None:
        calibration.check(image_size)
    name = lifter.skeleton.name
    check_seen(path, track, layout, lifter)
    shown = times and times.of(track.first_frame, len(track.keypoints))
    uneven = None if times is None or times.is_steady else shown
    filled = interpolation.fill_gaps(track.keypoints, uneven)
    keypoints, confidence = layouts.convert(filled, track.confidence, layout, name)
    if absent := layouts.lacking(track.confidence, layout, name):
        warn(
            f"{path}: no frame shows what {', '.join(absent)} of person {track.person} "
            "are made from; their place is a guess."
        )
        indices = {lifter.skeleton.joints.index(joint) for joint in absent}
        keypoints = keypoints[:, lifter.skeleton.without(indices)]
    fps = fps or (times.fps if times else lifter.fps)
    size = np.array(image_size)
    scored = np.concatenate([keypoints, confidence[..., None]], axis=-1)
    scored = keypoint_preparation.complete(scored, lifter.options)
    rate = (fps, uneven) if resample else (lifter.fps, None)
    positions, disagreement = lift_measured_at(lifter, scored, size, *rate)
    if smooth:
        positions = _smoothed(smooth, positions, fps, uneven)
    found = {"confidence": confidence, "times": shown}
    if lifter.uncertainty is not None and disagreement is not None:
        sure = lifter.uncertainty.millimetres(disagreement, confidence)
        found["uncertainty_mm"] = sure
    if root == "fit":
        pixels = keypoints
        intrinsics = root_trajectory.assumed_intrinsics(image_size, focal_px)
        given = {"camera_height": camera_height, "camera_pitch": camera_pitch}
        if calibration is not None:
            pixels = calibration.undistort(keypoints)
            intrinsics = calibration.intrinsics
            given["camera_height"] = calibration.height
            given["camera_pitch"] = calibration.pitch
        seen = (positions, pixels, confidence, intrinsics)
        found.update(_fit_root(path, track, *seen, fps, lifter.skeleton, **given))
        if "floor" in found:
            positions = (found["floor"].size * positions).astype(np.float32)
            if "uncertainty_mm" in found:
                found["uncertainty_mm"] *= np.float32(found["floor"].size)
        elif smooth:
            found["root"] = _smoothed(smooth, found["root"], fps, uneven)
    which, skeleton = (track.person, track.first_frame), lifter.skeleton
    return Lifted(*which, keypoints, positions, fps, skeleton, **found)


def lacking(track: tracks.Track, layout: str, lifter) -> list[str]:
    """Returns the joints that a model needs and no frame of a track shows."""
    skeleton = lifter.skeleton
    optional = {skeleton.joints[joint] for joint in lifter.options.optional}
    found = layouts.lacking(track.confidence, layout, skeleton.name)
    return [name for name in found if name not in optional]


def check_seen(path, track, layout, lifter, more: str = ""):
    """Raises a UserError if a joint that the model needs is never seen.

    Args:
        path, track, layout, lifter: see `lift_track`.
        more: a sentence for the message.
    """
    if absent := lacking(track, layout, lifter):
        raise UserError(
            f"{path}: no frame shows what joint {absent[0]!r} of person "
            f"{track.person} is made from ({len(absent)} such joints in all).{more} "
            "Give keypoints of the whole body."
        )


def lift_at(lifter, keypoints, image_size, fps: float, seconds=None) -> np.ndarray:
    """Lifts one video at the model's frame rate and gives back the video's frames.

    Takes (F, N, 2) pixels of the model's joints, which may have their confidence as a
    third number, the image's (2,) size and the video's
    frame rate, or (F,) seconds of its frames if the rate is not steady; returns
    (F, N, 3) float32 metres, camera axes, the root at 0.
    """
    return lift_measured_at(lifter, keypoints, image_size, fps, seconds)[0]


def lift_measured_at(lifter, keypoints, image_size, fps: float, seconds=None):
    """Lifts as `lift_at` does; returns the disagreement of the estimates besides.

    It is (F, N) float32 metres, or None, as of `Engine.lift_measured`.
    """
    lift = lifter.engine.lift_measured
    if seconds is None and interpolation.same_rate(fps, lifter.fps):
        return lift(keypoints, image_size)
    there, back = interpolation.resampling(len(keypoints), fps, lifter.fps, seconds)
    found = lift(interpolation.sample(keypoints, there), image_size)
    return tuple(
        one if one is None else interpolation.sample(one, back).astype(np.float32)
        for one in found
    )


def _smoothed(smooth, values, fps, seconds):
    """Smooths (F, ...) values in time, by way of a steady rate where theirs is none."""
    if seconds is None:
        return smooth.smooth(values, fps)
    there, back = interpolation.resampling(len(values), fps, fps, seconds)
    even = smooth.smooth(interpolation.sample(values, there), fps)
    return interpolation.sample(even, back).astype(values.dtype)


def _fit_root(
    path,
    track,
    positions,
    keypoints,
    confidence,
    intrinsics,
    fps,
    skeleton,
    **given,
):
    each = root_trajectory.fit_each_frame(positions, keypoints, intrinsics, confidence)
    if np.isnan(each).any(axis=-1).all():
        raise UserError(
            f"{path}: the root of person {track.person} cannot be fitted in any frame; "
            "the keypoints do not fit the lifted poses. Check --image_size and "
            "--focal_px, or leave the root out."
        )
    # SciPy, which those without a root do not wait for.
    from dgnet_tf.inference import floor_plane, grounded_root

    found = {"focal_px": float(intrinsics[0])}
    try:
        grounded = grounded_root.fit(
            *(positions, keypoints, intrinsics, fps, skeleton, confidence), **given
        )
        root = grounded.root
        found["floor"] = grounded.floor
    except floor_plane.NoFloor as error:
        root = root_trajectory.fit_root(positions, keypoints, intrinsics, confidence)
        warn(
            f"{path}: no floor found for person {track.person}: {error}. The root is "
            "fitted frame by frame, and the camera is taken to be level."
        )
    return {**found, "root": root.astype(np.float32)}
