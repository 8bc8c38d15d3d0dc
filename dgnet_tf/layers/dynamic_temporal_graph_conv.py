"""Dynamical Temporal Graph (DTG) convolution."""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf.layers.dynamic_graph_conv import DynamicGraphConv
from dgnet_tf.layers.fixed_temporal_graph_conv import add_in_time
from dgnet_tf.layers.graph_conv import dense

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class DynamicTemporalGraphConv(DynamicGraphConv):
    """Y_t = sigma(X_t U_x + Q_{t+1} X_{t+1} U_f + Q_{t-1} X_{t-1} U_b).

    Paper Eq. 10-14. Q = L * H in each direction: L marks the K joints whose
    features move most like the joint's own between the two frames, itself among
    them; H weighs them, by alpha([x_t^i, x_{t+1}^j]) forward and
    beta([x_t^i, x_{t-1}^j]) backward. The forward set of frame t and the backward
    set of frame t + 1 compare the same differences, so L is found once for each
    pair of frames. At the first and the last frame the term of the missing
    neighbour is left out.

    Args:
        channels: output channels.
        neighbors: K.
        **kwargs: see `DynamicGraphConv`.

    Call arguments:
        x: (B, T, N, C).
        keypoints: (B, T, N, 2), only for `connection="precomputed"`.

    Returns:
        (B, T, N, channels).
    """

    temporal = True

    def __init__(self, channels, *, neighbors=4, **kwargs):
        super().__init__(channels, neighbors=neighbors, **kwargs)
        self.alpha = self.make_score("alpha")
        self.beta = self.make_score("beta")

    def build(self, input_shape):
        """Makes the weights for (B, T, N, C) inputs."""
        self.check_input(input_shape)
        self.u_x = self.add_kernel("u_x", input_shape[-1])
        self.u_f = self.add_kernel("u_f", input_shape[-1])
        self.u_b = self.add_kernel("u_b", input_shape[-1])
        self.alpha.build(input_shape)
        self.beta.build(input_shape)
        self.add_bias()
        self.built = True

    def affinity(self, x, keypoints=None):
        """Returns (Q_{t+1}, Q_{t-1}), each (B, T-1, N, N).

        Rows are joint i, columns its neighbours j. The pair t, t+1 stands at index t
        of Q_{t+1}, the pair t, t-1 at index t-1 of Q_{t-1}.
        """
        x = tf.cast(x, self.compute_dtype)
        return tuple(tf.unstack(self._affinities_and_products(x, keypoints)[0]))

    def _affinities_and_products(self, x, keypoints):
        """Returns Q_{t+1} and Q_{t-1} (2, B, T-1, N, N), and X U_x, X U_f, X U_b."""
        here, forward, backward, *projected = dense(
            x,
            *(self.u_x, self.u_f, self.u_b),
            *(*self.alpha.kernels, *self.beta.kernels),
        )
        half = len(projected) // 2
        mask = self.neighbor_mask(
            x[:, 1:] - x[:, :-1],
            None if keypoints is None else keypoints[:, 1:] - keypoints[:, :-1],
        )
        first, second = slice(None, -1), slice(1, None)  # frames t and t + 1
        to_next = _at(projected[:half], first, second)
        to_previous = _at(projected[half:], second, first)
        scores = tf.stack([self.alpha.pair(*to_next), self.beta.pair(*to_previous)])
        return self.weigh(mask, scores), (here, forward, backward)

    def call(self, x, keypoints=None):
        """Applies Eq. 14."""
        affinities, (here, forward, backward) = self._affinities_and_products(
            x, keypoints
        )
        gathered = tf.matmul(affinities, tf.stack([forward[:, 1:], backward[:, :-1]]))
        return self.finish(add_in_time(here, *tf.unstack(gathered)))


def _at(projected, of_i, of_j):
    """Takes queries of the frames `of_i` and keys of `of_j`, if there are any."""
    return [x[:, frames] for x, frames in zip(projected, (of_i, of_j), strict=False)]
