"""A learned vector for each joint."""

import tensorflow as tf

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class JointEmbedding(keras.layers.Layer):
    """Adds a learned vector to the features of each joint.

        Y_t = X_t + E, E (N, C), normal at the start, of standard deviation 0.5

    N and C are fixed when the layer is built; any number of frames. The paper has no
    such layer: its graph convolutions share their parameters among joints, and the
    left and the right side of a skeleton are alike as graphs, so that without E a
    network learns only slowly which joint a feature belongs to.

    Args:
        **kwargs: `name`, `dtype` and the like, of `keras.layers.Layer`.

    Call arguments:
        x: (B, T, N, C) features.

    Returns:
        (B, T, N, C).

    Example:
        >>> layer = JointEmbedding()
        >>> layer(tf.zeros((8, 4, 17, 128))).shape
        TensorShape([8, 4, 17, 128])

    Reference:
        DECISIONS.md, "Settled by experiment", measures it.
    """

    def build(self, input_shape):
        self.embedding = self.add_weight(
            name="embedding",
            shape=tuple(input_shape[-2:]),
            initializer=keras.initializers.RandomNormal(stddev=0.5),
        )
        self.built = True

    def call(self, x):
        return x + tf.cast(self.embedding, x.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape
