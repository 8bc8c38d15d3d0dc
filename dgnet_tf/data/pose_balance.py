"""Sampling of training windows by pose: rare kinds of pose are drawn more often.

A pose's kind is how far the knees and the hips are bent, how far the trunk leans, and
how many wrists are above their shoulders: `KINDS` in all, from standing upright to
sitting on the floor. How rare a kind is follows from one pass over the training
frames, so that any data set can be sampled so.

L frames of a record, T frames of a window, W windows of a record, N joints.
"""

from __future__ import annotations

import math

import numpy as np
import tensorflow as tf

from dgnet_tf.data import actions as chosen_actions
from dgnet_tf.data import cutting, records
from dgnet_tf.data.manifest import Manifest
from dgnet_tf.errors import UserError

# Where a kind ends and the next begins, degrees.
_BENT = (90.0, 120.0, 150.0)  # At the knee and at the hip; 180 is straight.
_LEANING = (20.0, 45.0, 90.0)  # From upright.
KINDS = 4 * 4 * 4 * 3
_MOST = 10.0  # A window is drawn at most this many times as often as without.


def kinds(positions, skeleton):
    """Returns each pose's kind: (..., N, 3) metres, camera axes, to (...) int32.

    The camera's y axis stands for the vertical, which records do not hold.
    """

    def joint(name):
        return positions[..., skeleton.joints.index(name), :]

    sides = "left", "right"
    hips, knees, ankles, shoulders, wrists = (
        [joint(f"{side}_{name}") for side in sides]
        for name in ("hip", "knee", "ankle", "shoulder", "wrist")
    )
    trunk = sum(shoulders) - sum(hips)
    thighs = [knee - hip for knee, hip in zip(knees, hips, strict=True)]
    shins = [ankle - knee for ankle, knee in zip(ankles, knees, strict=True)]
    at_knees = [_angle(-a, b) for a, b in zip(thighs, shins, strict=True)]
    at_hips = [_angle(trunk, thigh) for thigh in thighs]
    leaning = _angle(trunk, tf.constant([0.0, -1.0, 0.0]))
    raised = [
        tf.cast(tf.reduce_sum((wrist - shoulder) * trunk, axis=-1) > 0, tf.int32)
        for wrist, shoulder in zip(wrists, shoulders, strict=True)
    ]
    kind = _step(sum(at_knees) / 2.0, _BENT)
    kind = 4 * kind + _step(sum(at_hips) / 2.0, _BENT)
    kind = 4 * kind + _step(leaning, _LEANING)
    return 3 * kind + sum(raised)


def weights(shares, balance: float) -> np.ndarray:
    """Returns how many times as often each kind is drawn: min(10, c / share^balance).

    `shares` are those of the kinds among the training frames, which sum to 1; c makes
    the mean over frames 1, so that an epoch stays as long. With a balance of 0 each
    weight is 1; with 1 all kinds are drawn equally often, but for the bound. A kind
    that does not occur gets 1.
    """
    shares = np.asarray(shares, np.float64)
    occurs = shares > 0
    found = shares[occurs] ** -balance
    low, high = 0.0, _MOST / found.min()
    for _ in range(100):
        c = (low + high) / 2.0
        mean = np.sum(shares[occurs] * np.minimum(c * found, _MOST))
        low, high = (c, high) if mean < 1.0 else (low, c)
    result = np.ones(len(shares))
    result[occurs] = np.minimum(high * found, _MOST)
    return result.astype(np.float32)


def measure(data_dir, paths, data: Manifest, window, skeleton, actions=()):
    """Returns the share of each kind, (KINDS,), among the valid frames of files.

    Raises:
        UserError: if a file is damaged.
    """

    def count(serialized):
        record = records.parse(serialized, data.record_frames, data.joints)
        own = cutting.owned(record, window) & (record["valid"] > 0)
        found = kinds(record["positions"], skeleton)
        return tf.math.bincount(
            tf.boolean_mask(found, own), minlength=KINDS, dtype=tf.int64
        )

    serialized = chosen_actions.keep(tf.data.TFRecordDataset(paths), actions)
    counts = serialized.map(count, tf.data.AUTOTUNE)
    try:
        total = counts.reduce(tf.zeros(KINDS, tf.int64), tf.add).numpy()
    except (tf.errors.DataLossError, tf.errors.InvalidArgumentError) as error:
        raise UserError(f"{data_dir}: a file is damaged. Convert again.") from error
    return total / max(1, total.sum())


def repeat(record: dict, indices, weights, skeleton, seed):
    """Repeats windows by the weight of their middle frame's kind, or leaves them out.

    A weight of 2.3 gives two or three of them, in the mean 2.3. Takes and returns the
    frames (W, T) of a record's windows; the seed is (2,) integers.
    """
    middle = tf.gather(record["positions"], indices[:, indices.shape[1] // 2])
    wanted = tf.gather(tf.constant(weights), kinds(middle, skeleton))
    chance = tf.random.stateless_uniform(tf.shape(wanted), seed)
    return tf.repeat(indices, tf.cast(tf.floor(wanted + chance), tf.int32), axis=0)


def _angle(a, b):
    """Between vectors (..., 3), degrees; 90 where one has no length."""
    lengths = tf.norm(a, axis=-1) * tf.norm(b, axis=-1)
    cosine = tf.math.divide_no_nan(tf.reduce_sum(a * b, axis=-1), lengths)
    return tf.acos(tf.clip_by_value(cosine, -1.0, 1.0)) * (180.0 / math.pi)


def _step(angle, bounds):
    """Number of the bounds that an angle reaches."""
    return sum(tf.cast(angle >= bound, tf.int32) for bound in bounds)
