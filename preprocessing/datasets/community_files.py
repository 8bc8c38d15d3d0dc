"""2-D keypoints in the community's `.npz` form (`data_2d_*.npz`).

`positions_2d` is subject -> sequence -> a list with one (F, J, 2) array of pixels per
camera. `metadata` holds `num_joints` and `keypoints_symmetry`, the indices of the left
and of the right joints, from which the layout is recognised.
"""

from __future__ import annotations

import dataclasses
import operator

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.files import npz_files
from dgnet_tf.keypoints import layouts

# The meaning of the flag that names such a file.
DETECTIONS = "a data_2d_*.npz with the 2-D input (default: the 2-D ground truth)"
_LARGEST_PX = 1e6


@dataclasses.dataclass(frozen=True, eq=False)
class Detected:
    """The keypoints of one sequence.

    Attributes:
        where: file and place in it, for messages.
        layout: name of their layout.
        keypoints: one (F, J, 2) array of pixels per camera; F may differ.
    """

    where: str
    layout: str
    keypoints: tuple[np.ndarray, ...]


@dataclasses.dataclass(frozen=True, eq=False)
class Detections:
    """The content of a file.

    Attributes:
        path: the file.
        layout: name of its layout.
        sequences: subject -> sequence -> arrays, not yet checked.
    """

    path: str
    layout: str
    sequences: dict

    def of(self, subject: str, sequence: str, cameras: int) -> Detected:
        """Returns the keypoints of one sequence.

        Raises:
            UserError: if it is not there, or not as the module describes it.
        """
        where = f"{self.path}: positions_2d[{subject!r}][{sequence!r}]"
        of_subject = self.sequences.get(subject, {})
        if not isinstance(of_subject, dict) or sequence not in of_subject:
            raise UserError(
                f"{where}: not there; the file must have keypoints for each sequence "
                "that the 3-D positions have."
            )
        arrays = of_subject[sequence]
        many = isinstance(arrays, list | tuple) or (
            isinstance(arrays, np.ndarray) and arrays.ndim > 0
        )
        if not many or len(arrays) != cameras:
            raise UserError(f"{where} must be a list of {cameras} cameras' keypoints.")
        joints = len(layouts.get(self.layout).joints)
        for camera, array in enumerate(arrays):
            _check(array, joints, f"{where}[{camera}]")
        return Detected(where, self.layout, tuple(arrays))


def read_detections(path, skeleton: str) -> Detections:
    """Reads a file and recognises its layout.

    Raises:
        UserError: if the file is damaged, its layout is unknown or does not give the
            skeleton that the keypoints are to become.
    """
    content = npz_files.read(path, ["positions_2d", "metadata"])
    layout = _layout(content["metadata"], path)
    if skeleton not in layouts.get(layout).skeletons:
        fitting = sorted(layouts.get(layout).skeletons)
        raise UserError(
            f"{path}: its keypoints are in the layout {layout!r}, which does not give "
            f"the skeleton {skeleton!r}, only {', '.join(fitting)}. Convert to one of "
            "these, or take another file."
        )
    if not isinstance(content["positions_2d"], dict):
        raise UserError(f"{path}: positions_2d must be a dict of subjects; it is not.")
    return Detections(str(path), layout, content["positions_2d"])


def fit(detected: Detected, camera: int, skeleton: str, frames: int):
    """Makes a camera's keypoints fit the motion capture: its frames and its joints.

    Videos go on after the motion capture's F frames end: that tail is cut.

    Returns:
        float32 (F, N, 2) keypoints, pixels; float32 (F, N) confidence: ones, for the
        files have none.

    Raises:
        UserError: if there are fewer than F frames.
    """
    found = detected.keypoints[camera]
    if len(found) < frames:
        raise UserError(
            f"{detected.where}[{camera}]: has keypoints for {len(found)} frames, the "
            f"3-D positions have {frames}. Use both files of the same conversion."
        )
    found = found[:frames].astype(np.float32)
    confidence = np.ones(found.shape[:2], np.float32)
    return layouts.convert(found, confidence, detected.layout, skeleton)


def named_items(value, where: str):
    """Returns the items of a dict whose keys are names, or raises a UserError."""
    if not isinstance(value, dict):
        raise UserError(f"{where} must be a dict; it is a {type(value).__name__}.")
    for key in value:
        if not isinstance(key, str) or not key.isprintable():
            raise UserError(f"{where}: its keys must be names, one is {key!r:.50}.")
    return value.items()


def _layout(metadata, path) -> str:
    """Returns the name of the layout with the symmetry that the file states."""
    try:
        joints = operator.index(metadata["num_joints"])
        left, right = (
            [operator.index(joint) for joint in side]
            for side in metadata["keypoints_symmetry"]
        )
    except (TypeError, ValueError, LookupError, OverflowError) as error:
        raise UserError(
            f"{path}: metadata must hold 'num_joints' and 'keypoints_symmetry', a list "
            "of left and one of right joints; it does not."
        ) from error
    # Sets: in Stacked Hourglass files the two lists do not run in parallel.
    stated = (joints, set(left), set(right))
    for layout in layouts.LAYOUTS.values():
        sides = (_indices(layout, side) for side in ("left_", "right_"))
        if (len(layout.joints), *sides) == stated:
            return layout.name
    raise UserError(
        f"{path}: {joints} keypoints, of which {left} are left and {right} right, fit "
        "no known layout. Bring them into Human3.6M's order."
    )


def _indices(layout, side) -> set[int]:
    """Returns the indices of the joints whose names start like that."""
    return {i for i, name in enumerate(layout.joints) if name.startswith(side)}


def _check(array, joints, where):
    if not isinstance(array, np.ndarray) or not np.issubdtype(array.dtype, np.floating):
        raise UserError(f"{where} must be an array of floating-point pixels.")
    if array.ndim != 3 or array.shape[1:] != (joints, 2):
        raise UserError(
            f"{where}: has shape {array.shape}; it must be (frames, {joints}, 2), as "
            "the file's metadata state."
        )
    # Also false where NaN.
    if not (np.abs(array) <= _LARGEST_PX).all():
        raise UserError(
            f"{where}: holds keypoints that are NaN, infinite or farther than "
            f"{_LARGEST_PX:g} px out. Take a file without them."
        )
