"""One BVH file as a motion in metres, world axes, at one rate."""

from __future__ import annotations

import dataclasses

import numpy as np

from dgnet_tf import axes
from dgnet_tf.errors import UserError
from preprocessing.conversion.sequences import PoseSequence
from preprocessing.datasets.bvh import files
from preprocessing.datasets.bvh.joint_mapping import SKELETON, Mapping
from preprocessing.datasets.bvh.placement import Placement
from preprocessing.datasets.resample import resample


@dataclasses.dataclass(frozen=True)
class Take:
    """A BVH file and how to read it: small, and sent to worker processes.

    Attributes:
        subject, action, take: its names.
        path: the file.
        mapping: its naming.
        placement: its joints.
        up: its vertical axis, "y" or "z".
        scale: metres per unit.
        fps: frames per second to resample to.
        skip_frames: frames to drop at its start.
    """

    subject: str
    action: str
    take: str
    path: str
    mapping: Mapping
    placement: Placement
    up: str
    scale: float
    fps: float
    skip_frames: int

    def sequence(self) -> PoseSequence:
        """Reads the file.

        Raises:
            UserError: if it is damaged or has no frames.
        """
        motion = files.read_motion(self.path)
        frames = len(motion.values)
        if frames <= self.skip_frames:
            raise UserError(
                f"{self.path}: has {frames} frames, of which {self.skip_frames} are "
                "skipped; nothing is left. Remove the file or give --skip_frames."
            )
        motion = self.mapping.mend(motion, self.placement.added)
        joints = self.placement.poses(motion.after(self.skip_frames))
        if self.up == "y":
            x, y, z = np.moveaxis(joints, -1, 0)
            joints = np.stack([x, -z, y], axis=-1)
        positions = resample(joints * self.scale, motion.fps, self.fps)
        positions[..., 2] -= axes.floor(positions[..., 2], SKELETON.joints)
        return PoseSequence(self.subject, self.action, self.take, positions, self.fps)
