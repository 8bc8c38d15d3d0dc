"""What is lifted: the people of a keypoint file, or of a video."""

from __future__ import annotations

import dataclasses
import pathlib

import numpy as np

from dgnet_tf.detection import detected_video, detectors, video
from dgnet_tf.detection.detector import Detector
from dgnet_tf.detection.preview import Preview
from dgnet_tf.drawing.clip import PlayedVideo
from dgnet_tf.errors import UserError, check_choice
from dgnet_tf.files import npz_files
from dgnet_tf.inference.engines import exported_files
from dgnet_tf.keypoints import keypoint_files, layouts
from dgnet_tf.keypoints.folders.frame_folders import Video
from dgnet_tf.keypoints.frame_times import FrameTimes
from dgnet_tf.keypoints.readers import video_keypoints
from dgnet_tf.keypoints.tracks import Track

_SAME_TIME = 2e-3  # Seconds.


@dataclasses.dataclass(frozen=True, eq=False)
class Source:
    """The people of a file, and what is known of their video.

    Attributes:
        path: the file.
        people: at least one.
        layout: name of their keypoints' layout.
        image_size: width and height of the video, pixels.
        fps: frames a second, as given or as the file states; or None.
        times: when the video shows its frames, where that is known.
        played: a copy of the video for a page, or None.
        milliseconds: that the detector took for a frame; None where none ran.
    """

    path: pathlib.Path
    people: tuple[Track, ...]
    layout: str
    image_size: tuple[int, int]
    fps: float | None = None
    times: FrameTimes | None = None
    played: PlayedVideo | None = None
    milliseconds: float | None = None

    def save(self, path):
        """Writes the keypoints of a video, for `of_keypoints` to read."""
        facts = self.layout, self.image_size, self.times
        video_keypoints.write(path, self.people, *facts)


def of_keypoints(
    path, layout=None, image_size=None, fps=None, *, frames: Video | None = None
) -> Source:
    """Reads a keypoint file; one that was saved of a video says the rest itself.

    Of a folder with frames of several videos, `frames` are those of the one.

    Raises:
        UserError: if layout or image size are needed and not given, or given wrongly;
            and as `keypoint_files.read`.
    """
    path = pathlib.Path(path)
    saved = _saved(path)
    if saved is not None:
        if fps is not None:
            raise UserError(f"{path}: holds the times of its frames; leave --fps out.")
        layout, times = layout or saved.layout, saved.times
    else:
        times = None
        for name, value in (("layout", layout), ("image_size", image_size)):
            if value is None:
                raise UserError(
                    f"{path}: give --{name}, which the file does not state."
                )
    layouts.get(layout)
    if frames is not None:
        found = keypoint_files.read_video(path, frames, layout, image_size, fps)
    else:
        found = keypoint_files.read(path, layout, image_size, fps)
    size, fps = found.image_size, None if times else found.fps
    return Source(path, found.people, layout, size, fps, times)


def _saved(path) -> video_keypoints.SavedVideo | None:
    if path.suffix != ".npz" or not path.is_file():
        return None
    if not video_keypoints.fits(npz_files.names(path)):
        return None
    return video_keypoints.video(path)


@dataclasses.dataclass(frozen=True, eq=False)
class VideoSource:
    """A video that was looked through, and what finds keypoints in it.

    Attributes:
        video: the file.
        detector: what finds them.
    """

    video: video.VideoFile
    detector: Detector

    def source(self, skeleton: str, *, played: bool = False) -> Source:
        """Finds the people.

        Args:
            skeleton: name of the model's skeleton.
            played: whether a copy of the video is made for a page.

        Raises:
            UserError: if the detector's layout does not fit the model; and as
                `detected_video.detect`.
        """
        layouts.sources(self.detector.layout, skeleton)  # Before minutes of work.
        preview = Preview(self.video) if played else None
        found = detected_video.detect(self.video, self.detector, preview)
        return Source(
            self.video.path,
            found.people,
            found.layout,
            found.image_size,
            times=found.times,
            played=preview and _played(preview),
            milliseconds=found.milliseconds,
        )


def of_video(
    path,
    *,
    start: float | None = None,
    end: float | None = None,
    name: str = "blazepose",
    weights=None,
    size: str | None = None,
) -> VideoSource:
    """Looks through a video and loads the detector.

    Args:
        path, start, end: see `video.look_through`.
        name, weights, size: see `detectors.load`.
    """
    check_choice("detector", name, detectors.NAMES)
    looked = video.look_through(path, start, end)
    threads = exported_files.usable_cores()
    return VideoSource(looked, detectors.load(name, weights, size, threads))


def with_video(source: Source, path) -> Source:
    """Adds to keypoints saved of a video a copy of it for a page.

    Raises:
        UserError: if the keypoints are not known to be of that video.
    """
    if source.times is None:
        raise UserError(
            f"{source.path}: does not tell the times of its frames, so that no video "
            "can be shown with it. Leave --video or --keypoints out."
        )
    seconds = source.times.seconds
    end = seconds[-1] + _SAME_TIME
    looked = video.look_through(path, max(0.0, seconds[0] - _SAME_TIME), end)
    same = looked.image_size == source.image_size
    there = looked.times.seconds
    near = np.clip(np.searchsorted(there, seconds - _SAME_TIME), 0, len(there) - 1)
    if not same or np.abs(there[near] - seconds).max() > _SAME_TIME:
        raise UserError(
            f"{source.path}: is of another video than {path}: size or times of the "
            "frames differ. Leave one of them out."
        )
    preview = Preview(looked)
    for frame in looked.frames():
        preview.add(frame)
    return dataclasses.replace(source, played=_played(preview))


def _played(preview: Preview) -> PlayedVideo:
    return PlayedVideo(preview.type, preview.content(), preview.start)
