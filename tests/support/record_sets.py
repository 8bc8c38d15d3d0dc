"""Builds small record sets whose numbers name their view and frame.

Joint n of frame f of view v stands at pixel (f + n/100, v + n/100) and at
(v, f, 1) (1 + n/10) metres, so that both halves of a window can be traced back.
"""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import pathlib

import numpy as np
import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.data import manifest, records
from dgnet_tf.files import provenance

IMAGE_SIZE = (1000.0, 800.0)
HEAD = 10  # A joint of human36m_17 that flips leave in its place.


@dataclasses.dataclass(frozen=True)
class Take:
    """A view to write: its number, frames and invalid frames."""

    number: int
    frames: int
    invalid: tuple[int, ...] = ()
    intrinsics: tuple[float, ...] = (1100, 1100, 510, 390, 0, 0, 0, 0, 0)

    def arrays(self, joints: int) -> dict:
        """Keypoints (F, N, 2), confidence (F, N), positions (F, N, 3), valid (F,)."""
        frame = np.arange(self.frames)[:, None]
        joint = np.arange(joints)
        view = np.full((self.frames, 1), self.number)
        keypoints = np.stack([frame + joint / 100, view + joint / 100], axis=-1)
        scale = 1 + joint / 10
        depth = np.ones((self.frames, 1))
        positions = np.stack([view * scale, frame * scale, depth * scale], axis=-1)
        valid = np.ones(self.frames, np.int64)
        valid[list(self.invalid)] = 0
        return {
            "keypoints": keypoints.astype(np.float32),
            "confidence": np.full((self.frames, joints), 0.5, np.float32),
            "positions": positions.astype(np.float32),
            "valid": valid,
        }

    def ids(self) -> dict:
        """The view's ids."""
        return {
            "subject": f"S{self.number:03d}",
            "action": "Walking",
            "take": "1",
            "camera": "c0",
        }


def takes(*lengths: int) -> list[Take]:
    """Views numbered from 1, without invalid frames."""
    return [Take(i + 1, length) for i, length in enumerate(lengths)]


def record_list(take, record_frames=16, record_overlap=6, joints=17) -> list[dict]:
    """Splits a view into its records."""
    step = record_frames - record_overlap
    result = []
    for first in range(0, max(take.frames - record_overlap, 1), step):
        count = min(record_frames, take.frames - first)
        record = {
            "intrinsics": np.array(take.intrinsics, np.float32),
            "image_size": np.array(IMAGE_SIZE, np.float32),
            "fps": 50.0,
            "frames": count,
            "first_frame": first,
            "view_frames": take.frames,
            **take.ids(),
        }
        for name, array in take.arrays(joints).items():
            part = array[first : first + count]
            padding = np.repeat(part[-1:], record_frames - count, axis=0)
            record[name] = np.concatenate(
                [part, 0 * padding if name == "valid" else padding]
            )
        result.append(record)
    return result


def write(
    folder,
    splits: dict[str, list[Take]],
    record_frames: int = 16,
    record_overlap: int = 6,
    skeleton: str = "human36m_17",
    shards: int = 3,
    leave_out=lambda record: False,
) -> pathlib.Path:
    """Writes a record set: evaluation splits in order, "train" scattered."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    joints = len(skeletons.get(skeleton).joints)
    described = {}
    for split, views in splits.items():
        rows = [
            record
            for view in views
            for record in record_list(view, record_frames, record_overlap, joints)
            if not leave_out(record)
        ]
        if split == "train":
            order = np.random.default_rng(0).permutation(len(rows))
            rows = [rows[i] for i in order]
        count = min(shards, len(rows))
        files = []
        for i in range(count):
            path = folder / f"{split}-{i:05d}-of-{count:05d}.tfrecord"
            part = rows[len(rows) * i // count : len(rows) * (i + 1) // count]
            write_file(path, part, record_frames, joints)
            files.append(describe(path, len(part)))
        described[split] = manifest.Split(
            sequences=len(views),
            frames=sum(view.frames for view in views),
            seconds=sum(view.frames for view in views) / 50.0,
            records=len(rows),
            subjects=tuple(view.ids()["subject"] for view in views),
            mean_pose=((0.0, 0.0, 0.0),) * joints,
            shards=tuple(files),
        )
    data = manifest.Manifest(
        dataset="synthetic",
        skeleton=skeleton,
        fps=50.0,
        record_frames=record_frames,
        record_overlap=record_overlap,
        options={"cameras": 1},
        sources={"walker.npz": "00"},
        splits=described,
    )
    (folder / manifest.FILE_NAME).write_text(manifest.dumps(data))
    return folder


def write_file(path, rows, record_frames, joints):
    """Writes records to one file."""
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in rows:
            writer.write(records.encode(record, record_frames, joints))


def describe(path, count) -> manifest.Shard:
    """A file's entry in the manifest."""
    return manifest.Shard(
        file=path.name,
        records=count,
        bytes=path.stat().st_size,
        sha256=provenance.sha256(path),
    )


def trace(batches) -> list[tuple[int, ...]]:
    """(view, frame, frame, ...) of each window, read off its keypoints' joint 0."""
    found = []
    for keypoints, _ in batches:
        width, height = IMAGE_SIZE
        x = (keypoints.numpy()[:, :, 0, 0] + 1) * width / 2
        y = (keypoints.numpy()[:, :, 0, 1] * width + height) / 2
        for view, frame in zip(np.rint(y), np.rint(x), strict=True):
            assert len(set(view)) == 1
            found.append((int(view[0]), *map(int, frame)))
    return found


def frame_counts(traced) -> collections.Counter:
    """How often each (view, frame) occurs in windows from `trace`."""
    return collections.Counter(
        (view, frame) for view, *frames in traced for frame in frames
    )


def all_frames(views) -> set[tuple[int, int]]:
    """The (view, frame) pairs of views."""
    return {(view.number, frame) for view in views for frame in range(view.frames)}


def digest(batches) -> str:
    """Digest of all numbers of all batches."""
    found = hashlib.sha256()
    for keypoints, targets in batches:
        found.update(keypoints.numpy().tobytes())
        for name in sorted(targets):
            found.update(name.encode() + targets[name].numpy().tobytes())
    return found.hexdigest()
