"""A person before made-up cameras, and wheels laid out like Pose2Sim's."""

import hashlib
import json
import zipfile

import numpy as np

from benchmarks.footage import pose2sim_trials
from dgnet_tf import skeletons
from dgnet_tf.keypoints import layouts
from dgnet_tf.keypoints.tracks import Track
from support.footage.synthetic_rig import rig, seen

FRAMES = 6
SKELETON = skeletons.get("human36m_17")


def person(seed=0):
    """The 25 keypoints of a person who moves: (F, 25, 3), metres."""
    rng = np.random.default_rng(seed)
    body = rng.uniform([-0.4, -0.4, 0.1], [0.4, 0.4, 1.7], (25, 3))
    return body + np.linspace(0, 0.3, FRAMES)[:, None, None]


def tracks(cameras, points):
    """A track for each camera."""
    pixels = seen(cameras, points)
    return [Track("1", 0, row, np.full(row.shape[:-1], 0.8)) for row in pixels]


def joints(points):
    """The skeleton's joints, (F, 17, 3)."""
    return layouts.convert(
        points, np.ones(points.shape[:-1]), "openpose_25b", SKELETON.name
    )[0]


def calibration(cameras):
    """Qualisys' file: millimetres, 64ths of a pixel, cameras that look along -z."""
    rows = []
    for camera in cameras:
        turned = np.diag([1, -1, -1]) @ camera.rotation
        rotation = " ".join(
            f'r{i + 1}{j + 1}="{float(turned[i, j])}"'
            for i in range(3)
            for j in range(3)
        )
        x, y, z = (1000 * camera.center).tolist()
        fu, fv = (64 * camera.focal).tolist()
        cu, cv = (64 * camera.principal).tolist()
        k1, k2, p1, p2 = (64 * camera.distortion).tolist()
        rows.append(
            f'<camera serial="{camera.name}">'
            '<fov_video_max left="0" top="0" right="1087" bottom="1919"/>'
            f'<transform {rotation} x="{x}" y="{y}" z="{z}"/>'
            f'<intrinsic focalLengthU="{fu}" focalLengthV="{fv}" centerPointU="{cu}" '
            f'centerPointV="{cv}" radialDistortion1="{k1}" radialDistortion2="{k2}" '
            f'tangentalDistortion1="{p1}" tangentalDistortion2="{p2}"/></camera>'
        )
    return f"<calibration><cameras>{''.join(rows)}</cameras></calibration>".encode()


def write_wheels(folder, monkeypatch, people):
    """Writes both wheels, with the parts of the real ones that are read.

    The first trial shows the first of `people`, the second all.
    """
    cameras = rig()
    films, poses = pose2sim_trials.VIDEOS, pose2sim_trials.DETECTIONS
    with zipfile.ZipFile(folder / films.name, "w") as archive:
        demo = "Pose2Sim/Demo_SinglePerson"
        archive.writestr(f"{demo}/calibration/Calib.qca.txt", calibration(cameras))
        for kind in ("SinglePerson", "MultiPerson"):
            for index in range(1, len(cameras) + 1):
                name = f"Pose2Sim/Demo_{kind}/videos/cam{index:02d}.mp4"
                archive.writestr(name, "x")
    session = "Pose2Sim/S00_Demo_Session"
    trials = {
        f"{session}/S00_P00_SingleParticipant/S00_P00_T01_BalancingTrial": people[:1],
        f"{session}/S00_P01_MultiParticipants/S00_P01_T02_Participants1-2": people,
    }
    with zipfile.ZipFile(folder / poses.name, "w") as archive:
        for trial, shown in trials.items():
            archive.writestr(f"{trial}/pose/cam01_json/notes.txt", "x")
            pixels = [seen(cameras, points) for points in shown]
            for camera in range(len(cameras)):
                for frame in range(FRAMES):
                    rows = [
                        np.concatenate(
                            [one[camera, frame], np.full((25, 1), 0.8)], axis=1
                        )
                        for one in pixels
                    ]
                    found = [
                        {"pose_keypoints_2d": row.ravel().tolist()} for row in rows
                    ]
                    name = f"cam{camera + 1:02d}"
                    archive.writestr(
                        f"{trial}/pose/{name}_json/{name}.{frame:04d}.json",
                        json.dumps({"people": found}),
                    )
    for name in ("VIDEOS", "DETECTIONS"):
        known = getattr(pose2sim_trials, name)
        digest = hashlib.sha256((folder / known.name).read_bytes()).hexdigest()
        monkeypatch.setattr(
            pose2sim_trials,
            name,
            pose2sim_trials.Wheel(known.version, digest, known.size),
        )
