"""Compares keypoints with the image that they are said to be of."""

from __future__ import annotations

import math

import numpy as np

from dgnet_tf.errors import UserError, warn
from dgnet_tf.keypoints import layouts

# What keypoints outside of the image may make up, each weighted by its confidence:
# detectors extrapolate past the border, but seldom and not far.
MOST_OUTSIDE = 0.05
FAR = 0.1  # of the side
# Share of the keypoints that the image's size must hold to be suggested.
_FITS = 0.99
# Nobody who moves is upside down in a larger share of the frames.
_NEARLY_ALL = 0.9
_FEW = 10  # frames of people, from which on a share says something
_BORDER = 1.0  # pixels that rounding may put a keypoint outside
_USUAL = ((640, 480), (1280, 720), (1920, 1080), (2560, 1440), (3840, 2160))


def check(path, people, image_size, in_pixels: bool = True, stated: bool = False):
    """Checks that tracks, of which one has a visible joint, can be pixels of an image.

    One line says so where a few keypoints lie outside of the image, or all in its upper
    left quarter, as those of a smaller video do.

    Args:
        path: the file, for messages.
        people: the tracks.
        image_size: width and height of the video, pixels.
        in_pixels: whether the file gives pixels, and not shares of the image, which
            say nothing of its size.
        stated: whether the file states the size.

    Raises:
        UserError: if they look normalised, if too many lie outside, or if the size with
            its sides swapped holds clearly more of them; with a size that would fit.
    """
    seen = np.concatenate([p.keypoints[p.confidence > 0] for p in people])
    weights = np.concatenate([p.confidence[p.confidence > 0] for p in people])
    weights = weights / weights.sum()
    extent = np.ptp(seen, axis=0).max()
    if extent < 4:
        raise UserError(
            f"{path}: all keypoints lie within {extent:.2g} pixels; they look "
            "normalised. Give pixels."
        )
    size = np.array(image_size, float)
    inside = _held(seen, weights, size)
    if not in_pixels:
        if inside < 0.5:
            raise UserError(
                f"{path}: only {inside:.0%} of the landmarks lie in the image, from 0 "
                "to 1. Give the landmarks of one whole image."
            )
        return
    far = 1 - _held(seen, weights, size, FAR * size)
    swapped = _held(seen, weights, size[::-1])
    if far > MOST_OUTSIDE or swapped - inside > MOST_OUTSIDE:
        raise UserError(
            f"{path}: only {_percent(inside)} of the keypoints lie in the "
            f"{_named(image_size)} image. {_advice(seen, weights, size)}"
        )
    outside = int((~_within(seen, size, _BORDER)).sum())
    if outside:
        warn(
            f"{path}: {outside} of {len(seen)} keypoints lie outside of the "
            f"{_named(image_size)} image, up to {_farthest(seen, size):.0f} pixels."
        )
    elif (seen <= size / 2).all() and not stated:
        warn(
            f"{path}: all keypoints lie in the upper left quarter of the "
            f"{_named(image_size)} image, and reach "
            f"{_named(np.ceil(seen.max(axis=0)))}. Is --image_size the video's own?"
        )


def warn_if_upside_down(path, people, layout: str):
    """Says so where people are upside down in nearly all frames: y may point up."""
    joints = layouts.get(layout).joints
    shoulders, hips = (
        [joints.index(f"{side}_{name}") for side in ("left", "right")]
        for name in ("shoulder", "hip")
    )
    below = []
    for person in people:
        seen = (person.confidence[:, shoulders + hips] > 0).all(axis=-1)
        y = person.keypoints[seen, :, 1]
        below.append(y[:, shoulders].mean(axis=-1) > y[:, hips].mean(axis=-1))
    share = np.concatenate(below)
    if len(share) >= _FEW and share.mean() > _NEARLY_ALL:
        warn(
            f"{path}: shoulders lie below hips in {_percent(share.mean())} of the "
            "frames. y must point down, from the image's upper edge; if the file's "
            "points up, give the image's height less y."
        )


def _within(points, size, margin=0.0) -> np.ndarray:
    return ((points >= -margin) & (points <= size + margin)).all(axis=-1)


def _held(points, weights, size, margin=0.0) -> float:
    """Returns the share of the keypoints that an image holds, by their confidence."""
    return float(weights[_within(points, size, margin)].sum())


def _advice(points, weights, size) -> str:
    landscape = size[0] >= size[1]
    usual = [side if landscape else side[::-1] for side in _USUAL]
    other = [side[::-1] for side in usual]
    for fitting in (tuple(size[::-1]), *usual, *other):
        if _held(points, weights, np.array(fitting, float)) >= _FITS:
            return (
                f"The keypoints fit {_named(fitting)}: give the video's own "
                "--image_size."
            )
    reach = np.ceil(np.quantile(points, _FITS, axis=0))
    if (np.quantile(points, 1 - _FITS, axis=0) >= 0).all() and (reach > size).any():
        return f"They reach {_named(reach)}: give pixels, and the video's --image_size."
    return "Give pixels from the upper left corner, and the video's own --image_size."


def _farthest(points, size) -> float:
    return float(np.maximum(-points, points - size).max())


def _named(size) -> str:
    return "{:.0f}x{:.0f}".format(*size)


def _percent(share: float) -> str:
    return f"{math.floor(100 * share + 1e-6)}%"
