"""Writes files as Sports2D and Pose2Sim write them."""

import json

import numpy as np

# The markers of Pose2Sim's HALPE_26, in its order, and the layout's names of them.
HALPE_MARKERS = {
    "Hip": "hip", "RHip": "right_hip", "RKnee": "right_knee", "RAnkle": "right_ankle",
    "RBigToe": "right_big_toe", "RSmallToe": "right_small_toe", "RHeel": "right_heel",
    "LHip": "left_hip", "LKnee": "left_knee", "LAnkle": "left_ankle",
    "LBigToe": "left_big_toe", "LSmallToe": "left_small_toe", "LHeel": "left_heel",
    "Neck": "neck", "Head": "head", "Nose": "nose", "RShoulder": "right_shoulder",
    "RElbow": "right_elbow", "RWrist": "right_wrist", "LShoulder": "left_shoulder",
    "LElbow": "left_elbow", "LWrist": "left_wrist",
}  # fmt: skip


def trc(path, markers, places, *, rate=30, first=0):
    """A .trc file; places are (F, markers, 3), NaN for an empty cell."""
    frames = len(places)
    head = [
        f"PathFileType\t4\t(X/Y/Z)\t{path}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\t"
        "OrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{frames}\t{len(markers)}\tm\t{rate}\t0\t{frames}",
        "Frame#\tTime\t" + "\t\t\t".join(markers) + "\t\t\t",
        "\t\t" + "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, len(markers) + 1)),
    ]
    rows = []
    for index, pose in enumerate(places):
        cells = [
            "" if np.isnan(value) else repr(value) for value in pose.ravel().tolist()
        ]
        rows.append("\t".join([str(index), repr((first + index) / rate), *cells]))
    path.write_text("\n".join([*head, *rows]) + "\n")
    return path


def openpose_frame(path, people):
    """Pose2Sim's JSON of one frame: (J, 3) of each person; None for one unmatched."""
    content = []
    for rows in people:
        lists = {"pose_keypoints_2d": [] if rows is None else rows.ravel().tolist()}
        for part in ("face", "hand_left", "hand_right"):
            lists[f"{part}_keypoints_2d"] = lists[f"{part}_keypoints_3d"] = []
        content.append({} if rows is None else {"person_id": [-1], **lists})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"version": 1.3, "people": content}))
    return path
