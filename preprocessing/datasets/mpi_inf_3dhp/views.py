"""Makes camera views of MPI-INF-3DHP's annotations, whatever form they came in."""

from __future__ import annotations

import dataclasses

import numpy as np

from dgnet_tf import skeletons
from dgnet_tf.data.view import View
from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import interpolation

SKELETON = "mpi_inf_3dhp_17"

# The 28 joints of the training annotations; the test annotations and P-STMO's files
# have the 17 of the skeleton, in its order.
ANNOTATED_JOINTS = (
    "spine3", "spine4", "spine2", "spine", "pelvis", "neck", "head", "head_top",
    "left_clavicle", "left_shoulder", "left_elbow", "left_wrist", "left_hand",
    "right_clavicle", "right_shoulder", "right_elbow", "right_wrist", "right_hand",
    "left_hip", "left_knee", "left_ankle", "left_foot", "left_toe", "right_hip",
    "right_knee", "right_ankle", "right_foot", "right_toe",
)  # fmt: skip

# Joints of human36m_17 that go by another name here. They mean the same only about:
# Human3.6M's neck lies at the nose and its head below the top of the head.
HUMAN36M_NAMES = {"hip": "pelvis", "thorax": "neck", "neck": "head", "head": "head_top"}

_MM = 1000.0
_LARGEST = 1e6  # pixels or millimetres; what lies farther is junk


@dataclasses.dataclass(frozen=True)
class Sequence:
    """What is known of a sequence before its files are opened.

    Attributes:
        subject, setting, take: its ids; the setting becomes the action.
        image_size: width and height, pixels.
        fps: frames per second as recorded.
        frames: frames of its videos; rows of annotation beyond them are left out.
            None where unknown.
        step: every how many-th frame is taken.
        skeleton: name of the skeleton to make.
    """

    subject: str
    setting: str
    take: str
    image_size: tuple[int, int]
    fps: float
    frames: int | None
    step: int = 1
    skeleton: str = SKELETON

    @property
    def rate(self) -> float:
        """Frames per second of the views."""
        return self.fps / self.step


def joint_order(skeleton: str, source: tuple[str, ...]) -> list[int]:
    """Returns the indices in `source` (joint names) of a skeleton's joints."""
    names = skeletons.get(skeleton).joints
    if skeleton != SKELETON:
        names = [HUMAN36M_NAMES.get(name, name) for name in names]
    return [source.index(name) for name in names]


def view(
    sequence: Sequence,
    camera: str,
    keypoints: np.ndarray,
    positions: np.ndarray,
    valid: np.ndarray,
    intrinsics: np.ndarray,
    where: str,
) -> View:
    """Makes one view.

    Every frame is kept. Those that are not valid serve as 2-D context only: their
    positions become zeros. Where their keypoints are unusable (not finite, far off
    any image, or all in one point) they are interpolated with confidence 0.

    Args:
        sequence: the sequence.
        camera: name of the camera.
        keypoints: (F, J, 2) pixels; J is 28 or 17.
        positions: (F, J, 3) millimetres, camera axes.
        valid: (F,) bool.
        intrinsics: (9,) as in `cameras`; zeros where unknown.
        where: file and field, for messages.

    Raises:
        UserError: if a valid frame has unusable numbers, or no frame has keypoints.
    """
    source = skeletons.get(SKELETON).joints
    if keypoints.shape[1] == len(ANNOTATED_JOINTS):
        source = ANNOTATED_JOINTS
    order = joint_order(sequence.skeleton, source)
    taken = slice(None, sequence.frames), order
    keypoints = keypoints[taken][:: sequence.step].astype(np.float64)
    positions = positions[taken][:: sequence.step].astype(np.float64)
    valid = valid[: sequence.frames : sequence.step]

    usable = _usable(keypoints)
    bad = np.flatnonzero(valid & ~(usable & _usable(positions)))
    if len(bad):
        raise UserError(
            f"{where}: {len(bad)} of {valid.sum()} valid frames hold unusable numbers "
            f"(NaN, infinite, above {_LARGEST:g}, or all joints in one point), the "
            f"first is frame {bad[0] * sequence.step}. Download the file again."
        )
    if not usable.any():
        raise UserError(f"{where}: no frame has usable keypoints. Leave it out.")
    if not usable.all():
        keypoints[~usable] = np.nan
        keypoints = interpolation.fill_gaps(keypoints)
    positions[~valid] = 0.0
    return View(
        keypoints=keypoints.astype(np.float32),
        confidence=np.repeat(usable[:, None], len(order), axis=1).astype(np.float32),
        positions=(positions / _MM).astype(np.float32),
        valid=valid,
        intrinsics=intrinsics,
        image_size=np.array(sequence.image_size, np.float64),
        fps=sequence.rate,
        subject=sequence.subject,
        action=sequence.setting,
        take=sequence.take,
        camera=camera,
    )


def check_shape(array, joints: int, axes: int, frames: int | None, where: str):
    """Raises a UserError unless `array` is of (frames, joints, axes) numbers.

    Frames are any number but 0 if they are None. `where` names file and field.
    """
    wanted = f"({frames or 'frames'}, {joints}, {axes})"
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiu":
        kind = getattr(array, "dtype", type(array).__name__)
        raise UserError(
            f"{where}: must be an array of {wanted} numbers, found {kind}. Download "
            "the file again."
        )
    fits = array.ndim == 3 and array.shape[1:] == (joints, axes) and len(array)
    if not fits or (frames is not None and len(array) != frames):
        raise UserError(
            f"{where}: must have the shape {wanted}, found {array.shape}. Download the "
            "file again."
        )


def _usable(values):
    """(F,) whether a frame's values (F, N, C) can be a pose."""
    flat = values.reshape(len(values), -1)
    # Comparisons with NaN are false.
    sound = (np.abs(flat) <= _LARGEST).all(axis=1)
    return sound & (values != values[:, :1]).any(axis=(1, 2))
