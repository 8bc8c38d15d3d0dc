"""What the networks of windows share: their input, their policy and their revival."""

from __future__ import annotations

import inspect
import pathlib
from typing import Any

import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.config.fields import FIELDS
from dgnet_tf.errors import check_positive
from dgnet_tf.models import preset_writer

keras = tf.keras


class WindowModel(keras.Model):
    """A functional model that revives from its constructor's arguments.

    Args:
        keypoints: from `window_input`.
        outputs: poses (B, T, N, 3) by name, "pose" among them.
        arguments: of the subclass's constructor, from `constructor_arguments`.
        name: of the model.
    """

    def __init__(self, keypoints, outputs, arguments, name=None):
        super().__init__(inputs=keypoints, outputs=outputs, name=name)
        self._arguments = arguments

    def get_config(self):
        """Returns the constructor's arguments."""
        return {**self._arguments, "name": self.name}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Builds the model from `get_config`'s dict."""
        del custom_objects
        return cls(**config)

    def save_to_preset(
        self, folder: str | pathlib.Path, *, overwrite: bool = False, **known: Any
    ) -> pathlib.Path:
        """Saves the network for `from_preset`, and whatever else takes such a folder.

        Args:
            folder: is made, whole or not at all; named by lower-case letters, digits
                and underscores. It is returned.
            overwrite: replace such a folder.
            **known: fields of the training configuration that no network knows. With
                `fps`, and `frame_stride` if it is not 1, the folder also lifts:
                `Lifter.load(folder)`.

        Raises:
            ValueError: if the folder's name is none, or the network was changed since
                it was built, as by `folding.fold`.
            UserError: if the folder is there, or a field is unknown or out of range.
            OSError: if the folder cannot be written.
        """
        return preset_writer.write(self, folder, overwrite, known)


def constructor_arguments(variables: dict) -> dict:
    """Returns a constructor's arguments but `kwargs`, from `locals()` at its start."""
    # Python 3.10 has those that an inner function uses last in `locals()`.
    names = inspect.signature(variables["__class__"].__init__).parameters
    return {name: variables[name] for name in names if name not in ("self", "kwargs")}


def window_input(skeleton: str, inputs: str = "xy", **sizes):
    """Returns a network's input (B, T, N, 2), normalised by `cameras.normalize_screen`.

    With the inputs "xyc" it is (B, T, N, 3), the third the confidence. `sizes` are
    `frames`, T, and whatever else must be a positive integer.

    Raises:
        ValueError: if there is no such skeleton, no such inputs, or one of the sizes
            is none.
    """
    for name, value in sizes.items():
        check_positive(name, value)
    FIELDS["inputs"].check(inputs)
    joints = len(skeletons.get(skeleton).joints)
    # A letter of "xyc" for each number of a keypoint.
    return keras.Input((sizes["frames"], joints, len(inputs)), name="keypoints")


def layer_policy(kwargs: dict):
    """Takes `dtype` from a constructor's arguments; the global policy where it lacks.

    It is passed down to each layer, as a model revives under a policy of its own.
    """
    return kwargs.pop("dtype", None) or keras.mixed_precision.global_policy()
