"""Runs MediaPipe's own pose pipeline on a video; works alone, in another Python.

PYTHON benchmarks/footage/mediapipe_pose.py HEAVY.tflite VIDEO OUTPUT.npz

PYTHON has `mediapipe` 0.10.21, the last with networks, and `av`. That wheel lacks the
heavy landmark network and would fetch it: HEAVY.tflite, of the npm package
`@mediapipe/pose`, is put where it looks. OUTPUT gets `rows` (F, 33, 3), x and y in
pixels and visibility, `positions` (F, 33, 3) metres, NaN where nobody is found,
`image_size` and `milliseconds` a frame.
"""

from __future__ import annotations

import pathlib
import shutil
import sys
import time

import av
import mediapipe
import numpy as np


def main(heavy, video, output):
    """Writes what MediaPipe finds."""
    package = pathlib.Path(mediapipe.__file__).parent
    shutil.copy(heavy, package / "modules/pose_landmark/pose_landmark_heavy.tflite")
    pose = mediapipe.solutions.pose.Pose(model_complexity=2)
    rows, positions, spent = [], [], []
    with av.open(video) as container:
        for frame in container.decode(video=0):
            image = frame.to_ndarray(format="rgb24")
            height, width = image.shape[:2]
            begun = time.perf_counter()
            found = pose.process(image)
            spent.append(1000 * (time.perf_counter() - begun))
            if found.pose_landmarks is None:
                rows.append(np.full((33, 3), np.nan))
                positions.append(np.full((33, 3), np.nan))
                continue
            seen, world = found.pose_landmarks, found.pose_world_landmarks
            rows.append(
                [[p.x * width, p.y * height, p.visibility] for p in seen.landmark]
            )
            positions.append([[p.x, p.y, p.z] for p in world.landmark])
    np.savez(
        output,
        rows=np.array(rows),
        positions=np.array(positions),
        image_size=(width, height),
        milliseconds=np.median(spent),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
