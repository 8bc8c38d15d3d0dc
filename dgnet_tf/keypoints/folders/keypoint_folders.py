"""Finds the keypoint files of a folder, and tells videos from the frames of one.

A file holds a video. JSON and text files that hold a frame each are one video together
(`frame_folders`): by what is in them, not by their names.
"""

from __future__ import annotations

import pathlib
from typing import NamedTuple

from dgnet_tf.errors import warn
from dgnet_tf.files import listing
from dgnet_tf.keypoints import keypoint_files
from dgnet_tf.keypoints.folders import frame_folders


class Found(NamedTuple):
    """One video's keypoints.

    Attributes:
        name: of the file or folder, or of what its frames' names have in common.
        path: the file, or the folder that holds the frames.
        video: the frames; None where a file holds all.
    """

    name: str
    path: pathlib.Path
    video: frame_folders.Video | None = None


def in_folder(folder) -> list[Found]:
    """Returns what a folder holds: the videos of its frames, if it has any.

    Else its keypoint files, and the videos of the folders in it that have frames.

    Raises:
        UserError: as `of_frames`.
    """
    return of_frames(folder) or [
        found
        for path in listing.found(folder)
        for found in ([Found(path.stem, path)] if is_file(path) else of_frames(path))
    ]


def is_file(path) -> bool:
    """Says whether a path ends as a keypoint file does, and is no folder."""
    return listing.suffix(path) in keypoint_files.SUFFIXES and not path.is_dir()


def of_frames(folder) -> list[Found]:
    """Returns the videos of which a folder holds the frames; [] for none.

    Raises:
        UserError: if two files are of one frame, or the largest cannot be read.
    """
    folder = pathlib.Path(folder)
    if not folder.is_dir():
        return []
    videos, others = frame_folders.find(folder)
    of_frames = [video for video in videos if frame_folders.hold_frames(video)]
    if of_frames and (others or len(of_frames) < len(videos)):
        warn(f"{folder}: holds frames; its files of other kinds are left out.")
    own = folder.resolve().name
    if len(of_frames) == 1:
        return [Found(own, folder, of_frames[0])]
    return [Found(video.name or own, folder, video) for video in of_frames]
