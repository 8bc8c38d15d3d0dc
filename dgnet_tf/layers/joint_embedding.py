"""A learned vector for each joint."""

from __future__ import annotations

import tensorflow as tf

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class JointEmbedding(keras.layers.Layer):
    """x + E, with one learned row of E for each joint.

    The graph convolutions share their parameters among joints, and the left and
    the right side of a skeleton are alike as graphs: without this, a feature tells
    only slowly which joint it belongs to.

    Call arguments:
        x: (B, T, N, C).

    Returns:
        (B, T, N, C).
    """

    def build(self, input_shape):
        """Makes E for (B, T, N, C) inputs."""
        self.embedding = self.add_weight(
            name="embedding",
            shape=tuple(input_shape[-2:]),
            initializer=keras.initializers.RandomNormal(stddev=0.5),
        )
        self.built = True

    def call(self, x):
        """Adds each joint's vector."""
        return x + tf.cast(self.embedding, x.dtype)

    def compute_output_shape(self, input_shape):
        """The input's shape."""
        return input_shape
