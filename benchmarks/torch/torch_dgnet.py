"""DG-Net in eager PyTorch, the paper's framework.

Written from the paper's equations, with the same choices, sizes and parameters as
`dgnet_tf.DGNet()`. Features are (B, T, N, C) throughout.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from dgnet_tf import skeletons
from dgnet_tf.layers.neighbor_masks import skeleton_adjacency


class SemanticGraphConv(nn.Module):
    """Eq. 2 with learned bones and a matrix of its own for the joint itself [4]."""

    def __init__(self, inputs, channels, skeleton):
        super().__init__()
        adjacency = torch.from_numpy(skeleton_adjacency(skeleton))
        linked = adjacency + torch.eye(len(adjacency)) > 0
        # By place, not by mask: `torch.compile` would find the places in each call.
        self.register_buffer("places", torch.nonzero(linked).T, persistent=False)
        self.joints = len(adjacency)
        self.edges = nn.Parameter(torch.ones(self.places.shape[1]))
        self.theta_self = nn.Linear(inputs, channels, bias=False)
        self.theta = nn.Linear(inputs, channels, bias=False)

    def forward(self, x):
        """Returns (B, T, N, channels)."""
        logits = torch.full((self.joints, self.joints), -1e9, device=x.device)
        logits = logits.index_put(tuple(self.places), self.edges)
        affinity = torch.softmax(logits, dim=-1)
        itself = torch.diag(affinity)[:, None] * self.theta_self(x)
        bones = affinity - torch.diag(torch.diag(affinity))
        return itself + bones @ self.theta(x)


class PairScore(nn.Module):
    """gamma([x_i, y_j]) of Eq. 5, 12.

    As the equations have it, a layer on the concatenation of each pair; or, with
    `halves`, the sum of a product with x_i and one with y_j, which is the same.
    """

    def __init__(self, channels, halves):
        super().__init__()
        self.halves = halves
        self.query = nn.Linear(channels, 1)
        self.key = nn.Linear(channels, 1, bias=False)

    def forward(self, queries, keys):
        """Returns (..., N, N)."""
        if self.halves:
            scores = self.query(queries) + self.key(keys).transpose(-1, -2)
            return F.leaky_relu(scores, 0.2)
        joints = queries.shape[-2]
        pairs = torch.cat(
            [
                queries.unsqueeze(-2).expand(*queries.shape[:-1], joints, -1),
                keys.unsqueeze(-3).expand(*keys.shape[:-2], joints, joints, -1),
            ],
            dim=-1,
        )  # (..., N, N, 2C)
        weight = torch.cat([self.query.weight, self.key.weight], dim=-1)
        return F.leaky_relu(F.linear(pairs, weight, self.query.bias)[..., 0], 0.2)


def affinity(features, scores, neighbors):
    """Softmax of the scores over the K joints nearest in `features`, itself first."""
    with torch.no_grad():
        distances = torch.cdist(features, features)
        joint = torch.arange(features.shape[-2], device=features.device)
        distances[..., joint, joint] = -1.0
        nearest = distances.topk(neighbors, largest=False).indices
        far = torch.ones_like(scores, dtype=torch.bool).scatter_(-1, nearest, False)
    return torch.softmax(scores.masked_fill(far, -torch.inf), dim=-1)


class DynamicSpatialGraphConv(nn.Module):
    """Eq. 3-7."""

    def __init__(self, channels, neighbors, halves):
        super().__init__()
        self.neighbors = neighbors
        self.gamma = PairScore(channels, halves)
        self.phi = nn.Linear(channels, channels, bias=False)

    def forward(self, x):
        """Returns (B, T, N, channels)."""
        return affinity(x, self.gamma(x, x), self.neighbors) @ self.phi(x)


def shift_and_add(here, from_next, from_previous):
    """Adds (B, T-1, N, C) of the frames after and before to (B, T, N, C)."""
    later = F.pad(from_next, (0, 0, 0, 0, 0, 1))
    earlier = F.pad(from_previous, (0, 0, 0, 0, 1, 0))
    return here + later + earlier


class FixedTemporalGraphConv(nn.Module):
    """Eq. 9."""

    def __init__(self, channels):
        super().__init__()
        self.w_x = nn.Linear(channels, channels, bias=False)
        self.w_f = nn.Linear(channels, channels, bias=False)
        self.w_b = nn.Linear(channels, channels, bias=False)

    def forward(self, x):
        """Returns (B, T, N, channels)."""
        return shift_and_add(self.w_x(x), self.w_f(x[:, 1:]), self.w_b(x[:, :-1]))


class DynamicTemporalGraphConv(nn.Module):
    """Eq. 10-14."""

    def __init__(self, channels, neighbors, halves):
        super().__init__()
        self.neighbors = neighbors
        self.alpha = PairScore(channels, halves)
        self.beta = PairScore(channels, halves)
        self.u_x = nn.Linear(channels, channels, bias=False)
        self.u_f = nn.Linear(channels, channels, bias=False)
        self.u_b = nn.Linear(channels, channels, bias=False)

    def forward(self, x):
        """Returns (B, T, N, channels)."""
        first, second = x[:, :-1], x[:, 1:]
        motion = second - first
        q_next = affinity(motion, self.alpha(first, second), self.neighbors)
        q_previous = affinity(motion, self.beta(second, first), self.neighbors)
        return shift_and_add(
            self.u_x(x), q_next @ self.u_f(second), q_previous @ self.u_b(first)
        )


class BatchNorm(nn.BatchNorm1d):
    """Batch norm over (B, T, N)."""

    def forward(self, x):
        """Returns the input's shape."""
        return super().forward(x.flatten(0, -2)).view_as(x)


