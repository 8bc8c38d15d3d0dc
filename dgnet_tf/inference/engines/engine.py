"""What every engine gives, whatever it runs on."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from dgnet_tf.inference.options import InferenceOptions


class Engine(Protocol):
    """A trained network, ready to compute, with the options of its use.

    Preparation of keypoints, windows, the mirrored estimate and the root are the
    engine's; missing keypoints, layouts and frame rates are what its callers see to.

    Attributes:
        options: how the network is used.
    """

    options: InferenceOptions

    def lift(self, keypoints: np.ndarray, image_size: np.ndarray) -> np.ndarray:
        """Lifts one video.

        Takes (F, N, 2) finite pixels and (2,) width and height; gives (F, N, 3)
        float32 metres, camera axes, the root at 0. Memory beyond these does not grow
        with F. A network that takes the confidence, `options.inputs`, has it from the
        third number of (F, N, 3), otherwise 1.
        """

    def lift_measured(
        self, keypoints: np.ndarray, image_size: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Lifts as `lift` does, and says by how much the estimates disagree.

        Returns the positions, and of each joint (F, N) the root mean square distance,
        metres, of all overlapping and mirrored estimates from their mean; None where
        there is one estimate alone, or the engine does not show them.
        """

    def lift_newest(self, keypoints: np.ndarray, image_size: np.ndarray) -> np.ndarray:
        """Lifts the last of `options.reach` frames of P people.

        Takes (P, reach, N, 2) pixels, or with the confidence (P, reach, N, 3), and (2,)
        width and height; gives (P, N, 3).
        """
