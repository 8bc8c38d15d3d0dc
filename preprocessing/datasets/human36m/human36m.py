"""Human3.6M: seven people, fifteen actions twice each, four cameras, 50 Hz.

`positions` describes the forms in which 3-D positions are read, `cameras` where the
cameras come from, `community_files` the 2-D keypoints there can be.
"""

from __future__ import annotations

import functools
import pathlib
import sys
from collections.abc import Callable

import numpy as np

from dgnet_tf import cameras, skeletons
from dgnet_tf.data.view import View
from dgnet_tf.errors import UserError
from dgnet_tf.files import provenance
from preprocessing.conversion.sequences import (
    Dataset,
    MissingSource,
    Recording,
    relative_name,
)
from preprocessing.datasets import community_files
from preprocessing.datasets.definition import Definition, Flag, source_flag
from preprocessing.datasets.human36m import cameras as human36m_cameras
from preprocessing.datasets.human36m import names as human36m_names
from preprocessing.datasets.human36m import positions as human36m_files
from preprocessing.datasets.human36m.cameras import Camera

FPS = 50.0
# Joints of Human3.6M's 32 that `human36m_17` has, in its order.
JOINTS_17 = (0, 1, 2, 3, 6, 7, 8, 12, 13, 14, 15, 17, 18, 19, 25, 26, 27)
METADATA = "metadata.xml"
SKELETONS = ("human36m_17", "human36m_16")
# Nearer than this, a joint is not in front of the camera.
_NEAREST = 0.1  # metres


def read(
    source, *, detections=None, metadata=None, skeleton: str = "human36m_17"
) -> Dataset:
    """Finds the sequences and reads the cameras, and all keypoints of `detections`.

    Args:
        source: folder that holds the files in one of the forms of `positions`.
        detections: a `data_2d_h36m_*.npz`; without it, keypoints are the positions'
            projection with Human3.6M's distortion model.
        metadata: the official metadata.xml; without it, the one in `source`.
        skeleton: "human36m_17", or "human36m_16", which lacks the neck.

    Raises:
        MissingSource: if a file is not there.
        UserError: if a file is not what it should be.
    """
    joints_of_32(skeleton)  # Checks its name.
    found = human36m_files.find(source, human36m_names.SUBJECTS)
    names = human36m_names.takes(found.positions)
    if not names:
        raise MissingSource(
            f"{source}: has no sequence of {', '.join(human36m_names.SUBJECTS)}."
        )
    subjects = sorted({subject for subject, _ in names})
    metadata = pathlib.Path(metadata or pathlib.Path(source) / METADATA)
    if not metadata.is_file():
        raise MissingSource(
            f"{metadata}: not found. The positions are in world axes, and no form of "
            f"Human3.6M's data holds the cameras: put the {METADATA} of its official "
            "code (Release-v1.2) there, or name it with --metadata=FILE."
        )
    of_subject = human36m_cameras.read_cameras(metadata, subjects)
    files = [*found.files, metadata]
    keypoints = None
    if detections is not None:
        if not pathlib.Path(detections).is_file():
            raise MissingSource(
                f"{detections}: not found. --detections must name a data_2d_h36m_*.npz."
            )
        keypoints = community_files.read_detections(detections, skeleton)
        files.append(pathlib.Path(detections))
    recordings = tuple(
        Recording(
            subject,
            human36m_names.action_of(take),
            take,
            functools.partial(
                load,
                found.positions[subject, name],
                subject,
                take,
                of_subject[subject],
                skeleton,
                None
                if keypoints is None
                else keypoints.of(subject, take, len(of_subject[subject])),
            ),
        )
        for (subject, take), name in sorted(names.items())
    )
    print(human36m_names.completeness(names), file=sys.stderr)
    return Dataset(
        name="human36m",
        skeleton=skeleton,
        fps=FPS,
        recordings=recordings,
        options={"detections": None if keypoints is None else files[-1].name},
        sources=provenance.digests({relative_name(source, f): f for f in files}),
        test_subjects=tuple(s for s in human36m_names.TEST if s in subjects),
        expected_frames=human36m_names.FRAMES,
    )


