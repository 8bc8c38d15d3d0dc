"""Fixed Temporal Graph (FTG) convolution."""

import tensorflow as tf

from dgnet_tf.layers.dense_product import dense
from dgnet_tf.layers.graph_conv import GraphConv
from dgnet_tf.layers.neighbor_frames import add_neighbor_frames

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class FixedTemporalGraphConv(GraphConv):
    """FTG: convolution over three frames, joint by joint.

        Y_t = sigma(X_t W_x + P_{t+1} X_{t+1} W_f + P_{t-1} X_{t-1} W_b)    (Eq. 9)

    with P_{t+1} = P_{t-1} = I (Eq. 8), so neither is multiplied with. Any T and N.

    Departure from the paper: at a window's first and last frame, where it gives no
    X_{t-1} or X_{t+1}, the term is left out. Repeating the frame instead would claim
    that nobody moves there.

    Args:
        channels: output channels.
        activation: sigma; None for none. Default "relu".
        use_bias: add a bias before sigma; the paper has none. Default False.
        kernel_initializer: of W_x, W_f and W_b. Default "glorot_uniform".
        **kwargs: `name`, `dtype` and the like, of `keras.layers.Layer`.

    Call arguments:
        x: (B, T, N, C) features.

    Returns:
        (B, T, N, channels).

    Example:
        >>> layer = FixedTemporalGraphConv(128)
        >>> layer(tf.zeros((8, 4, 17, 64))).shape
        TensorShape([8, 4, 17, 128])

    Reference:
        The paper of DG-Net, Sec. III-B.
    """

    def build(self, input_shape):
        self.w_x = self.add_kernel("w_x", input_shape[-1])
        self.w_f = self.add_kernel("w_f", input_shape[-1])
        self.w_b = self.add_kernel("w_b", input_shape[-1])
        self.add_bias()
        self.built = True

    def call(self, x):
        here, forward, backward = dense(x, self.w_x, self.w_f, self.w_b)
        return self.finish(add_neighbor_frames(here, forward[:, 1:], backward[:, :-1]))
