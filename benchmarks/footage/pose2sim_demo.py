"""Four calibrated cameras and OpenPose detections from the Pose2Sim package.

The wheel of Pose2Sim 0.6.1 (D. Pagnon; BSD 3-Clause) carries a demonstration: a person
who balances along a beam, filmed at 60 frames a second by four cameras, OpenPose's
BODY_25B detections of 100 frames, and the calibration in Qualisys' format. Nothing of
it is kept here: the wheel is read where it lies, and no code of it is run.
"""

from __future__ import annotations

import dataclasses
import hashlib
import pathlib
import re
import xml.etree.ElementTree
import zipfile

import numpy as np

from benchmarks.footage.triangulation import Camera
from dgnet_tf.errors import UserError

WHEEL = "pose2sim-0.6.1-py3-none-any.whl"
SHA256 = "bfe5a8dea8a538abec1de7fdad5ed73773cf2a8c447a085ca2b77362ad735fe7"
LAYOUT = "openpose_25b"
FPS = 60.0

_SESSION = "Pose2Sim/Demo/S00_Demo_Session"
_CALIBRATION = f"{_SESSION}/S00_Calibration/Calib.qca.txt"
_FRAME = re.compile(
    rf"{_SESSION}/S00_P00_Participant/S00_P00_T01_BalancingTrial/"
    r"pose/(cam[0-9]+)_json/cam[0-9]+\.([0-9]+)\.json"
)
# Qualisys counts intrinsics, distortion too, in 64ths, and metres in thousands. Its
# cameras look against their z axis, with y up.
_UNITS, _MM = 64.0, 1000.0
_TURN = np.diag([1.0, -1.0, -1.0])


@dataclasses.dataclass(frozen=True)
class Demo:
    """The demonstration.

    Attributes:
        rig: its cameras.
        folders: one for each camera, with the detections under OpenPose's own names.
    """

    rig: tuple[Camera, ...]
    folders: tuple[pathlib.Path, ...]


def unpack(wheel, folder) -> Demo:
    """Writes the detections into a folder and reads the calibration.

    Args:
        wheel: path of `WHEEL`.
        folder: empty folder.

    Raises:
        UserError: if the file is missing or another one.
    """
    wheel, folder = pathlib.Path(wheel), pathlib.Path(folder)
    if not wheel.is_file():
        raise UserError(
            f"{wheel}: not found. pip download --no-deps pose2sim==0.6.1, and name the "
            "file."
        )
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest != SHA256:
        raise UserError(
            f"{wheel}: is not {WHEEL}, whose sha256 is {SHA256}; this file's is "
            f"{digest}."
        )
    with zipfile.ZipFile(wheel) as archive:
        rig = cameras(archive.read(_CALIBRATION))
        for name in archive.namelist():
            match = _FRAME.fullmatch(name)
            if match:
                path = folder / match[1] / f"{match[1]}_{match[2]:0>12}_keypoints.json"
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(archive.read(name))
    return Demo(rig, tuple(sorted(folder.iterdir())))


def cameras(calibration: bytes) -> tuple[Camera, ...]:
    """Reads cameras from Qualisys' calibration, in its order."""
    rig = []
    for element in xml.etree.ElementTree.fromstring(calibration).iter("camera"):
        found = {
            name: element.find(name).attrib
            for name in ("transform", "intrinsic", "fov_video_max")
        }
        placed, lens, view = (
            {key: float(value) for key, value in attributes.items()}
            for attributes in found.values()
        )
        rotation = [[placed[f"r{i}{j}"] for j in (1, 2, 3)] for i in (1, 2, 3)]
        rig.append(
            Camera(
                name=element.attrib["serial"],
                rotation=_TURN @ np.array(rotation),
                center=np.array([placed[axis] for axis in "xyz"]) / _MM,
                focal=_pair(lens, "focalLength"),
                principal=_pair(lens, "centerPoint") - [view["left"], view["top"]],
                distortion=np.array(
                    [
                        lens[f"{kind}Distortion{index}"]
                        for kind in ("radial", "tangental")
                        for index in (1, 2)
                    ]
                )
                / _UNITS,
                image_size=(
                    int(view["right"] - view["left"]) + 1,
                    int(view["bottom"] - view["top"]) + 1,
                ),
            )
        )
    return tuple(rig)


def _pair(lens, name):
    return np.array([lens[f"{name}U"], lens[f"{name}V"]]) / _UNITS
