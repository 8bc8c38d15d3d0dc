"""What the dynamical spatial and temporal graph convolutions have in common."""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.layers.affinity import (
    CONNECTIONS,
    NORMALIZATIONS,
    constant_mask,
    nearest_mask,
    weight,
)
from dgnet_tf.layers.fixed_spatial_graph_conv import check_joints
from dgnet_tf.layers.graph_conv import GraphConv, check_choice, check_positive
from dgnet_tf.layers.pair_score import PairScore


class DynamicGraphConv(GraphConv):
    """Base of DSG and DTG: who the neighbours are, and how much they count.

    Args:
        channels: output channels.
        neighbors: K, the joint itself included; used by the connections "dynamic",
            "precomputed" and "random".
        connection: how neighbours are found (paper Table VI): "dynamic", the K
            nearest in feature space; "precomputed", the K nearest in the 2-D
            keypoints; "fixed", "full", "symmetry", "random" as in
            `affinity.constant_mask`.
        weighting: "fc", "none" or "embedded_gaussian" (paper Table VI).
        score_activation: f of the `fc` score, see `PairScore`.
        normalization: of each joint's affinities: "none" as printed, "mean" or
            "softmax". The embedded Gaussian is a softmax by its definition.
        skeleton: name of the skeleton; used by "fixed", "symmetry", "full" and
            "random".
        seed: of the random connection.
        **kwargs: `activation`, `use_bias`, `kernel_initializer`, `name`, `dtype`.
    """

    temporal: bool

    def __init__(
        self,
        channels,
        *,
        neighbors,
        connection="dynamic",
        weighting="fc",
        score_activation="linear",
        normalization="none",
        skeleton="human36m_17",
        seed=0,
        **kwargs,
    ):
        super().__init__(channels, **kwargs)
        check_positive("neighbors", neighbors)
        check_choice("connection", connection, CONNECTIONS)
        check_choice("normalization", normalization, NORMALIZATIONS)
        skeletons.get(skeleton)
        self.neighbors = neighbors
        self.connection = connection
        self.weighting = weighting
        self.score_activation = score_activation
        self.normalization = normalization
        self.skeleton = skeleton
        self.seed = seed

    def make_score(self, name):
        """Returns the scoring layer of one direction."""
        return PairScore(
            self.weighting,
            activation=self.score_activation,
            name=name,
            dtype=self.dtype_policy,
        )

    def weigh(self, mask, scores):
        """Returns the affinities of the marked pairs in the compute dtype."""
        gaussian = self.weighting == "embedded_gaussian"
        normalization = "softmax" if gaussian else self.normalization
        return tf.cast(weight(mask, scores, normalization), self.compute_dtype)

    def check_input(self, input_shape):
        """Raises ValueError where K or the skeleton does not fit the joints."""
        if self.neighbors > input_shape[-2]:
            raise ValueError(
                f"`neighbors` must be at most the number of joints, "
                f"{input_shape[-2]}, got {self.neighbors}."
            )
        if self.connection not in ("dynamic", "precomputed"):
            check_joints(self.skeleton, input_shape)

    def neighbor_mask(self, features, of_keypoints):
        """Returns the mask, (..., N, N).

        Args:
            features: (..., N, C) what "dynamic" compares.
            of_keypoints: the same of the 2-D keypoints, for "precomputed".
        """
        if self.connection == "dynamic":
            return nearest_mask(features, self.neighbors)
        if self.connection == "precomputed":
            if of_keypoints is None:
                raise ValueError(
                    '`connection="precomputed"` needs the 2-D keypoints: call the '
                    "layer with `keypoints=`."
                )
            return nearest_mask(of_keypoints, self.neighbors)
        mask = constant_mask(
            self.connection, self.skeleton, self.neighbors, self.seed, self.temporal
        )
        return tf.broadcast_to(mask, [*tf.unstack(tf.shape(features)[:-1]), len(mask)])

    def get_config(self):
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "neighbors": self.neighbors,
            "connection": self.connection,
            "weighting": self.weighting,
            "score_activation": self.score_activation,
            "normalization": self.normalization,
            "skeleton": self.skeleton,
            "seed": self.seed,
        }
