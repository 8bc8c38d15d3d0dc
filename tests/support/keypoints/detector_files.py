"""Writes keypoints in the true layouts of the detectors' files.

A sighting is (frame, person, (J, 3) x, y, score); `person` is None without tracking.
"""

import json

import numpy as np
from scipy import io

from dgnet_tf.keypoints import layouts

SIZE = (640, 480)


def body(layout, x=200.0, y=150.0, scale=1.0):
    """A person, shoulders above hips, whose joints all differ: (J, 3)."""
    names = layouts.get(layout).joints
    joint = np.arange(len(names))
    across, down = joint * 37 % 50, joint * 53 % 100
    shoulders, hips = (
        sum(down[names.index(f"{side}_{name}")] for side in ("left", "right"))
        for name in ("shoulder", "hip")
    )
    if shoulders > hips:
        down = 99 - down
    return np.stack([x + scale * across, y + scale * down, 0.5 + joint / 100], axis=1)


def walk(layout, frames=6, person=None, x=200.0, step=4.0, first=0, **options):
    """Sightings of a person who moves to the right, or to the left."""
    return [
        (first + f, person, body(layout, x + step * f, **options))
        for f in range(frames)
    ]


def write_json(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path


def coco(path, sightings):
    """What COCO calls results; `track_id` as trackers add it."""
    entries = []
    for frame, person, rows in sightings:
        (left, top), (right, bottom) = rows[:, :2].min(0), rows[:, :2].max(0)
        entry = {
            "image_id": frame,
            "category_id": 1,
            "keypoints": rows.ravel().tolist(),
            "bbox": [left, top, right - left, bottom - top],
            "score": 0.9,
        }
        entries.append(entry if person is None else {**entry, "track_id": person})
    return write_json(path, entries)


def alphapose(path, sightings):
    """AlphaPose's: images by name, scores beyond 1; idx [0.0] without tracking."""
    return write_json(
        path,
        [
            {
                "image_id": f"{frame}.jpg",
                "category_id": 1,
                "keypoints": rows.ravel().tolist(),
                "score": 2.7,
                "box": [1.0, 2.0, 3.0, 4.0],
                "idx": [0.0] if person is None else person,
            }
            for frame, person, rows in sightings
        ],
    )


def openpose(folder, sightings, frames=None):
    """OpenPose's folder: a file for each frame, shown or not."""
    folder.mkdir(parents=True, exist_ok=True)
    for frame in range(frames or 1 + max(frame for frame, *_ in sightings)):
        people = [
            {
                "person_id": [-1 if person is None else person],
                "pose_keypoints_2d": rows.ravel().tolist(),
                "face_keypoints_2d": [],
                "hand_left_keypoints_2d": [],
                "pose_keypoints_3d": [],
            }
            for f, person, rows in sightings
            if f == frame
        ]
        content = {"version": 1.3, "people": people}
        write_json(folder / f"video_{frame:012d}_keypoints.json", content)
    return folder


def mmpose(path, sightings, demo=True):
    """MMPose's: boxes stand in a list of their own; demos count from 1."""
    frames = []
    for frame in range(1 + max(frame for frame, *_ in sightings)):
        instances = [
            {
                "keypoints": rows[:, :2].tolist(),
                "keypoint_scores": rows[:, 2].tolist(),
                "bbox": [[1.0, 2.0, 3.0, 4.0]],
                "bbox_score": 0.9,
                **({} if person is None else {"track_id": person}),
            }
            for f, person, rows in sightings
            if f == frame
        ]
        frames.append({"frame_id": frame + demo, "instances": instances})
    meta = {"dataset_name": "coco", "num_keypoints": 17}
    content = {"meta_info": meta, "instance_info": frames} if demo else frames
    return write_json(path, content)


def landmarks(rows, size=SIZE):
    """One person as MediaPipe has it."""
    return [
        {"x": x / size[0], "y": y / size[1], "z": 0.1, "visibility": v, "presence": v}
        for x, y, v in rows.tolist()
    ]


def mediapipe(path, sightings, frames):
    """MediaPipe's results of each frame, null where nobody is seen."""
    content = []
    for frame in range(frames):
        people = [landmarks(rows) for f, _, rows in sightings if f == frame]
        content.append({"pose_landmarks": people or None, "timestamp_ms": 33 * frame})
    return write_json(path, content)


def detectron(path, sightings, frames, older=False):
    """VideoPose3D's scripts: object arrays [frame][class]; people are class 1."""
    boxes, keypoints = [], []
    for frame in range(frames):
        people = [
            np.stack([rows[:, 0], rows[:, 1], 0 * rows[:, 2], rows[:, 2]]).astype("f4")
            for f, _, rows in sightings
            if f == frame
        ]
        keypoints.append([[], people if older or not people else np.stack(people)])
        boxes.append([[], np.zeros((len(people), 5), "f4") if people else []])
    arrays = {}
    for name, rows in (("boxes", boxes), ("keypoints", keypoints)):
        arrays[name] = np.empty((frames, 2), object)
        for frame, classes in enumerate(rows):
            arrays[name][frame, 0], arrays[name][frame, 1] = classes
    np.savez_compressed(
        path,
        **arrays,
        segments=np.array([None] * frames),
        metadata={"w": SIZE[0], "h": SIZE[1]},
    )
    return path


def penn_action(path, rows, visibility=None, size=SIZE, **others):
    """A label file: MATLAB's doubles, and its [height, width, frames]."""
    frames = len(rows)
    content = {
        "action": "baseball_pitch",
        "pose": "front",
        "x": rows[..., 0],
        "y": rows[..., 1],
        "visibility": np.ones((frames, 13)) if visibility is None else visibility,
        "train": np.array([[1.0]]),
        "bbox": np.zeros((frames, 4)),
        "dimensions": np.array([[size[1], size[0], frames]], float),
        "nframes": np.array([[float(frames)]]),
    }
    io.savemat(path, {**content, **others})
    return path
