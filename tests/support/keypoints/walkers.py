"""Procedural walkers as a detector sees them, some of whom meet."""

import numpy as np

from dgnet_tf.keypoints.detections import Detection
from preprocessing.datasets import walker

SIZE = (1920, 1080)
_FOCAL, _DISTANCE = 1100.0, 6.0


def walk(seed, frames, fps=25.0, start=-2.0, speed=1.4, behind=0.0):
    """A person, 300 pixels high, who crosses the picture: (frames, 17, 2) pixels.

    `start` is where, in metres to the right of the middle; `speed` in metres a second
    to the right, to the left if negative; `behind`, in metres, farther from the camera.
    """
    times = np.arange(frames) / fps
    at = np.round(times * walker.FPS).astype(int)
    body = walker.motion(seed % 8, "walk", at[-1] + 1, seed)[at]
    body = body - body[:, :1] * [1, 1, 0]
    # Along the picture: a walk turns by itself.
    left = body[:, 4, :2] - body[:, 1, :2]
    turn = (np.pi if speed < 0 else 0) - np.arctan2(-left[:, 0], left[:, 1])
    x, y, z = np.moveaxis(body, -1, 0)
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
    right = cos * x - sin * y + start + speed * times[:, None]
    depth = _DISTANCE + behind + sin * x + cos * y
    pixels = np.stack([right, 1.0 - z], axis=-1) * _FOCAL / depth[..., None]
    return pixels + np.array(SIZE) / 2


def detected(seed, pixels, person=None, first=0, noise=3.0):
    """What a detector makes of (F, J, 2) pixels: a detection for each frame."""
    rng = np.random.default_rng(seed)
    pixels = pixels + rng.normal(0, noise, pixels.shape)
    scores = rng.uniform(0.6, 0.95, pixels.shape[:2])
    return [
        Detection(first + frame, points, score, person)
        for frame, (points, score) in enumerate(zip(pixels, scores, strict=True))
    ]


def meeting(seed, fps=25.0, speed=1.4):
    """Two who pass each other half a metre apart, in five seconds; one list each."""
    frames, rng = int(5 * fps), np.random.default_rng(seed)
    return [
        detected(
            seed + number,
            walk(
                int(rng.integers(1000)),
                frames,
                fps,
                *(-2.5 * way * speed, way * speed, 0.5 * number),
            ),
        )
        for number, way in enumerate((1, -1))
    ]
