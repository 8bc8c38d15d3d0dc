"""Reads Penn Action's label files: MATLAB's v5 format, one person in each.

`x`, `y` and `visibility` are (F, 13); a joint of visibility 0 is missing. `dimensions`
holds height, width and number of frames of the video, `action` its name.
"""

from __future__ import annotations

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.files import mat_files
from dgnet_tf.keypoints import layouts
from dgnet_tf.keypoints.detections import number_array
from dgnet_tf.keypoints.sightings import Sightings

LAYOUT = "penn_action_13"
FORMAT = (
    "Penn Action (http://dreamdragon.github.io/PennAction/): `labels/*.mat`, which "
    "state the image size"
)
SUFFIXES = (".mat",)
_ARRAYS = ("x", "y", "visibility")


def fits(content) -> bool:
    """Says whether a MATLAB file is of this format: all are taken to be."""
    return True


def read(path, content, layout: str, image_size=None, fps=None) -> Sightings:
    """Returns the person, the image size and the action."""
    variables = mat_files.read(path, (*_ARRAYS, "dimensions", "action"))
    arrays = [number_array(f"{path}: {name!r}", variables[name]) for name in _ARRAYS]
    shapes = {array.shape for array in arrays}
    if len(shapes) > 1 or arrays[0].ndim != 2 or not len(arrays[0]):
        raise UserError(
            f"{path}: 'x', 'y' and 'visibility' must have one shape, (frames, 13), "
            f"have {sorted(shapes)}."
        )
    x, y, visibility = arrays
    layouts.check_count(path, x.shape[1], LAYOUT)
    dimensions = number_array(f"{path}: 'dimensions'", variables["dimensions"]).ravel()
    sides = dimensions[:2].tolist()
    if len(sides) < 2 or not all(0 < v <= 1e5 and v == int(v) for v in sides):
        raise UserError(
            f"{path}: 'dimensions' must start with the height and width of the video "
            f"in pixels, are {dimensions[:3].tolist()}."
        )
    layouts.check_count(path, x.shape[1], layout)
    found = Sightings(path)
    found.follow("1", np.stack([x, y], axis=-1), visibility)
    found.image_size = (int(sides[1]), int(sides[0]))
    found.action = _action(variables["action"])
    return found


def _action(action) -> str:
    """Returns the action if it can be one, as part of records' names; else ""."""
    if isinstance(action, str) and action.isprintable() and "/" not in action:
        return action[:64]
    return ""