class ResidualModule(nn.Module):
    """x + layer(layer(x)), a layer being graph convolution, batch norm, ReLU."""

    def __init__(self, conv_1, conv_2, channels, gamma):
        super().__init__()
        self.conv_1, self.norm_1 = conv_1, BatchNorm(channels)
        self.conv_2, self.norm_2 = conv_2, BatchNorm(channels)
        nn.init.constant_(self.norm_2.weight, gamma)

    def forward(self, x):
        """Returns the input's shape."""
        y = torch.relu(self.norm_1(self.conv_1(x)))
        return x + torch.relu(self.norm_2(self.conv_2(y)))


class NonLocal(nn.Module):
    """x + BN(softmax(theta(x) phi(x)^T) g(x) W) over the joints of a frame [37]."""

    def __init__(self, channels):
        super().__init__()
        self.theta = nn.Linear(channels, channels, bias=False)
        self.phi = nn.Linear(channels, channels, bias=False)
        self.g = nn.Linear(channels, channels, bias=False)
        self.w = nn.Linear(channels, channels, bias=False)
        self.norm = BatchNorm(channels)
        nn.init.zeros_(self.norm.weight)

    def forward(self, x):
        """Returns the input's shape."""
        attention = torch.softmax(self.theta(x) @ self.phi(x).transpose(-1, -2), dim=-1)
        return x + self.norm(self.w(attention @ self.g(x)))


class DGNet(nn.Module):
    """Sec. III-C with two units a block: FSG, DSG; FTG, DTG, FTG.

    Args:
        skeleton, blocks, channels, spatial_neighbors, temporal_neighbors,
            residual_gamma, head_scale: as of `dgnet_tf.DGNet`.
        halves: see `PairScore`.
    """

    def __init__(
        self,
        skeleton="human36m_17",
        blocks=5,
        channels=128,
        spatial_neighbors=3,
        temporal_neighbors=4,
        residual_gamma=0.2,
        head_scale=0.1,
        halves=False,
    ):
        super().__init__()
        operations = {
            "fsg": lambda: SemanticGraphConv(channels, channels, skeleton),
            "dsg": lambda: DynamicSpatialGraphConv(channels, spatial_neighbors, halves),
            "ftg": lambda: FixedTemporalGraphConv(channels),
            "dtg": lambda: DynamicTemporalGraphConv(
                channels, temporal_neighbors, halves
            ),
        }

        def module(name):
            make = operations[name]
            return ResidualModule(make(), make(), channels, residual_gamma)

        def head(inputs):
            layer = nn.Linear(inputs, 3)
            nn.init.xavier_uniform_(layer.weight, gain=head_scale)
            nn.init.zeros_(layer.bias)
            return layer

        self.input_graph = SemanticGraphConv(2, channels, skeleton)
        self.input_norm = BatchNorm(channels)
        joints = len(skeletons.get(skeleton).joints)
        self.joint_embedding = nn.Parameter(0.5 * torch.randn(joints, channels))
        self.blocks = nn.ModuleList(
            nn.Sequential(
                *(module("fsg"), module("dsg"), NonLocal(channels)),
                *(module("ftg"), module("dtg"), module("ftg"), NonLocal(channels)),
            )
            for _ in range(blocks)
        )
        self.block_heads = nn.ModuleList(head(channels) for _ in range(blocks))
        self.head = head(blocks * channels)

    def forward(self, keypoints):
        """(B, T, N, 2) -> the network's pose (B, T, N, 3) and a list of the blocks'."""
        x = self.input_norm(self.input_graph(keypoints)) + self.joint_embedding
        x = torch.relu(x)
        features, poses = [], []
        for block, block_head in zip(self.blocks, self.block_heads, strict=True):
            x = block(x)
            features.append(x)
            poses.append(block_head(x))
        return self.head(torch.cat(features, dim=-1)), poses


def loss(pose, block_poses, target, block_loss_weight):
    """Eq. 15-17: squares summed over a window, averaged over the batch."""

    def squares(predicted):
        return (predicted - target).square().sum(dim=(1, 2, 3)).mean()

    return squares(pose) + block_loss_weight * sum(map(squares, block_poses))
