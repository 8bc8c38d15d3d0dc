"""Writes wheels laid out like the sample's, with made captures."""

import hashlib
import io
import zipfile

import numpy as np

FRAMES = 25  # at 120 a second: 11 at 50


def capture(clip):
    """Joint j of frame f stands at (j, j / 10, f / 120 + clip)."""
    positions = np.zeros((FRAMES, 53, 3), np.float32)
    positions[..., 0] = np.arange(53)
    positions[..., 1] = np.arange(53) / 10
    positions[..., 2] = np.arange(FRAMES)[:, None] / 120 + clip
    return positions


def write(path, captures=None):
    """Writes a wheel, of all five clips if none are given; returns its digest."""
    if captures is None:
        captures = {clip: capture(clip) for clip in range(5)}
    with zipfile.ZipFile(path, "w") as archive:
        for clip, positions in captures.items():
            take = f"mocap_climb_seq_{clip}"
            frames = ("f900-3700", "f0-2422", "f100-3110", "f200-2600", "f0-2303")[clip]
            buffer = io.BytesIO()
            np.save(buffer, positions)
            archive.writestr(
                f"holosoma_retargeting/demo_data/climb/{take}/"
                f"{take}_joint_positions_{frames}.npy",
                buffer.getvalue(),
            )
    return hashlib.sha256(path.read_bytes()).hexdigest()
