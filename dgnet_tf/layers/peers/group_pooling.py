"""Maxima over groups of joints, and the way back."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class GroupMax(keras.layers.Layer):
    """The largest value of each channel among the joints of each group.

    Args:
        groups: for each group the indices of its joints.
        **kwargs: `name`, `dtype`.

    Call arguments:
        x: (B, T, N, C).

    Returns:
        (B, T, G, C) for G groups.
    """

    def __init__(self, groups, **kwargs):
        super().__init__(**kwargs)
        self.groups = as_lists(groups)

    def build(self, input_shape):
        """Makes nothing."""
        del input_shape
        self.built = True

    def call(self, x):
        """Takes the maxima."""
        return group_max(x, self.groups)

    def compute_output_shape(self, input_shape):
        """(B, T, N, C) -> (B, T, G, C)."""
        batch, frames, _, channels = input_shape
        return (batch, frames, len(self.groups), channels)

    def get_config(self):
        """Returns the constructor's arguments."""
        return {**super().get_config(), "groups": as_lists(self.groups)}


@keras.utils.register_keras_serializable(package="dgnet_tf")
class GroupSpread(keras.layers.Layer):
    """Gives each joint what its group has; a joint is in one group.

    Args:
        groups: for each group the indices of its joints.
        **kwargs: `name`, `dtype`.

    Call arguments:
        x: (B, T, G, C).

    Returns:
        (B, T, N, C).
    """

    def __init__(self, groups, **kwargs):
        super().__init__(**kwargs)
        self.groups = as_lists(groups)
        joints = sorted(joint for group in self.groups for joint in group)
        if joints != list(range(len(joints))):
            raise ValueError(
                f"`groups` must have each joint once, got {self.groups!r}."
            )
        self.joints = len(joints)

    def build(self, input_shape):
        """Makes nothing."""
        del input_shape
        self.built = True

    def call(self, x):
        """Copies."""
        place = np.zeros((self.joints, len(self.groups)), np.float32)
        for g, group in enumerate(self.groups):
            place[group, g] = 1.0
        return tf.matmul(tf.constant(place, x.dtype), x)

    def compute_output_shape(self, input_shape):
        """(B, T, G, C) -> (B, T, N, C)."""
        batch, frames, _, channels = input_shape
        return (batch, frames, self.joints, channels)

    def get_config(self):
        """Returns the constructor's arguments."""
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
