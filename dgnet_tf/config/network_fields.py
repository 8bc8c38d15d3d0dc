"""The fields of the network and of the windows that it takes."""

from __future__ import annotations

import dataclasses
import functools

from dgnet_tf import skeletons
from dgnet_tf.config import config_field
from dgnet_tf.config.config_field import ARCHITECTURES, DGNETS, PEERS

_network = functools.partial(config_field.field, part="network")
_dgnets = functools.partial(_network, architectures=DGNETS)
_data = functools.partial(config_field.field, part="data")
_optimizer = functools.partial(config_field.field, part="optimizer")


@dataclasses.dataclass(frozen=True)
class NetworkFields:
    """The first fields of `fields.Config`."""

    # fmt: off
    architecture: str = _network(
        "dgnet", "Network to train: DG-Net, the same network with fixed graphs only "
        "(baseline), or one that the paper compares itself with.",
        choices=ARCHITECTURES,
    )
    skeleton: str = _data(
        "", "Name of the skeleton; empty until it is filled from the data set.",
        choices=("", *skeletons.SKELETONS), from_data=True,
    )
    fps: float = _data(
        0.0, "Frames a second; 0 until it is filled from the data set.", least=0,
        most=10_000, from_data=True,
    )
    inputs: str = _network(
        "xy", "What the network takes of a keypoint: its coordinates, or its "
        "confidence, too (xyc).", choices=("xy", "xyc"),
    )
    frames: int = _network(4, "Frames of a window, T.", least=1, most=1000)
    frame_stride: int = _data(
        1, "Distance in time, in frames, between neighbouring frames of a window.",
        least=1, most=1000, suggested=True,
    )
    blocks: int = _network(
        5, "Number of DG-Conv blocks, or of another network's blocks.", least=1,
        most=100,
    )
    channels: int = _network(128, "Channels of the features.", least=1, most=4096)
    spatial_neighbors: int = _dgnets(
        3, "Neighbours of a joint in DSG, itself among them; K of Table V.",
        least=1, most=100,
    )
    temporal_neighbors: int = _dgnets(
        4, "Neighbours of a joint in each adjacent frame in DTG; K of Table V.",
        least=1, most=100,
    )
    connection: str = _dgnets(
        "dynamic", "How DSG and DTG find a joint's neighbours (Table VI).",
        choices=("dynamic", "fixed", "full", "symmetry", "random", "precomputed"),
    )
    weighting: str = _dgnets(
        "fc", "How DSG and DTG weigh a joint's neighbours (Table VI).",
        choices=("none", "fc", "embedded_gaussian"),
    )
    score_activation: str = _dgnets(
        "leaky_relu", "Activation after the fully-connected score of two joints.",
        choices=("linear", "leaky_relu", "tanh", "sigmoid"),
    )
    normalization: str = _dgnets(
        "softmax", "How a joint's affinities to its neighbours are normalised.",
        choices=("none", "mean", "softmax"),
    )
    neighbor_softness: float = _dgnets(
        0.0, "How soft the choice of the K nearest joints is at the start of training, "
        "tau over the mean squared distance; 0: as printed.", least=0, most=1000,
    )
    spatial_unit: str = _dgnets(
        "fsg,dsg", "Operations of a block's spatial unit, separated by commas (Table "
        "VII); fsg+dsg is FSG with DSG beside it, behind a gate that starts at 0.",
        longest=100,
    )
    temporal_unit: str = _dgnets(
        "ftg,dtg,ftg", "Operations of a block's temporal unit, separated by commas "
        "(Table VII); ftg+dtg alike.", longest=100,
    )
    semantic: bool = _dgnets(True, "Learn the weights of the skeleton's bones in FSG.")
    non_local: bool = _network(
        True, "Use non-local blocks (Table IX).",
        architectures=(*DGNETS, "semgcn", "stgcn"),
    )
    input_frame: str = _dgnets(
        "screen", "What a window's keypoints are relative to: the screen, or the mean "
        "and the size of the person's keypoints, without or with these as inputs.",
        choices=("screen", "person", "person_and_place"),
    )
    joint_embedding: bool = _dgnets(
        True, "Add a learned vector for each joint to the input features."
    )
    residual_gamma: float = _dgnets(
        0.2, "Initial scale of the residual branches.", least=-1000, most=1000
    )
    head_scale: float = _network(
        0.1, "Initial scale of the heads' kernels, relative to Glorot's.", above=0,
        most=1000,
    )
    dropout: float = _network(
        0.0, "Rate of dropout.", least=0, most=0.99, architectures=PEERS, suggested=True
    )
    block_loss_weight: float = _optimizer(
        0.1, "Weight of the loss of the blocks' own poses, lambda of Eq. 17.", least=0,
        most=1_000_000, architectures=DGNETS,
    )
    # fmt: on
