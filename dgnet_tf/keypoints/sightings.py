"""What a reader finds in a keypoint file, before people are followed through it."""

from __future__ import annotations

import numpy as np

from dgnet_tf.errors import UserError, warn
from dgnet_tf.keypoints import detections, tracks
from dgnet_tf.keypoints.detections import Detection
from dgnet_tf.keypoints.tracking import following

# A detection's own objects, and three copies of a joint's three numbers while tracks
# are made of them.
_BYTES, _BYTES_A_JOINT = 600, 72
MAX_BYTES = 500_000_000
MAX_GAP = 1_000_000  # frames without anybody: hours
MANY = 10  # people in the only frame: more likely one person in as many


class Sightings:
    """Collects detections, frame by frame.

    Args:
        path: the file or folder, for messages.

    Attributes:
        found: list of `Detection`, in the order of the file.
        image_size: width and height of the video, pixels, where the file states it.
        action: what the people do, where the file states it; else "".
        fps: frames per second of the video, where the file states them.
        in_pixels: whether coordinates are the file's own; not, where they are shares
            of the image, which fit any image size.
    """

    def __init__(self, path):
        self.path = path
        self.found: list[Detection] = []
        self.image_size: tuple[int, int] | None = None
        self.action = ""
        self.fps: float | None = None
        self.in_pixels = True
        self._tracks: list[tracks.Track] = []
        self._bytes = 0
        self._placeholders = 0
        self._frames: set[int] = set()

    def add(self, where: str, frame: int, rows: np.ndarray, person=None, scale=None):
        """Adds one person in one frame.

        Args:
            where: file and place in it, for messages.
            frame: number of the frame, from 0 on.
            rows: (J, 3) x, y and confidence as the file has them.
            person: the file's name for the person, or None.
            scale: width and height of the image, pixels, where x and y are shares of
                it; else None.

        Raises:
            UserError: if a number is not finite or no pixel, or there are so many
                people and frames that memory could run out.
        """
        keypoints, confidence = rows[:, :2], rows[:, 2]
        held_for_missing = detections.placeholders(keypoints, confidence)
        if held_for_missing.any():
            self._placeholders += int(held_for_missing.sum())
            self._frames.add(frame)
            confidence = np.where(held_for_missing, 0.0, confidence)
        if scale is not None:
            self.in_pixels = False
            with np.errstate(over="ignore"):  # `masked` refuses what is infinite.
                keypoints = keypoints * np.array(scale, float)
        self.append(
            Detection(frame, *detections.masked(where, keypoints, confidence), person)
        )

    def append(self, detection: Detection):
        """Adds a detection; a UserError if there are too many."""
        self._bytes += _BYTES + _BYTES_A_JOINT * len(detection.confidence)
        if self._bytes > MAX_BYTES:
            raise UserError(
                f"{self.path}: shows more than {len(self.found)} people and frames, "
                "which is more than are read. Split the video."
            )
        self.found.append(detection)

    def renumber(self, numbers: dict[int, tuple[int, str | None]]):
        """Gives each detection the frame and person that its frame stands for."""
        self.found = [
            Detection(frame, one.keypoints, one.confidence, person or one.person)
            for one in self.found
            for frame, person in (numbers[one.frame],)
        ]

    def follow(
        self, person: str, keypoints: np.ndarray, confidence: np.ndarray, first: int = 0
    ):
        """Adds a person of whom all frames from `first` on are given.

        Takes (F, J, 2) and (F, J).

        Raises:
            UserError: if a number is not finite or no pixel.
        """
        missing = detections.placeholders(keypoints, confidence)
        self._placeholders += int(missing.sum())
        self._frames.update((first + np.flatnonzero(missing.any(axis=-1))).tolist())
        masked = detections.masked(str(self.path), keypoints, confidence)
        self._tracks.append(tracks.Track(person, first, *masked))

    def take(self, other: Sightings, frame: int):
        """Takes over what a file of one image shows, as a frame of this video."""
        for one in other.found:
            self.append(Detection(frame, one.keypoints, one.confidence, one.person))
        self._placeholders += other._placeholders
        if other._placeholders:
            self._frames.add(frame)
        self.in_pixels &= other.in_pixels

    def people(self) -> tuple[tracks.Track, ...]:
        """Returns a track of each person; one line says which joints were held missing.

        Raises:
            UserError: see `tracks.join`; or if two frames' numbers lie so far apart
                that they cannot be of one video.
        """
        frames = sorted({one.frame for one in self.found})
        for frame, other in zip(frames, frames[1:], strict=False):
            if other - frame > MAX_GAP:
                raise UserError(
                    f"{self.path}: frame {other} follows frame {frame}. A video's "
                    f"frames are numbered without gaps of more than {MAX_GAP} frames."
                )
        self._warn_of_numbers(frames)
        detections.warn_of_placeholders(
            self.path, self._placeholders, len(self._frames)
        )
        return (*self._tracks, *tracks.join(self.path, self.found))

    def _warn_of_numbers(self, frames: list[int]):
        """Says so where frames are numbered so that nobody can be followed."""
        if any(one.person is not None for one in self.found):
            return
        steps = np.diff(frames) if len(frames) > 2 else [0]
        step = np.quantile(steps, 0.5, method="lower")
        if step > following.MAX_GAP + 1:
            warn(
                f"{self.path}: frames are numbered {step} apart, too far for following "
                "people. Number a video's frames from one to the next."
            )
        if len(frames) == 1 and len(self.found) >= MANY:
            warn(
                f"{self.path}: shows {len(self.found)} people in one frame, "
                f"{frames[0]}. If it is a video, give each frame its number."
            )
