"""Pose2Sim's trials: videos of four calibrated cameras, and OpenPose's detections.

The wheel of Pose2Sim 0.10.49 (D. Pagnon; BSD 3-Clause) carries two trials of 100
frames, 60 a second: a man who balances along a beam, and the same frames with a woman
drawn into them. That of 0.7.2 carries OpenPose's BODY_25B detections of the man, and,
for the trial with two people, keypoints of a made-up second person who is not the one
in those videos. The calibration is in Qualisys' format. Nothing of it is kept here: the
wheels are fetched into the cache and read, and no code of them is run.
"""

from __future__ import annotations

import dataclasses
import pathlib
import re
import xml.etree.ElementTree
import zipfile

import numpy as np

from benchmarks.footage.triangulation import Camera
from dgnet_tf.errors import UserError
from preprocessing.datasets import wheels

LAYOUT = "openpose_25b"
FPS = 60.0


@dataclasses.dataclass(frozen=True)
class Wheel:
    """A version of Pose2Sim's wheel."""

    version: str
    sha256: str
    size: str

    @property
    def requirement(self) -> str:
        """What pip is asked for."""
        return f"pose2sim=={self.version}"

    @property
    def name(self) -> str:
        """Of the file."""
        return f"pose2sim-{self.version}-py3-none-any.whl"

    def path(self, folder, given=None) -> pathlib.Path:
        """Returns the verified file: in a folder, fetched if it is not there.

        Raises:
            UserError: if it cannot be had, or `given`, a path in place of that, is
                missing or another file.
        """
        asked = self.requirement, self.name, self.sha256, folder
        if given is None:
            found = wheels.download(*asked, size=self.size)
        else:
            found = pathlib.Path(given).expanduser()
            if not found.is_file():
                raise UserError(f"{found}: not found. Name {self.name}.")
        wheels.verify(found, self.sha256)
        return found


VIDEOS = Wheel(
    "0.10.49",
    "403e0dc4065898ba6a595e72a8970950310979253d60e24c2e00b16b36bf21e1",
    "51 MB",
)
DETECTIONS = Wheel(
    "0.7.2", "9b697cae93307c75c1c16b5ffc6a633e304fced14ecd8189691cba25c0b6d85c", "24 MB"
)

_CALIBRATION = "Pose2Sim/Demo_SinglePerson/calibration/Calib.qca.txt"
_SESSION = "Pose2Sim/S00_Demo_Session"
# By trial: how many people it shows, its folder of videos and that of detections.
_TRIALS = {
    "one person": (
        1,
        "Pose2Sim/Demo_SinglePerson/videos",
        f"{_SESSION}/S00_P00_SingleParticipant/S00_P00_T01_BalancingTrial/pose",
    ),
    "two people": (
        2,
        "Pose2Sim/Demo_MultiPerson/videos",
        f"{_SESSION}/S00_P01_MultiParticipants/S00_P01_T02_Participants1-2/pose",
    ),
}
_VIDEO = re.compile(r"(cam[0-9]+)\.mp4")
_FRAME = re.compile(r"(cam[0-9]+)_json/cam[0-9]+\.([0-9]+)\.json")
# Qualisys counts intrinsics, distortion too, in 64ths, and metres in thousands. Its
# cameras look against their z axis, with y up.
_UNITS, _MM = 64.0, 1000.0
_TURN = np.diag([1.0, -1.0, -1.0])


@dataclasses.dataclass(frozen=True)
class Trial:
    """A trial.

    Attributes:
        name: of the trial.
        people: how many there are whose motion can be triangulated.
        rig: its cameras.
        videos: one for each camera.
        detections: a folder for each camera, with files under OpenPose's own names.
    """

    name: str
    people: int
    rig: tuple[Camera, ...]
    videos: tuple[pathlib.Path, ...]
    detections: tuple[pathlib.Path, ...]


def unpack(cache, folder, wheel=None) -> tuple[Trial, ...]:
    """Writes videos and detections into a folder and reads the calibration.

    Args:
        cache: folder of the wheels.
        folder: empty folder.
        wheel: that of the videos, where it is not in `cache`.

    Raises:
        UserError: if a wheel cannot be had or is another file.
    """
    folder = pathlib.Path(folder)
    videos, detections = VIDEOS.path(cache, wheel), DETECTIONS.path(cache)
    found = []
    with zipfile.ZipFile(videos) as filmed, zipfile.ZipFile(detections) as seen:
        rig = cameras(filmed.read(_CALIBRATION))
        for name, (people, films, poses) in _TRIALS.items():
            here = folder / name.replace(" ", "_")
            for member, match in _members(filmed, films, _VIDEO):
                _write(here / match[0], filmed.read(member))
            for member, match in _members(seen, poses, _FRAME):
                file = f"{match[1]}_{match[2]:0>12}_keypoints.json"
                _write(here / match[1] / file, seen.read(member))
            paths = sorted(here.iterdir())
            trial = Trial(
                *(name, people, rig),
                tuple(path for path in paths if path.suffix == ".mp4"),
                tuple(path for path in paths if path.is_dir()),
            )
            if not len(rig) == len(trial.videos) == len(trial.detections):
                raise UserError(
                    f"{videos} and {detections}: have {len(rig)} cameras, "
                    f"{len(trial.videos)} videos and {len(trial.detections)} folders "
                    f"of detections of {name}; one of each is expected."
                )
            found.append(trial)
    return tuple(found)


def _members(archive, folder, pattern):
    """Yields members of an archive's folder, with the match of their names in it."""
    for name in archive.namelist():
        if name.startswith(f"{folder}/"):
            match = pattern.fullmatch(name[len(folder) + 1 :])
            if match:
                yield name, match


def _write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


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
