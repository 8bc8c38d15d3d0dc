"""Graph layers of DG-Net (paper Sec. III).

Shape legend: B batch, T frames, N joints, C channels, K neighbours. Features are
(B, T, N, C) throughout.
"""

from dgnet_tf.layers.batch_norm import BatchNorm
from dgnet_tf.layers.dg_conv_block import DGConvBlock
from dgnet_tf.layers.dynamic_spatial_graph_conv import DynamicSpatialGraphConv
from dgnet_tf.layers.dynamic_temporal_graph_conv import DynamicTemporalGraphConv
from dgnet_tf.layers.fixed_spatial_graph_conv import FixedSpatialGraphConv
from dgnet_tf.layers.fixed_temporal_graph_conv import FixedTemporalGraphConv
from dgnet_tf.layers.joint_embedding import JointEmbedding
from dgnet_tf.layers.pair_score import PairScore
from dgnet_tf.layers.residual_graph_module import ResidualGraphModule
from dgnet_tf.layers.spatial_non_local import SpatialNonLocal

__all__ = [
    "BatchNorm",
    "DGConvBlock",
    "DynamicSpatialGraphConv",
    "DynamicTemporalGraphConv",
    "FixedSpatialGraphConv",
    "FixedTemporalGraphConv",
    "JointEmbedding",
    "PairScore",
    "ResidualGraphModule",
    "SpatialNonLocal",
]
