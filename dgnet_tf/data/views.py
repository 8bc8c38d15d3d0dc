"""Whole camera views, stitched together from their records."""

from __future__ import annotations

import itertools
import pathlib
from collections.abc import Iterator

import numpy as np

from dgnet_tf.data import manifest, records, view_names
from dgnet_tf.data.view import View
from dgnet_tf.errors import UserError

_BY_FRAME = ("keypoints", "confidence", "positions", "valid")


def load_views(
    data_dir: str | pathlib.Path, split: str, verify: bool = True
) -> Iterator[View]:
    """Yields the views of a split, one at a time.

    Evaluation splits are read in their order on disk and in constant memory. The
    records of "train" lie scattered: all are held in memory and sorted by name. With
    `verify` the files' digests are compared first, which reads each once.

    Raises:
        UserError: if the data are missing or damaged, or a record is missing, there
            twice, or at odds with its neighbour.
    """
    data = manifest.read(data_dir)
    paths = manifest.shard_paths(data_dir, data, split, verify)
    return _views(paths, data, split, data_dir)


def length(view: View) -> int:
    """Returns the number of a view's frames, valid or not."""
    return len(view.valid)


def _views(paths, data, split, data_dir):
    found = itertools.chain.from_iterable(
        records.of_file(path, data.record_frames, data.joints) for path in paths
    )
    if split == "train":
        found = sorted(found, key=records.key)
    sequences, frames = 0, 0
    for ids, group in itertools.groupby(found, key=_ids):
        view = _stitch(ids, group, data.record_overlap, data_dir)
        sequences, frames = sequences + 1, frames + len(view.valid)
        yield view
    expected = data.splits[split]
    if (sequences, frames) != (expected.sequences, expected.frames):
        raise UserError(
            f"{data_dir}: split {split!r} has {sequences} views of {frames} frames in "
            f"all where {manifest.FILE_NAME} says {expected.sequences} of "
            f"{expected.frames}. Convert again."
        )


def _ids(record):
    return tuple(record[name] for name in view_names.IDS)


def _stitch(ids, group, overlap, data_dir) -> View:
    """Joins the records of one view, which come in order of time."""
    name = f"{data_dir}: view {'/'.join(ids)}"
    parts: dict[str, list] = {field: [] for field in _BY_FRAME}
    tail: dict[str, np.ndarray] = {}
    end = 0
    for record in group:
        # Each record but the first starts with the last frames of the one before.
        first, shared = record["first_frame"], overlap if end else 0
        if first != end - shared:
            raise UserError(
                f"{name}: the record at frame {end - shared} is missing; found frame "
                f"{first}. Convert again."
            )
        head = {field: record[field][:shared] for field in _BY_FRAME}
        if shared and any((head[field] != tail[field]).any() for field in _BY_FRAME):
            raise UserError(
                f"{name}: the records on both sides of frame {first} differ in the "
                "frames that they share. Convert again."
            )
        count = record["frames"]
        for field in _BY_FRAME:
            parts[field].append(record[field][shared:count])
        tail = {field: record[field][count - overlap : count] for field in _BY_FRAME}
        end = first + count
    if end != record["view_frames"]:
        raise UserError(
            f"{name}: its last record is missing; frames end at {end} of "
            f"{record['view_frames']}. Convert again."
        )
    joined: dict = {field: np.concatenate(parts[field]) for field in _BY_FRAME}
    return View(
        **{**joined, "valid": joined["valid"] > 0},
        intrinsics=record["intrinsics"],
        image_size=record["image_size"],
        fps=float(record["fps"]),
        **dict(zip(view_names.IDS, ids, strict=True)),
    )
