"""Keypoint files of every kind that are whole, and how a broken one must be refused.

For the tests that break them: by their content in `test_keypoint_garbage`, by what they
claim of memory in `test_keypoint_memory`.
"""

import tracemalloc

import numpy as np
import pytest

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import keypoint_files
from support.keypoints import detector_files
from support.keypoints.detector_files import SIZE, walk

MIB = 1 << 20
GIGABYTES_10 = 10 * 10**9


def csv(path, sightings):
    names = [f"{axis}{i}" for i in range(33) for axis in "xyv"]
    table = [(rows / [SIZE[0], SIZE[1], 1]).ravel().tolist() for *_, rows in sightings]
    path.write_text("\n".join(",".join(map(str, row)) for row in (names, *table)))
    return path


def arrays(path, sightings):
    rows = np.stack([rows for *_, rows in sightings])
    np.savez(path, keypoints=rows[..., :2], confidence=rows[..., 2])
    return path


def array(path, sightings):
    np.save(path, np.stack([rows for *_, rows in sightings]))
    return path


def penn_action(path, sightings):
    return detector_files.penn_action(path, np.stack([rows for *_, rows in sightings]))


def openpose_frame(path, sightings):
    folder = detector_files.openpose(path.parent / "frames", sightings[:1])
    return next(folder.iterdir()).rename(path)


# Layout, ending, and what writes sightings to a file.
KINDS = {
    "coco": ("coco_17", ".json", detector_files.coco),
    "alphapose": ("halpe_26", ".json", detector_files.alphapose),
    "mmpose": ("coco_17", ".json", detector_files.mmpose),
    "mediapipe": (
        "mediapipe_33",
        ".json",
        lambda path, sightings: detector_files.mediapipe(path, sightings, 4),
    ),
    "openpose": ("openpose_25b", ".json", openpose_frame),
    "mediapipe csv": ("mediapipe_33", ".csv", csv),
    "detectron": (
        "coco_17",
        ".npz",
        lambda path, sightings: detector_files.detectron(path, sightings, 4),
    ),
    "penn action": ("penn_action_13", ".mat", penn_action),
    "npz": ("coco_17", ".npz", arrays),
    "npy": ("coco_17", ".npy", array),
}
JSON = [kind for kind, (_, ending, _) in KINDS.items() if ending == ".json"]


def write(folder, kind, change=lambda rows: rows):
    """Writes a file of a kind, its rows changed; its layout and path."""
    layout, ending, writer = KINDS[kind]
    path = folder / f"keypoints{ending}"
    with np.errstate(all="ignore"):
        writer(path, [(f, p, change(rows)) for f, p, rows in walk(layout, 4)])
    return layout, path


def refused(path, layout) -> str:
    """Reads a file that must be refused; the message, after what all must keep to."""
    before = sorted(path.parent.iterdir())
    tracemalloc.start()
    try:
        with pytest.raises(UserError) as error:
            keypoint_files.read(path, layout, SIZE)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 * MIB
    message = str(error.value)
    assert str(path) in message and "\n" not in message and len(message) < 600
    assert sorted(path.parent.iterdir()) == before
    return message


def sparse(path, size, head=b""):
    """A file of that size that takes no room on the disk."""
    with open(path, "wb") as file:
        file.write(head)
        file.truncate(size)
    return path
