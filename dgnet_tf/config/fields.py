"""The fields of the training configuration, with what is known of each."""

from __future__ import annotations

import dataclasses
import functools

from dgnet_tf import skeletons
from dgnet_tf.config import config_field
from dgnet_tf.config.config_field import ARCHITECTURES, DGNETS, PEERS

# The parts of a configuration. The network's are arguments of its class.
NETWORK, DATA, AUGMENTATION = "network", "data", "augmentation"
OPTIMIZER, EXECUTION, INFERENCE = "optimizer", "execution", "inference"
_network = functools.partial(config_field.field, part=NETWORK)
_dgnets = functools.partial(config_field.field, part=NETWORK, architectures=DGNETS)
_data = functools.partial(config_field.field, part=DATA)
_augmentation = functools.partial(config_field.field, part=AUGMENTATION)
_optimizer = functools.partial(config_field.field, part=OPTIMIZER)
_execution = functools.partial(config_field.field, part=EXECUTION)
_inference = functools.partial(config_field.field, part=INFERENCE)


@dataclasses.dataclass(frozen=True)
class Config:
    """What a run is trained with; every field is a flag of the same name.

    The network's fields are arguments of its class. Networks other than DG-Net take
    some of them, under sizes of their own: see `network_sizes`.
    """

    # Default, meaning, then what is allowed and where it has an effect.
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

    velocity_loss_weight: float = _optimizer(
        0.0, "Weight of the squared error of the joints' movement from frame to frame, "
        "in the loss; 0 is the paper's.", least=0, most=1_000_000,
    )
    bone_loss_weight: float = _optimizer(
        0.0, "Weight of the squared error of the bones' lengths, in the loss; 0 is the "
        "paper's.", least=0, most=1_000_000,
    )
    neighbor_softness_decay: float = _optimizer(
        0.1, "tau of soft neighbours at the end of training over neighbor_softness.",
        above=0, most=1, architectures=DGNETS,
    )

    epochs: int = _optimizer(
        200, "Epochs of training; each sees each training frame about once.", least=1,
        most=1_000_000,
    )
    steps_per_epoch: int = _optimizer(
        0, "Steps of an epoch; 0: as many as the data give.", least=0, most=10**9,
    )
    batch_size: int = _optimizer(64, "Windows of a batch.", least=1, most=100_000)
    optimizer: str = _optimizer(
        "adam", "Optimizer; all but adam need requirements-addons.txt.",
        choices=("adam", "rectified_adam", "stochastic_averaging"),
    )
    learning_rate: float = _optimizer(
        1e-3, "Learning rate at the start.", above=0, most=1000
    )
    learning_rate_decay: float = _optimizer(
        0.01, "Learning rate at the end of training over that at its start.", above=0,
        most=1000,
    )
    learning_rate_schedule: str = _optimizer(
        "exponential", "How the learning rate falls.", choices=("exponential", "cosine")
    )
    warmup_steps: int = _optimizer(
        0, "Steps in which the learning rate first rises from zero.", least=0,
        most=10**9,
    )
    weight_decay: float = _optimizer(
        0.0, "Decoupled weight decay of kernels (AdamW); adam alone has it.", least=0,
        most=1000,
    )
    weight_average: float = _optimizer(
        0.0, "Decay of a moving average of all weights, which is validated and saved "
        "instead of them, 0.999 for example; 0: no average.", least=0, most=0.99999,
    )
    flip: bool = _augmentation(True, "Mirror half of the training windows.")
    actions: str = _data(
        "", "Actions to train on: whole names, separated by commas, those that have a "
        "comma in double quotes; empty for all.",
    )
    random_cameras: float = _augmentation(
        0.0, "Share of the training windows re-rendered by a random camera, which "
        "looks at the person from any side.", least=0, most=1,
    )
    random_camera_tilt: float = _augmentation(
        10.0, "Largest tilt of a random camera against the original one, degrees.",
        least=0, most=45,
    )
    random_camera_focal: float = _augmentation(
        0.1, "Largest relative difference of a random camera's focal length.", least=0,
        most=0.5,
    )
    body_scale: float = _augmentation(
        0.0, "Largest relative change of each bone's length, left and right alike, and "
        "of the whole body's size.", least=0, most=0.5,
    )
    noise_px: float = _augmentation(
        0.0, "Standard deviation of Gaussian noise on training keypoints, pixels.",
        least=0, most=10_000,
    )
    noise_correlation: float = _augmentation(
        0.0, "Correlation of the noise from one frame to the next.", least=0, most=0.99
    )
    noise_correlation_to: float = _augmentation(
        0.0, "The other end of a range of correlations, from which each clip draws its "
        "own; 0: all clips have noise_correlation.", least=0, most=0.99,
    )
    relative_noise: float = _augmentation(
        0.0, "Largest standard deviation of further Gaussian noise, relative to the "
        "person's height in the image; each clip draws its own from 0 up.", least=0,
        most=0.2,
    )
    joint_offset: float = _augmentation(
        0.0, "Largest standard deviation of the joints' offsets, which are steady "
        "throughout a clip, relative to the person's height in the image; each clip "
        "draws its own from 0 up.", least=0, most=0.2,
    )
    outlier_share: float = _augmentation(
        0.0, "Share of training keypoints that are outliers.", least=0, most=0.5
    )
    outlier_px: float = _augmentation(
        50.0, "Standard deviation of an outlier's additional error, pixels.", least=0,
        most=10_000,
    )
    relative_outlier: float = _augmentation(
        0.0, "The same relative to the person's height in the image, in the place of "
        "outlier_px; 0: outlier_px holds.", least=0, most=1,
    )
    outlier_seconds: float = _augmentation(
        0.0, "Shortest duration of an outlier, seconds; the longest is 0.5.", least=0,
        most=0.5,
    )
    swap_share: float = _augmentation(
        0.0, "Share of the time in which a limb's left and right keypoints are "
        "swapped, those of all limbs or of one pair.", least=0, most=0.5,
    )
    missing_share: float = _augmentation(
        0.0, "Share of training keypoints that are dropped and filled in as in "
        "lifting.", least=0, most=0.5,
    )
    missing_legs: float = _augmentation(
        0.0, "Share of the training windows without keypoints of knees and ankles.",
        least=0, most=1,
    )
    pose_balance: float = _augmentation(
        0.0, "How much more often rare poses are drawn: 0 as they occur, 1 all kinds "
        "equally often, but at most ten times as often as they occur.", least=0, most=1,
    )
    random_stride: bool = _augmentation(
        False, "Draw the stride of training windows from 1 to frame_stride."
    )
    seed: int = _optimizer(
        0, "Seed of initial weights, random connections, order of windows and "
        "augmentation.", least=0, most=2**32 - 1,
    )
    weights: str = _optimizer(
        "", "Trained weights to start from: a name that the package ships, or a folder "
        "made by save_preset; they bring the network's fields. Empty: random ones.",
    )

    jit_compile: str = _execution(
        "auto", "Compile the training step with XLA; auto: if the training has 200 "
        "steps, which save what compiling costs, on one device of the default stack.",
        choices=("auto", "on", "off"),
    )
    precision: str = _execution(
        "float32", "Number format of the network's products; mixed_bfloat16 is faster "
        "where the processor has it.",
        choices=("float32", "mixed_float16", "mixed_bfloat16"),
    )
    strategy: str = _execution(
        "none", "Devices to train on: one, all GPUs of the machine (mirrored), or the "
        "machines that TF_CONFIG lists (multi_worker, which needs "
        "requirements-addons.txt).", choices=("none", "mirrored", "multi_worker"),
    )

    overlap: str = _inference(
        "mean", "How overlapping windows become one pose for each frame: a frame is in "
        "one window (once), in one and not at its ends (interior), in the middle of "
        "its own (center), or the mean of all (mean).",
        choices=("once", "center", "mean", "interior"),
    )
    keypoint_smoothing: int = _inference(
        0, "Frames on either side of each that a parabola is fitted to, in the "
        "keypoints before they are lifted; 0 lifts them as they are.", least=0, most=25,
    )
    # fmt: on


FIELDS: dict[str, config_field.ConfigField] = {
    found.name: dataclasses.replace(found.metadata["known"], name=found.name)
    for found in dataclasses.fields(Config)
}


def names(part: str, architecture: str | None = None) -> list[str]:
    """Returns the fields of a part, those alone that have an effect on a network."""
    return [
        name
        for name, known in FIELDS.items()
        if known.part == part and architecture in (None, *known.architectures)
    ]
