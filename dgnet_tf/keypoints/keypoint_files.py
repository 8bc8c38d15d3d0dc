"""Reads 2-D keypoints from files of every known format."""

from __future__ import annotations

import pathlib

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.files import mat_files, npz_files
from dgnet_tf.keypoints import layouts
from dgnet_tf.keypoints.readers import (
    arrays,
    coco,
    detectron,
    json_fields,
    mediapipe,
    mediapipe_csv,
    mmpose,
    openpose,
    penn_action,
)
from dgnet_tf.keypoints.tracks import KeypointFile

# Tried in this order: the first that fits a file reads it.
READERS = (
    coco, mmpose, openpose, mediapipe, mediapipe_csv, detectron, penn_action, arrays,
)  # fmt: skip
# Text takes several times its size in memory.
MAX_BYTES = {
    ".json": json_fields.MAX_BYTES,
    ".csv": json_fields.MAX_BYTES,
    ".mat": mat_files.MAX_BYTES,
    ".npz": arrays.MAX_BYTES,
    ".npy": arrays.MAX_BYTES,
}
SUFFIXES = tuple(MAX_BYTES)
# What distinguishes the formats of one ending.
_CONTENT = {".json": json_fields.load, ".npz": npz_files.names}


def formats() -> str:
    """Returns a Markdown list of what can be read."""
    return "\n".join(f"- {reader.FORMAT}" for reader in READERS)


def read(path, layout: str, image_size=None) -> KeypointFile:
    """Reads a keypoint file of the format that its ending and its content tell.

    Args:
        path: the file, or OpenPose's folder.
        layout: name of its layout.
        image_size: width and height of the video, pixels, if known.

    Raises:
        UserError: if the file is missing, damaged or of no known kind, if its joints
            are not the layout's, if it shows nobody, or if its keypoints cannot be
            pixels of that image.
    """
    path = pathlib.Path(path)
    layouts.get(layout)
    if not path.is_dir() and path.suffix not in SUFFIXES:
        raise UserError(
            f"{path}: must end in {', '.join(SUFFIXES)}, or be a folder of OpenPose's "
            f"{openpose.PATTERN}."
        )
    if not path.exists():
        raise UserError(f"{path}: not found. Name a file of 2-D keypoints.")
    found = _read(path, layout, image_size)
    people = [person for person in found.people if person.confidence.any()]
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
        check_pixels(path, people, size)
    return KeypointFile(tuple(people), size, found.action)


def _read(path, layout, image_size) -> KeypointFile:
    if path.is_dir():
        if not openpose.files(path):
            raise UserError(
                f"{path}: is a folder without OpenPose's {openpose.PATTERN}. Name a "
                f"file that ends in {', '.join(SUFFIXES)}, or such a folder."
            )
        return openpose.read_folder(path, layout)
    # Pipes, devices and files without bounds cannot be read to their end.
    if not path.is_file():
        raise UserError(f"{path}: is not a regular file. Name a file of 2-D keypoints.")
    json_fields.check_size(path, MAX_BYTES[path.suffix])
    content = _CONTENT[path.suffix](path) if path.suffix in _CONTENT else None
    known = [reader for reader in READERS if path.suffix in reader.SUFFIXES]
    for reader in known:
        if reader.fits(content):
            return reader.read(path, content, layout, image_size)
    raise UserError(
        f"{path}: is not a known keypoint file. Known {path.suffix} files: "
        f"{'; '.join(reader.FORMAT for reader in known)}."
    )


def check_pixels(path, people, image_size):
    """Checks that tracks, of which one has a visible joint, can be pixels of an image.

    Raises:
        UserError: if they look normalised, or most lie outside of the image.
    """
    seen = np.concatenate([p.keypoints[p.confidence > 0] for p in people])
    extent = np.ptp(seen, axis=0).max()
    if extent < 4:
        raise UserError(
            f"{path}: all keypoints lie within {extent:.2g} pixels; they look "
            "normalised. Give pixels."
        )
    inside = ((seen >= 0) & (seen <= image_size)).all(axis=-1).mean()
    if inside < 0.5:
        raise UserError(
            f"{path}: only {inside:.0%} of the keypoints lie in the "
            f"{'{}x{}'.format(*image_size)} image. Give pixels, and the video's own "
            "--image_size."
        )