def load(
    positions: Callable[[], np.ndarray],
    subject: str,
    take: str,
    seen_by: tuple[Camera, ...],
    skeleton: str,
    detected: community_files.Detected | None,
) -> list[View]:
    """Reads one sequence and returns each camera's view of it.

    Args:
        positions: returns float32 (F, 32, 3), metres, world axes.
        subject, take: the sequence's name.
        seen_by: the cameras.
        skeleton: name of the skeleton to keep.
        detected: the keypoints, one array per camera; None for the projection.

    Raises:
        UserError: if the sequence's file is damaged, a joint is not in front of a
            camera, or there are fewer keypoints than positions.
    """
    world = positions()[:, joints_of_32(skeleton)].astype(np.float64)
    views = []
    for index, camera in enumerate(seen_by):
        # Rounded once, so that the projection is that of the stored positions.
        in_camera = cameras.world_to_camera(
            world, camera.rotation, camera.center
        ).astype(np.float32)
        _check_in_front(in_camera, f"{subject}/{take}, camera {camera.name}")
        if detected is None:
            keypoints = cameras.project(in_camera.astype(np.float64), camera.intrinsics)
            confidence = np.ones(keypoints.shape[:2])
        else:
            keypoints, confidence = community_files.fit(
                detected, index, skeleton, len(in_camera)
            )
        views.append(
            View(
                keypoints=keypoints.astype(np.float32),
                confidence=confidence.astype(np.float32),
                positions=in_camera,
                valid=np.ones(len(in_camera), bool),
                intrinsics=camera.intrinsics,
                image_size=camera.image_size,
                fps=FPS,
                subject=subject,
                action=human36m_names.action_of(take),
                take=take,
                camera=camera.name,
            )
        )
    return views


def joints_of_32(skeleton: str) -> list[int]:
    """Returns which of Human3.6M's 32 joints a skeleton has, in its order.

    Raises:
        ValueError: if it is none of Human3.6M's.
    """
    if skeleton not in SKELETONS:
        raise ValueError(f"`skeleton` must be one of {SKELETONS}, got {skeleton!r}.")
    index = dict(zip(skeletons.get("human36m_17").joints, JOINTS_17, strict=True))
    return [index[joint] for joint in skeletons.get(skeleton).joints]


def _check_in_front(positions, where):
    near = (positions[..., 2] < _NEAREST).any(axis=1)
    if near.any():
        raise UserError(
            f"{where}: in {near.sum()} of {len(near)} frames, the first being frame "
            f"{np.flatnonzero(near)[0]}, joints are behind the camera or at it. "
            f"Positions and {METADATA} do not belong together."
        )


DEFINITION = Definition(
    name="human36m",
    read=read,
    flags=(
        source_flag("the folder of its files"),
        Flag("detections", community_files.DETECTIONS),
        Flag("metadata", f"the official {METADATA} (default: the one in --source)"),
        Flag("skeleton", "human36m_17, or human36m_16 without neck", choices=SKELETONS),
    ),
    licence="Human3.6M: academic use only, by its owners' terms; read them before you "
    "pass the weights on.",
    instructions="""
Human3.6M's owners give access at http://vision.imar.ro/human3.6m (registration, academic
use only). Its files must not be passed on. One folder holds everything:

| file in the folder | from where |
|---|---|
| `metadata.xml` | always needed: the cameras. In the owners' code archive (`Release-v1.2`) |
| `S1/MyPoseFeatures/D3_Positions/*.cdf`, also S5, S6, S7, S8, S9, S11 | the owners' "Poses / D3 Positions" archives, unpacked side by side |
| or `*.cdf.mat` in the same folders | the same, made with MATLAB's `cdfread` and `save -v7` (cell `data`) |
| or `S1/MyPoses/3D_positions/*.h5`, ... | the old `h36m.zip` |
| or `data_3d_h36m.npz` | the community's file (`positions_3d`), made from the above |

    python -m preprocessing.convert --dataset=human36m --source=h36m --output=data/h36m
    python -m preprocessing.convert --dataset=human36m --source=h36m \\
        --detections=data_2d_h36m_cpn_ft_h36m_dbb.npz --output=data/h36m_cpn
""",  # noqa: E501
)
