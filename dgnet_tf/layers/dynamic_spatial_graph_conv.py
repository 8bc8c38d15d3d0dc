"""Dynamical Spatial Graph (DSG) convolution."""

from typing import Any

import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.errors import check_choice, check_positive
from dgnet_tf.layers.dense_product import dense
from dgnet_tf.layers.graph_conv import GraphConv
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
class DynamicSpatialGraphConv(GraphConv):
    """DSG: graph convolution over each joint's K nearest joints in feature space.

        Omega_t^i = KNN(x_t^i, X_t, K)          (Eq. 3)
        D_t(i, j) = 1 if j in Omega_t^i else 0  (Eq. 4)
        R_t(i, j) = gamma([x_t^i, x_t^j])       (Eq. 5)
        B_t       = D_t * R_t, by elements      (Eq. 6)
        Y_t       = sigma(B_t X_t Phi)          (Eq. 7)

    N is at least K; where the skeleton makes the graph, it is the skeleton's.

    Departures from the paper: `normalization`, off by default, without which unbounded
    scores multiply from layer to layer; `softness`, off by default, with which the
    choice of neighbours passes a gradient. Where the paper is silent, a joint is its
    own first neighbour, ties go to the lower index, and the choice passes no gradient.

    Args:
        channels: output channels.
        neighbors: K, with the joint itself; not for "fixed", "full" and "symmetry".
            Default 3.
        connection: who the neighbours are (Table VI); each set holds the joint itself.
            "dynamic": the K nearest in features. "precomputed": the K nearest in the
            2-D keypoints. "fixed": by the skeleton's bones. "full": all. "symmetry":
            the mirrored joint. "random": K - 1 others, drawn once. Default "dynamic".
        weighting: how they are scored (Table VI): "fc", gamma of Eq. 5;
            "embedded_gaussian", always with a softmax; "none", all alike. Default "fc".
        score_activation: behind gamma's fully-connected layer: "linear", "leaky_relu",
            "tanh" or "sigmoid". Default "linear".
        normalization: of each joint's affinities: "none", as printed; "mean", divided
            by the number of neighbours; or "softmax". Default "none".
        softness: initial tau of soft neighbours, above 0: D_t(i, j) is then
            sigmoid((d_K - d(i, j)) / (tau d)) in the place of 1 and 0, see `soft_mask`.
            The weight `tau` is not trained, `train` lets it fall. Default 0, as
            printed.
        skeleton: for "fixed", "full", "symmetry" and "random". Default "human36m_17".
        seed: of "random". Default 0.
        activation: sigma; None for none. Default "relu".
        use_bias: add a bias before sigma; the paper has none. Default False.
        kernel_initializer: of Phi. Default "glorot_uniform".
        **kwargs: `name`, `dtype` and the like, of `keras.layers.Layer`.

    Call arguments:
        x: (B, T, N, C) features.
        keypoints: (B, T, N, 2), for "precomputed".

    Returns:
        (B, T, N, channels).

    Example:
        >>> layer = DynamicSpatialGraphConv(128, neighbors=3)
        >>> layer(tf.zeros((8, 4, 17, 64))).shape
        TensorShape([8, 4, 17, 128])

    Reference:
        The paper of DG-Net, Sec. III-A.
    """

    def __init__(
        self,
        channels: int,
        *,
        neighbors: int = 3,
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
        self.gamma = PairScore(weighting, name="gamma", **score)

    def build(self, input_shape):
        check_neighbors(self.neighbors, self.connection, self.skeleton, input_shape)
        self.phi = self.add_kernel("phi", input_shape[-1])
        self.gamma.build(input_shape)
        self.add_bias()
        self.tau = add_tau(self)
        self.built = True

    def affinity(self, x: tf.Tensor, keypoints: tf.Tensor | None = None) -> tf.Tensor:
        """Returns B_t, (B, T, N, N): rows joint i, columns its neighbours j."""
        return self._affinity_and_product(tf.cast(x, self.compute_dtype), keypoints)[0]

    def _affinity_and_product(self, x, keypoints):
        """Returns B_t and X_t Phi; gamma's halves come from the same product."""
        if self.weighting == "none":
            (product,) = dense(x, self.phi)
            scores = tf.ones((1, 1, 1, 1))
        else:
            product, of_i, of_j = dense(x, self.phi, *self.gamma.kernels)
            scores = self.gamma.pair(of_i, of_j)
        gaussian = self.weighting == "embedded_gaussian"
        normalization = "softmax" if gaussian else self.normalization
        d_t = neighbor_mask(self, x, keypoints, temporal=False)
        affinity = weigh(d_t, scores, normalization, soft=self.softness > 0)
        return tf.cast(affinity, self.compute_dtype), product

    def call(self, x, keypoints=None):
        affinity, product = self._affinity_and_product(x, keypoints)
        return self.finish(tf.matmul(affinity, product))

    def get_config(self):
        names = ("neighbors", "connection", "weighting", "score_activation")
        names += ("normalization", "softness", "skeleton", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
