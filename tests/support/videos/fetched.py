"""The detector's networks and a real video, where this machine's cache has them."""

import pathlib
import zipfile

import pytest

from dgnet_tf.detection import networks

CACHE = pathlib.Path(networks.CACHE).expanduser()
WHEEL = "sports2d-0.8.34-py3-none-any.whl"
_VIDEO = "Sports2D/Demo/demo.mp4"


def needs_networks():
    """Skips a test where the networks are not in the cache."""
    if not (CACHE / networks.FOLDER / "pose_landmark_heavy.tflite").is_file():
        pytest.skip(f"no networks in {CACHE}; `lift --video` fetches them by npm")


def demo(folder) -> pathlib.Path:
    """Takes the test video of Sports2D (BSD-3) out of its wheel, or skips the test."""
    if not (CACHE / WHEEL).is_file():
        pytest.skip(
            f"no {WHEEL} in {CACHE}: pip download sports2d==0.8.34 --no-deps "
            f"--dest={CACHE}"
        )
    with zipfile.ZipFile(CACHE / WHEEL) as archive:
        return pathlib.Path(archive.extract(_VIDEO, folder))
