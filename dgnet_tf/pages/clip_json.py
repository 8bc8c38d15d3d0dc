"""Clips as JSON for playback in a browser (`clip_data.js`), arrays as short text."""

from __future__ import annotations

import base64

import numpy as np

from dgnet_tf.drawing import clip as clips
from dgnet_tf.drawing import style

# Stands for NaN among 16-bit whole numbers.
MISSING = -32768
_LARGEST = 32767
# How far times may be from an even beat that stands for them, in frames.
_IN_STEP = 0.25


def encode(clip: clips.Clip) -> dict:
    """Returns a clip as what `json.dumps` takes; arrays are packed to 16 bits."""
    skeleton = clip.skeleton
    places = clips.side_by_side(clip)
    return {
        "title": clip.title,
        "fps": float(clip.fps),
        "image_size": list(clip.image_size),
        "joints": list(skeleton.joints),
        "root": skeleton.root,
        "bones": [[j, p, style.side(skeleton, j)] for j, p in skeleton.edges],
        "first_frame": int(clip.first_frame),
        "frames": int(clip.last_frame - clip.first_frame + 1),
        "times": _encode_times(clip),
        "video": _encode_video(clip.video),
        "people": [
            _encode_person(*both) for both in zip(clip.people, places, strict=True)
        ],
    }


def _encode_times(clip):
    """Returns seconds of each frame, or None where they follow from the rate."""
    if clip.times is None:
        return None
    steady = np.arange(clip.first_frame, clip.last_frame + 1) / clip.fps
    if np.abs(clip.times - steady).max() < _IN_STEP / clip.fps:
        return None
    return np.round(clip.times, 4).tolist()


def _encode_video(video):
    if video is None:
        return None
    data = base64.b64encode(video.content).decode("ascii")
    return {"type": video.type, "start": round(video.start, 6), "data": data}


def _encode_person(person, place):
    target, affinity = person.target, person.affinity
    sure, missing = person.uncertainty_mm, person.missing
    return {
        "name": person.name,
        "first_frame": int(person.first_frame),
        "place": place.tolist(),
        "keypoints": pack(person.keypoints),
        "positions": pack(person.positions),
        "target": None if target is None else pack(target),
        "affinity": None if affinity is None else pack_weights(affinity),
        "uncertainty": None if sure is None else pack(sure),
        "missing": None if missing is None else pack_weights(missing),
    }


def pack(values: np.ndarray) -> dict:
    """Packs numbers to 16 bits each; NaN and infinities become NaN.

    The error is at most half a step of 1/65534 of the numbers' range: under 0.1 mm
    for positions within 10 m, 0.02 px for keypoints within 2,000 px.

    Returns:
        {"type", "shape", "scale", "offset", "data"}: base64 of little-endian whole
        numbers q, each standing for q scale + offset, or for NaN where it is
        `MISSING`.
    """
    values = np.asarray(values, np.float64)
    finite = np.isfinite(values)
    low, high = (values[finite].min(), values[finite].max()) if finite.any() else (0, 0)
    offset, scale = (low + high) / 2, (high - low) / (2 * _LARGEST) or 1.0
    steps = np.rint((np.where(finite, values, offset) - offset) / scale)
    return _packed(np.where(finite, steps, MISSING), "<i2", scale, offset)


def pack_weights(values: np.ndarray) -> dict:
    """Packs the sizes of weights to 8 bits each, as shares of the largest, like `pack`.

    Signs are dropped; what is not finite counts as 0.
    """
    sizes = np.nan_to_num(np.abs(np.asarray(values)), nan=0.0, posinf=0.0)
    scale = float(sizes.max(initial=0.0)) / 255 or 1.0
    return _packed(np.rint(sizes / scale), "u1", scale, 0.0)


def _packed(steps, dtype, scale, offset):
    whole = steps.astype(dtype)
    return {
        "type": whole.dtype.newbyteorder("=").name,
        "shape": list(whole.shape),
        "scale": float(scale),
        "offset": float(offset),
        "data": base64.b64encode(whole.tobytes()).decode("ascii"),
    }
