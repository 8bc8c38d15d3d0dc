"""The keypoints of one camera that are lifted, and where they come from."""

from __future__ import annotations

import dataclasses
import pathlib
import subprocess
import tempfile
import time

import numpy as np

from benchmarks.footage import triangulation
from benchmarks.motion import keypoint_noise
from dgnet_tf.command_line import children
from dgnet_tf.detection import detectors, networks, video
from dgnet_tf.detection.detector import Seen
from dgnet_tf.errors import UserError
from dgnet_tf.files import atomic, npz_files
from dgnet_tf.keypoints.tracks import Track

DETECTOR = "mediapipe_33"
_FOUND = ("rows", "positions", "image_size", "milliseconds")
# The cameras of Human3.6M and the virtual ones: what models are trained with.
TRAINED_FOCAL, TRAINED_SIZE = 1145.0, (1000, 1000)


@dataclasses.dataclass(frozen=True, eq=False)
class View:
    """Keypoints of one camera.

    Attributes:
        camera: that sees them.
        track: from frame 0 on; NaN and confidence 0 where nobody is found.
        layout: of the keypoints.
        positions: (F, J, 3) the detector's own 3-D, metres, camera axes, NaN where
            nobody is found; None without.
        milliseconds: that the detector took for a frame; None where none ran.
    """

    camera: triangulation.Camera
    track: Track
    layout: str
    positions: np.ndarray | None = None
    milliseconds: float | None = None


def detected(camera, path, find, argument, kept=None) -> View:
    """Returns what a detector finds in a video.

    Args:
        camera: that filmed it; its image's size is taken of the video, as some are
            cropped by a few pixels.
        path: the video.
        find: `blazepose` or `mediapipe`.
        argument: of that, besides the video.
        kept: file that is read in place of the video if it is there, and else
            written; None keeps nothing.
    """
    if kept is not None and kept.is_file():
        found = npz_files.read(kept, _FOUND)
    else:
        found = find(path, argument)
        if kept is not None:
            atomic.write_bytes(kept, npz_files.packed(found))
    rows = found["rows"]
    track = Track("1", 0, rows[..., :2], np.nan_to_num(rows[..., 2]))
    size = tuple(map(int, found["image_size"]))
    camera = dataclasses.replace(camera, image_size=size)
    spent = float(found["milliseconds"])
    return View(camera, track, DETECTOR, found["positions"], spent)


def blazepose(path, weights) -> dict[str, np.ndarray]:
    """Runs our detector on a video; `weights` as in `networks.find`.

    Returns:
        `rows` (F, 33, 3), x and y in pixels and confidence, and `positions` (F, 33, 3)
        metres, both NaN where nobody is found; `image_size`; `milliseconds`, the
        median for a frame.
    """
    finder, looked = detectors.load("blazepose", weights), video.look_through(path)
    missing = np.full((33, 3), np.nan)
    nobody = Seen(missing, positions=missing)
    people, spent = [], []
    for frame in looked.frames():
        begun = time.perf_counter()
        seen = finder.detect(frame.image)
        spent.append(1000 * (time.perf_counter() - begun))
        people.append(seen[0] if seen else nobody)
    return {
        "rows": np.stack([one.rows for one in people]),
        "positions": np.stack([one.positions for one in people]),
        "image_size": np.array(looked.image_size),
        "milliseconds": np.median(spent),
    }


def mediapipe(path, python) -> dict[str, np.ndarray]:
    """Runs MediaPipe's own pipeline on a video, in another Python; as `blazepose`.

    Raises:
        UserError: if it fails.
    """
    script = pathlib.Path(__file__).with_name("mediapipe_pose.py")
    kept = pathlib.Path(networks.CACHE).expanduser() / networks.FOLDER
    heavy = kept / "pose_landmark_heavy.tflite"
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder) / "found.npz"
        command = [*map(str, (python, script, heavy, path, output))]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        run = children.completed(command, **pipes)
        if run.returncode or not output.is_file():
            reason = children.last_words(run)
            raise UserError(
                f"--mediapipe={python}: failed on {path.name} ({reason[:200]}). Name a "
                "Python with mediapipe 0.10.21 and av."
            )
        return npz_files.read(output, _FOUND)


def exact(camera, positions: np.ndarray, skeleton: str) -> View:
    """Returns the projections of a motion (F, N, 3), world axes."""
    pixels = triangulation.project(camera, positions)
    seen = np.isfinite(pixels).all(axis=-1)
    return View(camera, Track("1", 0, pixels, seen.astype(float)), skeleton)


def noisy(view: View, noise_px: float, correlation: float, seed: int) -> View:
    """Returns a view with noise on its keypoints."""
    pixels = view.track.keypoints
    errors = keypoint_noise.draw(pixels.shape, noise_px, correlation, seed)
    track = dataclasses.replace(view.track, keypoints=pixels + errors)
    return dataclasses.replace(view, track=track)


def levelled(view: View, aim: np.ndarray) -> View:
    """Returns what a camera like those of the training would see in the same place.

    Args:
        view: of a calibrated camera.
        aim: world point that it is turned to, without roll, as the virtual cameras
            are.
    """
    camera = trained(view.camera, aim)
    directions = triangulation.undistort(view.camera, view.track.keypoints)
    rays = np.concatenate([directions, np.ones_like(directions[..., :1])], axis=-1)
    points = view.camera.center + rays @ view.camera.rotation
    pixels = triangulation.project(camera, points)
    track = dataclasses.replace(view.track, keypoints=pixels)
    return View(camera, track, view.layout)


def trained(camera, aim: np.ndarray):
    """Returns a camera in the same place with the training's lens, aimed at a point."""
    forward = (aim - camera.center) / np.linalg.norm(aim - camera.center)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    return dataclasses.replace(
        camera,
        rotation=np.stack([right, np.cross(forward, right), forward]),
        focal=np.full(2, TRAINED_FOCAL),
        principal=np.array(TRAINED_SIZE) / 2,
        distortion=np.zeros(4),
        image_size=TRAINED_SIZE,
    )
