"""Exported .tflite and .onnx files, read whole or refused."""

from __future__ import annotations

import itertools
import os
import pathlib

from dgnet_tf import skeletons
from dgnet_tf.errors import UserError
from dgnet_tf.inference.card_schema import CARD
from dgnet_tf.inference.engines import litert, onnx_runtime, openvino_runtime
from dgnet_tf.inference.options import InferenceOptions

_LOADERS = {".tflite": litert.load, ".onnx": onnx_runtime.load}
SUFFIXES = tuple(_LOADERS)


def usable_cores() -> int:
    """Returns how many cores this process may use: `DGNET_THREADS`, or all it has."""
    told = os.environ.get("DGNET_THREADS", "")
    if told.isdigit() and int(told):
        return int(told)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def load(path, threads: int = 1, *, openvino: bool = False):
    """Loads a file written by `python -m dgnet_tf.export`.

    Args:
        path: ends in `.tflite` or `.onnx`.
        threads: that its runtime may use.
        openvino: whether OpenVINO runs it in the place of the format's own runtime.

    Returns:
        A function of windows, see `WindowEngine.run`; the model card that the file
        carries.

    Raises:
        UserError: if the file is missing or none of these exports, or if what runs
            it is not installed.
    """
    path = pathlib.Path(path)
    if path.suffix not in _LOADERS:
        raise UserError(f"{path}: must end in .tflite or .onnx.")
    if not path.is_file():
        raise UserError(
            f"{path}: not found. Write it with `python -m dgnet_tf.export --format=...`"
        )
    try:
        loader = openvino_runtime.load if openvino else _LOADERS[path.suffix]
        run, text, shapes = loader(path, threads)
        card = CARD.parse(path, text)
        _check_shapes(card, shapes)
        return run, card
    except UserError:
        raise
    except Exception as error:  # Runtimes raise many kinds for damaged files.
        raise UserError(
            f"{path}: is no whole export of this package ({type(error).__name__}: "
            f"{str(error)[:200]}). Export the run again."
        ) from error


def _check_shapes(card, shapes):
    """Raises ValueError where a file's tensors are not those that its card tells of."""
    frames = card["config"]["frames"]
    joints = len(skeletons.get(card["skeleton"]).joints)
    wanted = {
        "keypoints": [frames, joints, 2],
        "image_size": [2],
        "positions": [frames, joints, 3],
    }
    options = InferenceOptions.of_card(card)
    if options.inputs == "xyc":
        wanted["confidence"] = [frames, joints]
    if options.flip and "disagreement" in shapes:  # Older files have none.
        wanted["disagreement"] = [frames, joints]
    if more := sorted(shapes.keys() - wanted):
        raise ValueError(f"its model card does not tell of {more[0]!r}, which it has")
    for name, shape in wanted.items():
        found = list(shapes.get(name, ()))[1:]  # Without the windows.
        # ONNX gives a name to a size that it does not know beforehand.
        found = [
            size if isinstance(there, str) else there
            for there, size in itertools.zip_longest(found, shape)
        ]
        if found != shape:
            raise ValueError(
                f"its model card tells of {name!r} of shape {shape}, it has {found}"
            )
