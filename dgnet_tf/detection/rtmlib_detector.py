"""RTMPose through `rtmlib`, where the user has installed it: several people."""

from __future__ import annotations

import numpy as np

from dgnet_tf.detection.detector import Seen
from dgnet_tf.errors import UserError


class RTMLib:
    """Finds COCO's 17 keypoints of everybody with `rtmlib.Body`.

    rtmlib fetches its own weights when it is first used; their licence is theirs.

    Raises:
        UserError: if rtmlib or ONNX Runtime is not installed, or the weights cannot be
            had.
    """

    layout = "coco_17"

    def __init__(self):
        try:
            import rtmlib
        except ImportError as error:
            raise UserError(
                f"--detector=rtmlib: cannot be imported ({error}). pip install rtmlib "
                "onnxruntime, or use --detector=blazepose."
            ) from error
        try:
            self._body = rtmlib.Body(
                mode="balanced", backend="onnxruntime", device="cpu"
            )
        except Exception as error:  # Its downloads raise many kinds.
            raise UserError(
                f"--detector=rtmlib: could not load its weights "
                f"({type(error).__name__}: {str(error)[:200]})."
            ) from error

    def detect(self, image: np.ndarray) -> list[Seen]:
        """Returns everybody who is seen; people are not followed."""
        image = np.ascontiguousarray(image[..., ::-1])  # BGR.
        boxes = self._body.det_model(image)
        if not len(boxes):  # rtmlib itself would take the whole image for a person.
            return []
        keypoints, scores = self._body.pose_model(image, bboxes=boxes)
        rows = np.concatenate([keypoints, scores[..., None]], axis=-1, dtype=np.float64)
        rows[..., 2] = np.clip(rows[..., 2], 0, 1)
        return [Seen(person) for person in rows]
