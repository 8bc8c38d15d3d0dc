"""Lifts people's 2-D keypoints with an exported model, a run or trained weights."""

from __future__ import annotations

import dataclasses
import pathlib
import typing
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dgnet_tf import skeletons
from dgnet_tf.command_line import progress
from dgnet_tf.errors import UserError
from dgnet_tf.inference.engines.engine import Engine
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.keypoints import (
    keypoint_arguments,
    keypoint_files,
    tracks,
)
from dgnet_tf.lifting import loading
from dgnet_tf.lifting.lifted import Lifted
from dgnet_tf.lifting.track_lifting import check_seen, lacking, lift_track
from dgnet_tf.models import runs
from dgnet_tf.models.uncertainty import Uncertainty

if typing.TYPE_CHECKING:
    from dgnet_tf.lifting.stream import Stream


@dataclasses.dataclass(frozen=True)
class Lifter:
    """A trained network ready to lift.

    Attributes:
        engine: what computes with it.
        run: the run or trained weights that it was loaded from, where TensorFlow
            computes with them; else None.
        uncertainty: what the disagreement of its estimates stands for in millimetres;
            None where that was not calibrated, or the engine does not show it.
    """

    engine: Engine
    run: runs.Run | None = None
    uncertainty: Uncertainty | None = None

    @classmethod
    def load(
        cls, path: str | pathlib.Path | None = None, *, engine: str = "auto"
    ) -> Lifter:
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

    def lift(
        self,
        keypoints: Any,
        *,
        layout: str,
        image_size: Sequence[float],
        confidence: Any = None,
        **options: Any,
    ) -> Any:
        """Lifts people's keypoints.

        Args:
            keypoints: (F, J, 2) pixels of one person, (P, F, J, 2) of several, or a
                dict of name to (F, J, 2) of each. A last axis of 3 has the confidence
                as its third column.
            layout: name of the keypoints' layout, such as "coco_17".
            image_size: width and height of the video, pixels.
            confidence: the same without the last axis. A joint is missing where it is
                0, or without confidence where the coordinates are NaN.
            **options: `fps`, `resample`, `smooth`, `root`, `focal_px`, `camera_height`
                and `camera_pitch`, see `lift_track`.

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

    def lift_video(
        self,
        path: str | pathlib.Path,
        *,
        start: float | None = None,
        end: float | None = None,
        person: str | None = None,
        detector: str = "blazepose",
        detector_weights: str | pathlib.Path | None = None,
        detector_size: str | None = None,
        save_keypoints: str | pathlib.Path | None = None,
        show: Callable[[str], None] = lambda line: None,
        **options: Any,
    ) -> Lifted | list[Lifted]:
        """Finds people's keypoints in a video and lifts them.

        Size, orientation and the times of the frames are read from the file.

        Args:
            path: the video.
            start, end: of the part to lift, seconds as a player shows them; by default
                all.
            person, show: see `lift_people`.
            detector: "blazepose" or "rtmlib", see `detectors.load`.
            detector_weights: where BlazePose's networks are, see `networks.find`.
            detector_size: of its landmark network: "heavy" (the default), "full" or
                "lite".
            save_keypoints: an `.npz` file to write the keypoints to, or None.
            **options: `resample`, `smooth`, `root` and so on, see `lift_track`.

        Returns:
            `Lifted` of one person; of `person="all"` a list of them.

        Raises:
            UserError: if the video cannot be read, the detector or its networks are
                not there, or nobody can be lifted.
            ValueError: for wrong arguments.
        """
        from dgnet_tf.lifting import sources

        given: dict = {
            "name": detector,
            "weights": detector_weights,
            "size": detector_size,
        }
        opened = sources.of_video(path, start=start, end=end, **given)
        found = opened.source(self.skeleton.name)
        if save_keypoints is not None:
            found.save(save_keypoints)
        more = {"person": person, "show": show, "times": found.times, **options}
        people = found.people, found.layout, found.image_size
        lifted = lift_people(self, path, *people, **more)
        return lifted if person == "all" else lifted[0]

    def stream(
        self, image_size: Sequence[float], *, layout: str, **options: Any
    ) -> Stream:
        """Returns a `Stream` for a live feed; see there."""
        from dgnet_tf.lifting.stream import Stream

        return Stream(self, image_size, layout=layout, **options)


def lift_file(
    lifter: Lifter,
    path: str | pathlib.Path,
    layout: str,
    image_size: Sequence[float],
    **more: Any,
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
    path: str | pathlib.Path,
    people: Sequence[tracks.Track],
    layout: str,
    image_size: Sequence[float],
    *,
    person: str | None = None,
    show: Callable[[str], None] = lambda line: None,
    **more: Any,
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
        people = [_surest(path, people, layout, lifter, show)]
    elif person != "all":
        people = [tracks.named(path, people, person)]
    lifted, refused = [], []
    times, fps = more.get("times"), more.get("fps")
    fps = times.fps if fps is None and times is not None else fps
    ratio = lifter.fps / fps if fps and more.get("resample", True) else 1.0

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
    for reason in refused:
        show(f"left out: {reason}")
    return lifted


def _surest(path, people, layout, lifter, show) -> tracks.Track:
    """Returns who is lifted where nobody is named; a line says who else is there."""
    ranked = sorted(people, key=lambda one: one.confidence.sum(), reverse=True)
    whole: list[tracks.Track] = []
    partial: list[tracks.Track] = []
    for track in ranked:
        (partial if lacking(track, layout, lifter) else whole).append(track)
    if not whole:
        nobody = f" None of the {len(ranked)} people can be lifted."
        check_seen(path, ranked[0], layout, lifter, nobody if partial[1:] else "")
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
