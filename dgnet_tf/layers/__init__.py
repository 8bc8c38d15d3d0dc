"""Graph layers of DG-Net, and what its peers need besides.

The paper is "Learning Dynamical Human-Joint Affinity for 3D Pose Estimation in Videos".
Shape legend: B batch, T frames, N joints, C channels, K neighbours. Features are
(B, T, N, C), but where a network takes all joints of a frame together: (B, T, C).
"""

from dgnet_tf.layers.batch_norm import BatchNorm
from dgnet_tf.layers.dg_conv_block import DGConvBlock
from dgnet_tf.layers.dynamic_spatial_graph_conv import DynamicSpatialGraphConv
from dgnet_tf.layers.dynamic_temporal_graph_conv import DynamicTemporalGraphConv
from dgnet_tf.layers.fixed_spatial_graph_conv import FixedSpatialGraphConv
from dgnet_tf.layers.fixed_temporal_graph_conv import FixedTemporalGraphConv
from dgnet_tf.layers.gated_graph_module import GatedGraphModule
from dgnet_tf.layers.inputs.joint_embedding import JointEmbedding
from dgnet_tf.layers.inputs.person_frame import PersonFrame
from dgnet_tf.layers.pair_score import PairScore
from dgnet_tf.layers.peers.fully_connected import FullyConnected
from dgnet_tf.layers.peers.group_pooling import GroupMax, GroupSpread
from dgnet_tf.layers.peers.grouped_non_local import GroupedNonLocal
from dgnet_tf.layers.peers.repeat_ends import RepeatEnds
from dgnet_tf.layers.peers.spatio_temporal_graph_conv import SpatioTemporalGraphConv
from dgnet_tf.layers.peers.stateless_dropout import StatelessDropout
from dgnet_tf.layers.peers.temporal_conv import TemporalConv
from dgnet_tf.layers.peers.temporal_tower import TemporalTower
from dgnet_tf.layers.residual_graph_module import ResidualGraphModule
from dgnet_tf.layers.spatial_non_local import SpatialNonLocal

__all__ = [
    "BatchNorm", "DGConvBlock", "DynamicSpatialGraphConv", "DynamicTemporalGraphConv",
    "FixedSpatialGraphConv", "FixedTemporalGraphConv", "FullyConnected",
    "GatedGraphModule", "GroupMax", "GroupSpread", "GroupedNonLocal", "JointEmbedding",
    "PairScore", "PersonFrame", "RepeatEnds", "ResidualGraphModule", "SpatialNonLocal",
    "SpatioTemporalGraphConv", "StatelessDropout", "TemporalConv", "TemporalTower",
]  # fmt: skip
