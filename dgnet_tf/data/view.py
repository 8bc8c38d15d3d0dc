"""One camera's view of a recording."""

from __future__ import annotations

import dataclasses

import numpy as np

from dgnet_tf import cameras
from dgnet_tf.data import view_names
from dgnet_tf.errors import UserError


@dataclasses.dataclass(frozen=True, eq=False)
class View:
    """One recording as one camera sees it: F frames of N joints.

    Attributes:
        keypoints: (F, N, 2) pixels, origin at the top left.
        confidence: (F, N) of the keypoints, 0 to 1.
        positions: (F, N, 3) metres, camera axes, with the absolute root.
        valid: (F,) bool, whether the frame has ground truth to score.
        intrinsics: (9,) as in `cameras`; zeros where unknown.
        image_size: (2,) width and height, pixels.
        fps: frames a second.
        subject, action, take, camera: its ids.
    """

    keypoints: np.ndarray
    confidence: np.ndarray
    positions: np.ndarray
    valid: np.ndarray
    intrinsics: np.ndarray
    image_size: np.ndarray
    fps: float
    subject: str
    action: str
    take: str
    camera: str

    @property
    def name(self) -> str:
        """The ids in one: subject/action/take/camera."""
        return view_names.of(vars(self))

    def camera_intrinsics(self, need: str, flag: str) -> np.ndarray:
        """Returns the intrinsics as (9,) float64.

        Args:
            need: what takes them, in the plural, for the message.
            flag: of the command, that asks for it.

        Raises:
            UserError: where they are unknown.
        """
        found = np.asarray(self.intrinsics, np.float64)
        if not (found[cameras.FOCAL] > 0).all():
            raise UserError(
                f"{self.name}: the data has no intrinsics of this view's camera, which "
                f"{need} need. Evaluate without {flag}, or convert data with cameras."
            )
        return found
