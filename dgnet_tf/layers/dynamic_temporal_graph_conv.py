"""Dynamical Temporal Graph (DTG) convolution."""

from typing import Any

import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.errors import check_choice, check_positive
from dgnet_tf.layers.dense_product import dense
from dgnet_tf.layers.graph_conv import GraphConv
from dgnet_tf.layers.neighbor_frames import add_neighbor_frames
from dgnet_tf.layers.neighbor_masks import (
    CONNECTIONS,
    NORMALIZATIONS,
    add_tau,
    check_neighbors,
    check_softness,
    neighbor_mask,
    weigh,
)
from dgnet_tf.layers.pair_score import PairScore

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class DynamicTemporalGraphConv(GraphConv):
    """DTG: graph convolution over the K joints of adjacent frames that move alike.

        O_{t+1}^i     = KNN(x_{t+1}^i - x_t^i, X_{t+1} - X_t, K)      (Eq. 10)
        O_{t-1}^i     = KNN(x_t^i - x_{t-1}^i, X_t - X_{t-1}, K)
        L_{t+1}(i, j) = 1 if j in O_{t+1}^i else 0; L_{t-1} alike     (Eq. 11)
        H_{t+1}(i, j) = alpha([x_t^i, x_{t+1}^j])                     (Eq. 12)
        H_{t-1}(i, j) = beta([x_t^i, x_{t-1}^j])
        Q_{t+1}       = L_{t+1} * H_{t+1}; Q_{t-1} alike, by elements (Eq. 13)
        Y_t = sigma(X_t U_x + Q_{t+1} X_{t+1} U_f + Q_{t-1} X_{t-1} U_b)    (Eq. 14)

    The forward set of frame t and the backward set of frame t + 1 compare the same
    differences, so L is found once for each pair of frames. Any number of frames from
    1. N is at least K; where the skeleton makes the graph, it is the skeleton's.

    Departures from the paper: `normalization`, off by default, without which unbounded
    scores multiply from layer to layer; `softness`, off by default, with which the
    choice of neighbours passes a gradient. Where the paper is silent, a window's first
    and last frame go without the missing neighbour's term, a joint is its own first
    neighbour, ties go to the lower index, and the choice passes no gradient.

    Args:
        channels: output channels.
        neighbors: K, with the joint itself; not for "fixed", "full" and "symmetry".
            Default 4.
        connection: who the neighbours are (Table VI); each set holds the joint itself.
            "dynamic": the K that move most alike in features. "precomputed": in the
            2-D keypoints. "fixed": no others (Eq. 8). "full": all. "symmetry": the
            mirrored joint. "random": K - 1 others, drawn once. Default "dynamic".
        weighting: how they are scored (Table VI): "fc", alpha and beta of Eq. 12;
            "embedded_gaussian", always with a softmax; "none", all alike. Default "fc".
        score_activation: behind their fully-connected layers: "linear", "leaky_relu",
            "tanh" or "sigmoid". Default "linear".
        normalization: of each joint's affinities: "none", as printed; "mean", divided
            by the number of neighbours; or "softmax". Default "none".
        softness: initial tau of soft neighbours, above 0: L(i, j) is then
            sigmoid((d_K - d(i, j)) / (tau d)) in the place of 1 and 0, see `soft_mask`.
            The weight `tau` is not trained, `train` lets it fall. Default 0, as
            printed.
        skeleton: for "fixed", "full", "symmetry" and "random". Default "human36m_17".
        seed: of "random". Default 0.
        activation: sigma; None for none. Default "relu".
        use_bias: add a bias before sigma; the paper has none. Default False.
        kernel_initializer: of U_x, U_f and U_b. Default "glorot_uniform".
        **kwargs: `name`, `dtype` and the like, of `keras.layers.Layer`.

    Call arguments:
        x: (B, T, N, C) features.
        keypoints: (B, T, N, 2), for "precomputed".

    Returns:
        (B, T, N, channels).

    Example:
        >>> layer = DynamicTemporalGraphConv(128, neighbors=4)
        >>> layer(tf.zeros((8, 4, 17, 64))).shape
        TensorShape([8, 4, 17, 128])

    Reference:
        The paper of DG-Net, Sec. III-B.
    """

    def __init__(
        self,
        channels: int,
        *,
        neighbors: int = 4,
        connection: str = "dynamic",
        weighting: str = "fc",
        score_activation: str = "linear",
        normalization: str = "none",
        softness: float = 0.0,
        skeleton: str = "human36m_17",
        seed: int = 0,
        **kwargs: Any,
    ):
        super().__init__(channels, **kwargs)
        check_positive("neighbors", neighbors)
        check_choice("connection", connection, CONNECTIONS)
        check_choice("normalization", normalization, NORMALIZATIONS)
        check_softness(softness, connection)
        skeletons.get(skeleton)
        self.neighbors = neighbors
        self.connection = connection
        self.weighting = weighting
        self.score_activation = score_activation
        self.normalization = normalization
        self.softness = softness
        self.skeleton = skeleton
        self.seed = seed
        score = {"activation": score_activation, "dtype": self.dtype_policy}
        self.alpha = PairScore(weighting, name="alpha", **score)
        self.beta = PairScore(weighting, name="beta", **score)

    def build(self, input_shape):
        check_neighbors(self.neighbors, self.connection, self.skeleton, input_shape)
        self.u_x, self.u_f, self.u_b = (
            self.add_kernel(name, input_shape[-1]) for name in ("u_x", "u_f", "u_b")
        )
        self.alpha.build(input_shape)
        self.beta.build(input_shape)
        self.add_bias()
        self.tau = add_tau(self)
        self.built = True

    def affinity(
        self, x: tf.Tensor, keypoints: tf.Tensor | None = None
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns (Q_{t+1}, Q_{t-1}), each (B, T-1, N, N).

        Rows are joint i, columns its neighbours j. The pair t, t+1 stands at index t
        of Q_{t+1}, the pair t, t-1 at index t-1 of Q_{t-1}.
        """
        x = tf.cast(x, self.compute_dtype)
        return tuple(tf.unstack(self._affinities_and_products(x, keypoints)[0]))

    def _affinities_and_products(self, x, keypoints):
        """Returns Q_{t+1} and Q_{t-1} (2, B, T-1, N, N), and X U_x, X U_f, X U_b.

        The halves of alpha and beta come from the same product.
        """
        matrices = self.u_x, self.u_f, self.u_b
        if self.weighting == "none":
            products = dense(x, *matrices)
            scores = tf.ones((2, 1, 1, 1, 1))
        else:
            *products, alpha_i, alpha_j, beta_i, beta_j = dense(
                x, *matrices, *self.alpha.kernels, *self.beta.kernels
            )
            # H_{t+1}, of x_t^i and x_{t+1}^j, and H_{t-1}, of x_t^i and x_{t-1}^j.
            h_next = self.alpha.pair(alpha_i[:, :-1], alpha_j[:, 1:])
            h_previous = self.beta.pair(beta_i[:, 1:], beta_j[:, :-1])
            scores = tf.stack([h_next, h_previous])
        gaussian = self.weighting == "embedded_gaussian"
        normalization = "softmax" if gaussian else self.normalization
        # L_{t+1} of frames 0 to T-2, which is L_{t-1} of frames 1 to T-1.
        alike = neighbor_mask(self, x, keypoints, temporal=True)
        affinities = weigh(alike, scores, normalization, soft=self.softness > 0)
        return tf.cast(affinities, self.compute_dtype), products

    def call(self, x, keypoints=None):
        affinities, products = self._affinities_and_products(x, keypoints)
        here, forward, backward = products
        # Both directions in one product.
        gathered = tf.matmul(affinities, tf.stack([forward[:, 1:], backward[:, :-1]]))
        from_next, from_previous = tf.unstack(gathered)
        return self.finish(add_neighbor_frames(here, from_next, from_previous))

    def get_config(self):
        names = ("neighbors", "connection", "weighting", "score_activation")
        names += ("normalization", "softness", "skeleton", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
