"""Fixed Temporal Graph (FTG) convolution."""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf.layers.graph_conv import GraphConv, dense

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class FixedTemporalGraphConv(GraphConv):
    """Y_t = sigma(X_t W_x + X_{t+1} W_f + X_{t-1} W_b) (paper Eq. 8-9).

    At the first and the last frame the term of the missing neighbour is left out.

    Args:
        channels: output channels.
        **kwargs: `activation`, `use_bias`, `kernel_initializer`, `name`, `dtype`.

    Call arguments:
        x: (B, T, N, C).

    Returns:
        (B, T, N, channels).
    """

    def build(self, input_shape):
        """Makes the weights for (B, T, N, C) inputs."""
        self.w_x = self.add_kernel("w_x", input_shape[-1])
        self.w_f = self.add_kernel("w_f", input_shape[-1])
        self.w_b = self.add_kernel("w_b", input_shape[-1])
        self.add_bias()
        self.built = True

    def call(self, x):
        """Applies Eq. 9."""
        here, forward, backward = dense(x, self.w_x, self.w_f, self.w_b)
        return self.finish(add_in_time(here, forward[:, 1:], backward[:, :-1]))


def add_in_time(here, from_next, from_previous):
    """Adds what each frame gets from its neighbours in time.

    Args:
        here: (B, T, N, C).
        from_next: (B, T-1, N, C); index t goes to frame t.
        from_previous: (B, T-1, N, C); index t goes to frame t + 1.
    """
    return (
        here
        + tf.pad(from_next, [[0, 0], [0, 1], [0, 0], [0, 0]])
        + tf.pad(from_previous, [[0, 0], [1, 0], [0, 0], [0, 0]])
    )
