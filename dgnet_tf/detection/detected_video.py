"""Finds the people of a whole video, frame by frame."""

from __future__ import annotations

import collections
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
    followed = collections.defaultdict(dict)
    frames = progress.each(video.frames(), "detect", len(video.times.seconds), "frame")
    for frame in frames:
        begun = time.perf_counter()
        for seen in detector.detect(frame.image):
            if seen.track is None:
                where = f"{video.path}: frame {frame.number}"
                found.add(where, frame.number, seen.rows)
            else:
                followed[seen.track][frame.number] = seen.rows
        spent.append(time.perf_counter() - begun)
        seconds.append(frame.seconds)
        if preview is not None:
            preview.add(frame)
    for track, rows in followed.items():
        found.follow(str(track), *_arrays(rows))
    people = found.people()
    if not people:
        raise UserError(
            f"{video.path}: no person is seen in its {len(seconds)} frames. Name a "
            "video that shows a whole body, or another part of it."
        )
    times = FrameTimes(video.times.first, np.array(seconds), video.stated_fps)
    taken = 1000 * float(np.median(spent))
    return DetectedVideo(people, detector.layout, video.image_size, times, taken)


def _arrays(rows: dict[int, np.ndarray]):
    """Returns (F, J, 2), (F, J) and the first frame's number of rows by frame."""
    first, last = min(rows), max(rows)
    joints = len(rows[first])
    found = np.zeros((last + 1 - first, joints, 3))
    for frame, row in rows.items():
        found[frame - first] = row
    return found[..., :2], found[..., 2], first
