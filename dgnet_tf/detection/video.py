"""Reads videos with PyAV: size, orientation, time stamps, one frame at a time."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
from collections.abc import Iterator

import numpy as np

from dgnet_tf.detection import container as containers
from dgnet_tf.detection import frame_index
from dgnet_tf.detection.orientation import Orientation
from dgnet_tf.errors import UserError, warn
from dgnet_tf.keypoints.frame_times import FrameTimes


@dataclasses.dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a video.

    Attributes:
        number: as the video counts, from 0.
        seconds: when a player shows it.
        image: (H, W, 3) uint8 RGB, upright, its pixels square.
    """

    number: int
    seconds: float
    image: np.ndarray


@dataclasses.dataclass(frozen=True, eq=False)
class VideoFile:
    """A video that has been looked through, or a part of it.

    Attributes:
        path: the file.
        image_size: width and height as it is shown, pixels.
        times: of its frames, as the file states them; what is decoded may differ.
        orientation: how they are shown.
        stated_fps: frames a second that the file states, or None.
        start, end: of the part, seconds; None stands for the whole video's.
    """

    path: pathlib.Path
    image_size: tuple[int, int]
    times: FrameTimes
    orientation: Orientation
    stated_fps: float | None
    start: float | None = None
    end: float | None = None

    def frames(self) -> Iterator[Frame]:
        """Decodes the frames, one at a time.

        Raises:
            UserError: if a frame cannot be decoded or has another size, or there is
                none.
        """
        number, last, repeated = self.times.first, -np.inf, 0
        with containers.opened(self.path) as (container, stream):
            part = (self.start, self.end)
            for frame, seconds in _decoded(self.path, container, stream, *part):
                if seconds <= last:
                    repeated += 1
                    continue
                if frame.is_corrupt:
                    raise UserError(
                        containers.damaged(self.path, seconds, "data are missing")
                    )
                last = seconds
                image = self.orientation.upright(self.path, frame)
                height, width = image.shape[:2]
                if (width, height) != self.image_size:
                    raise UserError(
                        f"{self.path}: is {width}x{height} at {seconds:.2f} s and "
                        f"{'{}x{}'.format(*self.image_size)} before. Split it there."
                    )
                yield Frame(number, seconds, image)
                number += 1
        if repeated:
            warn(
                f"{self.path}: {repeated} frames are not later than the one before "
                "them and are left out."
            )
        if number == self.times.first:
            raise UserError(f"{self.path}: none of its frames can be decoded.")


def look_through(
    path, start: float | None = None, end: float | None = None
) -> VideoFile:
    """Reads what a video file states, and the times of its frames, without decoding.

    Args:
        path: the file.
        start, end: of the part to read, seconds as a player shows them; by default
            all.

    Raises:
        UserError: if PyAV is not installed, or if the file is missing, no video, a
            picture, damaged or not whole (before `end`), or shows nothing in that
            part.
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise UserError(f"{path}: no such file. Name a video.")
    with containers.opened(path) as (container, stream):
        seconds = frame_index.times(path, container, stream, end)
        fps = float(stream.average_rate or stream.guessed_rate or 0) or None
    with containers.opened(path) as (container, stream):
        first = next(_decoded(path, container, stream), None)
        if first is None:
            raise UserError(f"{path}: none of its frames can be decoded.")
        orientation = Orientation.of(path, stream, first[0])
        height, width = orientation.upright(path, first[0]).shape[:2]
    taken = np.ones(len(seconds), bool)
    if start is not None:
        taken &= seconds >= start
    if end is not None:
        taken &= seconds < end
    if not taken.any():
        raise UserError(
            f"{path}: shows no frame from {start or 0:g} s to "
            f"{'its end' if end is None else f'{end:g} s'}; its frames are from "
            f"{seconds[0]:.2f} s to {seconds[-1]:.2f} s."
        )
    times = FrameTimes(int(np.argmax(taken)), seconds[taken], fps)
    return VideoFile(path, (width, height), times, orientation, fps, start, end)


def _decoded(path, container, stream, start=None, end=None):
    """Yields the frames of a part, and their times."""
    av = containers.pyav(path)
    base, origin = float(stream.time_base), containers.origin(container)
    start, end = start or -np.inf, np.inf if end is None else end
    # A bare stream, without any container, has no times to look for.
    timeless = av.format.Flags.no_timestamps.value
    if start > 0 and not container.format.flags & timeless:
        with contextlib.suppress(av.FFmpegError):  # Then it is read from the start on.
            container.seek(int((start + origin) / base), stream=stream)
    rate = float(stream.guessed_rate or stream.average_rate or 25)
    seconds = known = 0.0
    further = -1  # Frames since one whose time was known.
    try:
        for packet in container.demux(stream):
            # A frame is decoded before it is shown: what follows is beyond the end.
            over = packet.dts is not None and packet.dts * base - origin >= end
            for frame in stream.decode(None if over else packet):
                further += 1
                if frame.pts is not None:
                    known, further = frame.pts * base - origin, 0
                seconds = known + further / rate
                if start <= seconds < end:
                    yield frame, seconds
            if over:
                break
    except av.FFmpegError as error:
        after = max(seconds, 0.0)
        raise UserError(containers.damaged(path, after, error.strerror)) from error
