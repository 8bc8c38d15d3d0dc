"""Finds the people of a whole video, frame by frame."""

from __future__ import annotations

import dataclasses
import time

import numpy as np

from dgnet_tf.command_line import progress
from dgnet_tf.detection.detector import Detector
from dgnet_tf.detection.preview import Preview
from dgnet_tf.detection.video import VideoFile
from dgnet_tf.errors import UserError
from dgnet_tf.keypoints.frame_times import FrameTimes
from dgnet_tf.keypoints.sightings import Sightings
from dgnet_tf.keypoints.tracks import Track


@dataclasses.dataclass(frozen=True, eq=False)
class DetectedVideo:
    """The people of a video.

    Attributes:
        people: a track of each, at least one.
        layout: name of their keypoints' layout.
        image_size: width and height, pixels.
        times: of the frames that were decoded.
        milliseconds: that the detector took for a frame, the median.
    """

    people: tuple[Track, ...]
    layout: str
    image_size: tuple[int, int]
    times: FrameTimes
    milliseconds: float = 0.0


def detect(
    video: VideoFile, detector: Detector, preview: Preview | None = None
) -> DetectedVideo:
    """Finds the people of a video; frames pass through memory one at a time.

    Args:
        video: from `video.look_through`.
        detector: from `detectors.load`.
        preview: takes the frames as well.

    Raises:
        UserError: if the video cannot be decoded to its end or shows nobody.
    """
    found, seconds, spent = Sightings(video.path), [], []
    frames = progress.each(video.frames(), "detect", len(video.times.seconds), "frame")
    for frame in frames:
        begun = time.perf_counter()
        for seen in detector.detect(frame.image):
            where = f"{video.path}: frame {frame.number}"
            track = None if seen.track is None else str(seen.track)
            found.add(where, frame.number, seen.rows, track)
        spent.append(time.perf_counter() - begun)
        seconds.append(frame.seconds)
        if preview is not None:
            preview.add(frame)
    people = found.people()
    if not people:
        raise UserError(
            f"{video.path}: no person is seen in its {len(seconds)} frames. Name a "
            "video that shows a whole body, or another part of it."
        )
    times = FrameTimes(video.times.first, np.array(seconds), video.stated_fps)
    taken = 1000 * float(np.median(spent))
    return DetectedVideo(people, detector.layout, video.image_size, times, taken)
