"""Maxima over groups of joints, and the way back."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class GroupMax(keras.layers.Layer):
    """The largest value of each channel among the joints of each group.

        y_g = max over the joints j of group g of x_j

    Args:
        groups: for each group the indices of its joints, below N.
        **kwargs: `name`, `dtype` and the like, of `keras.layers.Layer`.

    Call arguments:
        x: (B, T, N, C).

    Returns:
        (B, T, G, C) for G groups.

    Example:
        >>> layer = GroupMax([[0, 2], [1, 3, 4]])
        >>> layer(tf.zeros((8, 4, 5, 128))).shape
        TensorShape([8, 4, 2, 128])

    Reference:
        Cai et al. 2019, reference [6] of DG-Net's paper.
    """

    def __init__(self, groups: Sequence[Sequence[int]], **kwargs: Any):
        super().__init__(**kwargs)
        self.groups = as_lists(groups)

    def call(self, x):
        return group_max(x, self.groups)

    def compute_output_shape(self, input_shape):
        batch, frames, _, channels = input_shape
        return (batch, frames, len(self.groups), channels)

    def get_config(self):
        return {**super().get_config(), "groups": as_lists(self.groups)}


@keras.utils.register_keras_serializable(package="dgnet_tf")
class GroupSpread(keras.layers.Layer):
    """Gives each joint what its group has: the way back from `GroupMax`.

        y_j = x_g, g the group of joint j

    Args:
        groups: for each group the indices of its joints; each of 0 to N - 1 is in one.
        **kwargs: `name`, `dtype` and the like, of `keras.layers.Layer`.

    Call arguments:
        x: (B, T, G, C) for G groups.

    Returns:
        (B, T, N, C).

    Example:
        >>> layer = GroupSpread([[0, 2], [1, 3, 4]])
        >>> layer(tf.zeros((8, 4, 2, 128))).shape
        TensorShape([8, 4, 5, 128])

    Reference:
        Cai et al. 2019, reference [6] of DG-Net's paper.
    """

    def __init__(self, groups: Sequence[Sequence[int]], **kwargs: Any):
        super().__init__(**kwargs)
        self.groups = as_lists(groups)
        joints = sorted(joint for group in self.groups for joint in group)
        if joints != list(range(len(joints))):
            raise ValueError(
                f"`groups` must have each joint once, got {self.groups!r}."
            )
        self.joints = len(joints)

    def call(self, x):
        place = np.zeros((self.joints, len(self.groups)), np.float32)
        for g, group in enumerate(self.groups):
            place[group, g] = 1.0
        return tf.matmul(tf.constant(place, x.dtype), x)

    def compute_output_shape(self, input_shape):
        batch, frames, _, channels = input_shape
        return (batch, frames, self.joints, channels)

    def get_config(self):
        return {**super().get_config(), "groups": as_lists(self.groups)}


def as_lists(groups):
    """Returns groups as JSON has them."""
    return [[int(joint) for joint in group] for group in groups]


def group_max(x, groups):
    """(B, T, N, C) -> (B, T, G, C); see `GroupMax`."""
    largest = None
    # The k-th joint of each group, or its last, placed by a constant one-hot product:
    # a gather's gradient is a slow scatter.
    for k in range(max(map(len, groups))):
        place = np.zeros((len(groups), x.shape[-2]), np.float32)
        for g, group in enumerate(groups):
            place[g, group[min(k, len(group) - 1)]] = 1.0
        values = tf.matmul(tf.constant(place, x.dtype), x)
        largest = values if largest is None else tf.maximum(largest, values)
    return largest
