"""The fields of what training windows are drawn, and what is changed in them."""

from __future__ import annotations

import dataclasses
import functools

from dgnet_tf.config import config_field

_data = functools.partial(config_field.field, part="data")
_augmentation = functools.partial(config_field.field, part="augmentation")


@dataclasses.dataclass(frozen=True)
class AugmentationFields:
    """The fields of `fields.Config` after the optimiser's."""

    # fmt: off
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
    random_camera_roll: float = _augmentation(
        0.0, "Largest roll of a random camera about its own axis, degrees: held askew.",
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
    # fmt: on
