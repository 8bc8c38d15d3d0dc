"""Writes pose archives; `mocap` reads them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from dgnet_tf.command_line import progress
from dgnet_tf.files import atomic


class Clip(NamedTuple):
    """One motion of an archive; `positions()` gives its (F, 17, 3) metres."""

    name: str
    subject: str
    action: str
    positions: Callable[[], np.ndarray]


def write(output, clips: Sequence[Clip], fps: float):
    """Writes an archive, with the same bytes for the same content.

    One clip at a time is in memory. An older archive is replaced, but not after an
    error.

    Args:
        output: the archive (.npz).
        clips: what it holds, under names that differ.
        fps: frames per second of all clips.
    """
    lists = {
        "clips": [clip.name for clip in clips],
        "subjects": [clip.subject for clip in clips],
        "actions": [clip.action for clip in clips],
    }
    with atomic.replacing(output) as path, zipfile.ZipFile(path, "w") as archive:
        for name, values in lists.items():
            _add(archive, name, np.array(values))
        _add(archive, "fps", np.float64(fps))
        for clip in progress.each(clips, "archive", len(clips), "clip"):
            _add(archive, f"pos/{clip.name}", clip.positions().astype(np.float32))


def _add(archive, name, array):
    # ZipInfo's own date, 1980, keeps the clock out of the bytes.
    with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as file:
        np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)
