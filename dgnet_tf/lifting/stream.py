"""Lifts live feeds: each frame's keypoints in, each person's newest pose out."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.inference import keypoint_preparation
from dgnet_tf.keypoints import detections, interpolation, keypoint_arguments, layouts
from dgnet_tf.lifting import smoothing

FORGET_SECONDS = 1.0


@dataclasses.dataclass(eq=False)
class _Person:
    """What is kept of one person.

    Attributes:
        seen: (J, 2) where each keypoint was last seen, pixels; NaN if never.
        history: (L, N, 3) the model's joints in the last frames, oldest first, with
            their confidence; None until each has been seen.
        absent: frames since the person was last named.
        smoother: running One-Euro filter, or None.
    """

    seen: np.ndarray
    history: np.ndarray | None = None
    absent: int = 0
    smoother: smoothing.OneEuroState | None = None

    def remember(self, newest):
        self.history = np.concatenate([self.history[1:], newest[None]])


class Stream:
    """Lifts people frame by frame, without looking ahead.

    The pose of a frame is what the model's serving function gives for the last of the
    frames that its windows reach: at the model's frame rate the last (T - 1) s + 1,
    with s its frame stride. Before there are as many, the first one stands for those
    before it. With the overlap rules "mean" and "center", and without smoothing of
    keypoints, this is also the last pose of the whole video up to this frame. A
    keypoint that is missing is held where it was last seen. At another frame rate
    keypoints are interpolated at the model's times, counted back from the newest frame.

    Any number of people is lifted in one call of the model, which is not traced again.

    Args:
        lifter: a `Lifter`.
        image_size: width and height of the video, pixels.
        layout: name of the keypoints' layout, such as "coco_17".
        fps: frame rate of the feed; None stands for the model's.
        smooth: "one_euro", a `smoothing.OneEuro`, or None.
        forget_seconds: who is not named for longer than this begins anew.

    Raises:
        UserError: if there is no such layout.
        ValueError: for wrong arguments.

    Example:
        stream = lifter.stream((1280, 720), layout="coco_17", fps=30)
        while frame := camera.read():
            poses = stream.push(detect(frame))  # {"anna": (17, 3), ...}
    """

    def __init__(
        self,
        lifter: Any,
        image_size: Sequence[float],
        *,
        layout: str,
        fps: float | None = None,
        smooth: str | smoothing.OneEuro | None = None,
        forget_seconds: float = FORGET_SECONDS,
    ):
        keypoint_arguments.check_size(image_size)
        if fps is not None and not 0 < fps < math.inf:
            raise ValueError(f"`fps` must be above 0, got {fps!r}.")
        if not 0 <= forget_seconds < math.inf:
            raise ValueError(
                f"`forget_seconds` must be 0 or more, got {forget_seconds!r}."
            )
        self._smooth = smoothing.named(smooth)
        if isinstance(self._smooth, smoothing.Savgol):
            raise ValueError(
                "`smooth` must be 'one_euro' or None: savgol looks ahead, which a "
                "stream cannot."
            )
        self._lifter = lifter
        self._layout = layout
        joints = len(layouts.get(layout).joints)
        # Says at once where layout and model do not fit.
        layouts.convert(np.zeros((joints, 2)), np.zeros(joints), layout, self._skeleton)
        self._joints = joints
        self._size = np.asarray(image_size, np.float32)
        self._fps = fps or lifter.fps
        self._weights = _weights(lifter, self._fps)
        self._forget = forget_seconds * self._fps
        self._people: dict = {}

    @property
    def people(self) -> tuple:
        """Who is remembered, in order of their first frame."""
        return tuple(self._people)

    @property
    def waiting(self) -> tuple:
        """Who was named, but has no pose: a keypoint was never seen yet."""
        return tuple(n for n, one in self._people.items() if one.history is None)

    def push(self, keypoints: Any, confidence: Any = None) -> Any:
        """Takes the next frame.

        Args:
            keypoints: a dict of person (any hashable name) to (J, 2) pixels, or to
                (J, 3) with the confidence as the third column; or one person's array
                without a dict.
            confidence: dict of person to (J,), or one person's array; a keypoint is
                missing where it is 0, or without confidence where it is NaN.

        Returns:
            A dict of person to (N, 3) float32 metres, the root at 0, camera axes; of
            those who are named and not `waiting`. For one person's array the pose
            alone, or None while waiting.

        Raises:
            UserError: if keypoints do not fit the layout or are no pixels; the frame
                is then not taken.
            ValueError: if `confidence` does not fit `keypoints`.
        """
        if not isinstance(keypoints, dict):
            named = None if confidence is None else {"1": confidence}
            return self.push({"1": keypoints}, named).get("1")
        found = self._checked(keypoints, confidence)
        self._take(found)
        people = {name: self._people[name] for name in found}
        ready = {n: one for n, one in people.items() if one.history is not None}
        if not ready:
            return {}
        histories = np.stack([person.history for person in ready.values()])
        windows = np.einsum("tl,plnc->ptnc", self._weights, histories)
        windows = keypoint_preparation.complete(windows, self._lifter.options)
        newest = self._lifter.engine.lift_newest
        poses = newest(windows.astype(np.float32), self._size)
        return {
            name: self._smoothed(person, pose)
            for (name, person), pose in zip(ready.items(), poses, strict=True)
        }

    @property
    def _skeleton(self) -> str:
        return self._lifter.skeleton.name

    def _smoothed(self, person, pose):
        if self._smooth is None:
            return pose
        if person.smoother is None:
            person.smoother = self._smooth.start(self._fps)
        return person.smoother.push(pose).astype(np.float32)

    def _checked(self, keypoints, confidence) -> dict:
        """Returns (J, 2) keypoints, NaN where missing, and (J,) confidence of each."""
        if confidence is not None and set(confidence) != set(keypoints):
            raise ValueError("`confidence` must hold the people of `keypoints`.")
        found = {}
        for name, rows in keypoints.items():
            where = f"`keypoints` of {name}"
            score = None if confidence is None else confidence[name]
            rows, score = keypoint_arguments.split(where, rows, score)
            if rows.ndim != 2:
                raise UserError(
                    f"{where}: must be one frame, (joints, 2), has shape {rows.shape}."
                )
            layouts.check_count(where, len(rows), self._layout)
            rows = keypoint_arguments.numbers(where, rows)
            if score is None:
                score = np.where(np.isnan(rows).any(axis=-1), 0.0, 1.0)
            score = keypoint_arguments.numbers("`confidence`", score)
            if score.shape != rows.shape[:1]:
                raise ValueError(
                    f"`confidence` must have shape {rows.shape[:1]}, got {score.shape}."
                )
            found[name] = detections.masked(where, rows, score)
        return found

    def _take(self, found):
        for name in [name for name in self._people if name not in found]:
            person = self._people[name]
            person.absent += 1
            if person.absent > self._forget:
                del self._people[name]
            elif person.history is not None:
                held = person.history[-1].copy()
                held[:, 2] = 0.0
                person.remember(held)
        for name, (rows, score) in found.items():
            if name not in self._people:
                self._people[name] = _Person(np.full((self._joints, 2), np.nan))
            person = self._people[name]
            person.absent = 0
            seen = score > 0
            person.seen[seen] = rows[seen]
        if not found:
            return
        latest = np.stack([self._people[name].seen for name in found])
        scores = np.stack([score for _, score in found.values()])
        joints, scores = layouts.convert(latest, scores, self._layout, self._skeleton)
        joints = np.concatenate([joints, scores[..., None]], axis=-1)
        optional = self._lifter.options.optional
        for name, newest in zip(found, joints, strict=True):
            person = self._people[name]
            absent = set(np.flatnonzero(np.isnan(newest).any(axis=-1)))
            if absent - set(optional):
                continue
            newest = newest[list(self._lifter.skeleton.without(absent))]
            newest[list(absent), 2] = 0.0
            if person.history is None:
                person.history = np.repeat(newest[None], self._weights.shape[1], axis=0)
            else:
                person.remember(newest)


def _weights(lifter, fps) -> np.ndarray:
    """Returns (reach, L): what the model sees of the feed's last L frames."""
    step = 1.0 if interpolation.same_rate(fps, lifter.fps) else fps / lifter.fps
    # In frames of the feed; newest last.
    ages = step * np.arange(lifter.options.reach)[::-1]
    length = math.ceil(ages[0] - 1e-9) + 1
    return interpolation.sample(np.eye(length), length - 1 - ages)
