"""Broken keypoint files of every kind: success or a clear error, nothing else."""

import json
import random

import numpy as np
import pytest
from support import damage
from support.keypoints import detector_files
from support.keypoints.detector_files import SIZE, landmarks, walk

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import keypoint_files

CASES = 150


def outcome(path, layout):
    """Reads a file; its people, or None if it was refused."""
    try:
        found = keypoint_files.read(path, layout, SIZE)
    except UserError as error:
        assert str(path) in str(error)
        assert len(str(error)) < 1000
        assert "\n" not in str(error)
        return None
    for person in found.people:
        assert person.keypoints.shape == (*person.confidence.shape, 2)
        seen = person.confidence > 0
        assert np.isfinite(person.keypoints[seen]).all()
        assert np.isnan(person.keypoints[~seen]).all()
        person.person.encode()
    return found.people


def json_files(folder):
    two = [*walk("coco_17", 3, 1), *walk("coco_17", 3, 2, x=400.0)]
    yield "coco_17", detector_files.coco(folder / "coco.json", two)
    two = [*walk("halpe_26", 3), *walk("halpe_26", 3, x=400.0)]
    yield "halpe_26", detector_files.alphapose(folder / "alphapose.json", two)
    yield "coco_17", detector_files.mmpose(folder / "a.json", walk("coco_17", 3))
    yield "coco_17", detector_files.mmpose(folder / "b.json", walk("coco_17", 3), False)
    sightings = walk("mediapipe_33", 3)
    yield "mediapipe_33", detector_files.mediapipe(folder / "m.json", sightings, 4)
    bare = [landmarks(rows) for *_, rows in sightings]
    yield "mediapipe_33", detector_files.write_json(folder / "n.json", bare)
    openpose = detector_files.openpose(folder / "f", walk("openpose_25", 1))
    yield "openpose_25", next(openpose.iterdir())


@pytest.mark.parametrize("kind", range(7))
def test_json_with_odd_nodes_is_read_or_refused(tmp_path, kind):
    layout, path = list(json_files(tmp_path))[kind]
    content = json.loads(path.read_text())
    rng = random.Random(kind)
    outcomes = set()
    for _ in range(CASES):
        broken = damage.of_content(content, rng, damage.PLAIN)
        path.write_text(json.dumps(broken))
        outcomes.add(outcome(path, layout) is None)
    assert outcomes == {True, False}


def binary_files(folder):
    sightings = walk("coco_17", 4)
    yield "coco_17", detector_files.detectron(folder / "d.npz", sightings, 5)
    rows = np.stack([rows for *_, rows in walk("penn_action_13", 4)])
    yield "penn_action_13", detector_files.penn_action(folder / "p.mat", rows)
    rows = np.stack([rows for *_, rows in sightings])
    np.savez(folder / "k.npz", keypoints=rows[..., :2], confidence=rows[..., 2])
    yield "coco_17", folder / "k.npz"
    np.save(folder / "k.npy", rows)
    yield "coco_17", folder / "k.npy"
    names = [f"{axis}{i}" for i in range(33) for axis in "xyv"]
    table = [rows.ravel() / 1000 for *_, rows in walk("mediapipe_33", 4)]
    lines = [",".join(map(str, row)) for row in (names, *table)]
    (folder / "m.csv").write_text("\n".join(lines))
    yield "mediapipe_33", folder / "m.csv"
    yield "coco_17", detector_files.coco(folder / "c.json", sightings)


@pytest.mark.parametrize("kind", range(6))
def test_files_with_odd_bytes_are_read_or_refused(tmp_path, kind):
    layout, path = list(binary_files(tmp_path))[kind]
    whole = path.read_bytes()
    rng = random.Random(kind)
    refused = 0
    for _ in range(CASES):
        path.write_bytes(damage.of_bytes(whole, rng))
        refused += outcome(path, layout) is None
    assert refused >= CASES // 4


def test_a_folder_with_one_odd_frame_is_read_or_refused(tmp_path):
    folder = detector_files.openpose(tmp_path / "f", walk("openpose_25", 4, person=5))
    frame = sorted(folder.iterdir())[2]
    content = json.loads(frame.read_text())
    rng = random.Random(0)
    for _ in range(CASES):
        broken = damage.of_content(content, rng, damage.PLAIN)
        frame.write_text(json.dumps(broken))
        try:
            keypoint_files.read(folder, "openpose_25", SIZE)
        except UserError as error:
            assert str(folder) in str(error)
