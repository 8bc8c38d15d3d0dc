"""Reads 2-D keypoints from files of every known format."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from dgnet_tf.command_line import progress
from dgnet_tf.errors import UserError, warn
from dgnet_tf.files import listing, mat_files, npz_files
from dgnet_tf.keypoints import image_sizes, json_lists, layouts
from dgnet_tf.keypoints.folders import frame_folders
from dgnet_tf.keypoints.readers import (
    arrays,
    coco,
    detectron,
    mediapipe,
    mediapipe_csv,
    mmpose,
    openpose,
    penn_action,
    sports2d,
    ultralytics,
    video_keypoints,
    yolo_labels,
)
from dgnet_tf.keypoints.sightings import Sightings
from dgnet_tf.keypoints.tracks import KeypointFile

# Tried in this order: the first that fits a file reads it.
READERS = (
    coco, mmpose, ultralytics, openpose, mediapipe, mediapipe_csv, sports2d, detectron,
    penn_action, video_keypoints, arrays,
)  # fmt: skip
# Text takes several times its size in memory.
MAX_BYTES = {
    ".json": json_lists.MAX_BYTES,
    ".csv": mediapipe_csv.MAX_BYTES,
    ".trc": sports2d.MAX_BYTES,
    ".mat": mat_files.MAX_BYTES,
    ".npz": arrays.MAX_BYTES,
    ".npy": arrays.MAX_BYTES,
}
SUFFIXES = tuple(MAX_BYTES)
_SAME_RATE = 0.01
# What distinguishes the formats of one ending.
_CONTENT = {".json": json_lists.load, ".npz": npz_files.names}


def formats() -> str:
    """Returns a Markdown list of what can be read."""
    return "\n".join(f"- {reader.FORMAT}" for reader in (*READERS, yolo_labels))


def read(
    path: str | pathlib.Path,
    layout: str,
    image_size: Sequence[float] | None = None,
    fps: float | None = None,
) -> KeypointFile:
    """Reads a keypoint file of the format that its ending and its content tell.

    Lines on standard error say what was mended or is odd: joints at 0,0 or -1,-1 that
    count as missing, keypoints outside of the image, people upside down, another frame
    rate than the file's.

    Args:
        path: the file, or a folder of JSON files or YOLO's labels, one for each frame
            of a video.
        layout: name of its layout.
        image_size: width and height of the video, pixels, if known.
        fps: frames per second of the video, for files that give times; if None, the
            rate that the file states, or that of the times.

    Raises:
        UserError: if the file is missing, damaged or of no known kind, if its joints
            are not the layout's, if it shows nobody, or if its keypoints cannot be
            pixels of that image.
    """
    path = pathlib.Path(path)
    layouts.get(layout)
    if path.is_dir():
        video = frame_folders.one_video(path)
        return read_video(path, video, layout, image_size, fps)
    if listing.suffix(path) not in SUFFIXES:
        raise UserError(
            f"{path}: must end in {', '.join(SUFFIXES)}, or be a folder of .json or "
            ".txt files, one for each frame."
        )
    if not path.exists():
        raise UserError(f"{path}: not found. Name a file of 2-D keypoints.")
    reader, content = _opened(path)
    found = reader.read(path, content, layout, image_size, fps)
    del content  # Larger than what was found in it.
    if fps and found.fps and abs(fps / found.fps - 1) > _SAME_RATE:
        warn(f"{path}: is of {found.fps:g} frames a second, --fps is {fps:g}.")
    return _checked(path, found, layout, image_size, fps)


def read_video(
    folder: str | pathlib.Path,
    video: frame_folders.Video,
    layout: str,
    image_size: Sequence[float] | None = None,
    fps: float | None = None,
) -> KeypointFile:
    """Reads a video of a folder that holds a file for each frame.

    Args:
        folder: for messages.
        video: its files, from `frame_folders`.
        layout, image_size, fps: see `read`.

    Raises:
        UserError: see `read`.
    """
    files = progress.each(video.frames, "read", len(video.frames), "file")
    if listing.suffix(video.frames[0][1]) in yolo_labels.SUFFIXES:
        found = yolo_labels.read_frames(folder, files, layout, image_size)
        return _checked(folder, found, layout, image_size, fps)
    found = Sightings(folder)
    for frame, path in files:
        content = json_lists.load(path)
        if frame_folders.is_empty(content):
            continue
        one = _reader(path, content).read(path, content, layout, image_size)
        frames = {sighting.frame for sighting in one.found}
        if len(frames) > 1:
            raise UserError(
                f"{path}: shows {len(frames)} frames; in a folder each file shows "
                "one. Name this file itself."
            )
        found.take(one, frame)
    return _checked(folder, found, layout, image_size, fps)


def _checked(path, found: Sightings, layout, image_size, fps) -> KeypointFile:
    people = [person for person in found.people() if person.confidence.any()]
    if not people:
        raise UserError(f"{path}: every joint is missing in every frame.")
    stated = found.image_size
    if image_size and stated and tuple(image_size) != stated:
        raise UserError(
            f"{path}: is of a {'{}x{}'.format(*stated)} video, --image_size is "
            f"{'{}x{}'.format(*image_size)}. Give the video's own."
        )
    size = tuple(image_size) if image_size else stated
    if size:
        image_sizes.check(path, people, size, found.in_pixels, bool(stated))
    image_sizes.warn_if_upside_down(path, people, layout)
    return KeypointFile(tuple(people), size, found.action, fps or found.fps)


def _opened(path):
    """Returns the reader of a file, and what it takes as the file's content."""
    # Pipes, devices and files without bounds cannot be read to their end.
    if not path.is_file():
        raise UserError(f"{path}: is not a regular file. Name a file of 2-D keypoints.")
    suffix = listing.suffix(path)
    json_lists.check_bytes(path, MAX_BYTES[suffix])
    content = _CONTENT[suffix](path) if suffix in _CONTENT else None
    return _reader(path, content), content


def _reader(path, content):
    suffix = listing.suffix(path)
    known = [reader for reader in READERS if suffix in reader.SUFFIXES]
    for reader in known:
        if reader.fits(content):
            return reader
    names = (reader.FORMAT.partition(": ")[0] for reader in known)
    raise UserError(
        f"{path}: is not a known keypoint file. Known {suffix} files: "
        f"{'; '.join(names)}. --help of the command says what they hold."
    )
