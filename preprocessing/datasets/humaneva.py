"""HumanEva-I: three people before three cameras, from the community's `.npz` pair.

`data_3d_humaneva15.npz` holds `positions_3d`: 'Train/S1' or 'Validate/S1' ->
'Walking 1 chunk0' -> (F, 15, 3) metres, world axes; `data_2d_humaneva15_gt.npz` holds
their 2-D ground truth, as `community_files` describes it. A chunk is a stretch of a
take with valid motion capture; their numbers have gaps, for they count all stretches.

The people of the training part are those of the official validation part, which the
field tests on: a person's parts are two subjects here, `S1_train` and `S1_validate`.

Neither file holds a camera. Each is recovered from 3-D and 2-D ground truth, with its
intrinsics, over all sequences of a person; so the 2-D ground truth is needed even
where detections are the input.
"""

from __future__ import annotations

import functools
import pathlib

import numpy as np

from dgnet_tf import cameras, skeletons
from dgnet_tf.data.view import View
from dgnet_tf.errors import UserError
from dgnet_tf.files import npz_files, provenance
from preprocessing.cameras import resection
from preprocessing.conversion.sequences import (
    Dataset,
    MissingSource,
    Recording,
    check_positions,
)
from preprocessing.datasets import community_files
from preprocessing.datasets.community_files import Detected
from preprocessing.datasets.definition import Definition, Flag, source_flag

SKELETON = "humaneva_15"
FPS = 60.0
IMAGE_SIZE = np.array([640.0, 480.0])
CAMERAS = ("C1", "C2", "C3")
POSITIONS, GROUND_TRUTH = "data_3d_humaneva15.npz", "data_2d_humaneva15_gt.npz"
# Parts of the files; the third has no motion capture.
PARTS, UNLABELED = {"Train": "train", "Validate": "validate"}, "Unlabeled"
RESIDUAL_PX = 2.0  # most that a recovered camera may leave


def read(source, *, detections=None) -> Dataset:
    """Reads the files, which are small, and recovers the cameras.

    Args:
        source: the folder of the two files.
        detections: a `data_2d_humaneva15_*.npz` with the input keypoints; COCO's are
            mapped to the 15 joints. Without it they are the ground truth.

    Raises:
        MissingSource: if a file is not there.
        UserError: if a file is not what it should be, or if 3-D and 2-D ground truth
            do not belong together.
    """
    source = pathlib.Path(source)
    paths = [source / POSITIONS, source / GROUND_TRUTH]
    if detections is not None:
        paths.append(pathlib.Path(detections))
    for path in paths:
        if not path.is_file():
            raise MissingSource(
                f"{path}: not found. --source must be a folder with HumanEva-I as "
                f"{POSITIONS} and {GROUND_TRUTH}."
            )
    positions = _positions(paths[0])
    truth = _keypoints(paths[1], positions)
    seen_by = _cameras(positions, truth, paths[1])
    keypoints = truth if detections is None else _keypoints(paths[2], positions)
    recordings = tuple(
        Recording(
            _subject(key),
            _action(take),
            take,
            functools.partial(
                *(load, world, keypoints[key, take], seen_by[_person(key)]),
                *(_subject(key), take),
            ),
        )
        for (key, take), world in positions.items()
    )
    return Dataset(
        name="humaneva",
        skeleton=SKELETON,
        fps=FPS,
        recordings=recordings,
        options={
            "detections": None if detections is None else paths[2].name,
            "cameras": "recovered from 3-D and 2-D ground truth",
            "reprojection_px": {
                f"{person} {name}": round(camera.residual, 2)
                for person, found in seen_by.items()
                for name, camera in zip(CAMERAS, found, strict=True)
            },
        },
        sources=provenance.digests({path.name: path for path in paths}),
        test_subjects=tuple(
            sorted({_subject(k) for k, _ in positions if k.startswith("Validate/")})
        ),
        people={_subject(key): _person(key) for key, _ in positions},
    )


def load(
    world: np.ndarray,
    keypoints: Detected,
    seen_by: tuple[resection.Camera, ...],
    subject: str,
    take: str,
) -> list[View]:
    """Returns each camera's view of one chunk: (F, 15, 3) metres in world axes.

    Raises:
        UserError: if there are fewer keypoints than positions.
    """
    world = world.astype(np.float64)
    views = []
    for index, camera in enumerate(seen_by):
        in_camera = cameras.world_to_camera(world, camera.rotation, camera.center)
        found, confidence = community_files.fit(keypoints, index, SKELETON, len(world))
        views.append(
            View(
                keypoints=found.astype(np.float32),
                confidence=confidence.astype(np.float32),
                positions=in_camera.astype(np.float32),
                valid=np.ones(len(world), bool),
                intrinsics=camera.intrinsics,
                image_size=IMAGE_SIZE,
                fps=FPS,
                subject=subject,
                action=_action(take),
                take=take,
                camera=CAMERAS[index],
            )
        )
    return views


def _person(key: str) -> str:
    return key.partition("/")[2]


def _subject(key: str) -> str:
    part, _, person = key.partition("/")
    return f"{person}_{PARTS[part]}"


def _action(take: str) -> str:
    return take.partition(" ")[0]


def _positions(path) -> dict[tuple[str, str], np.ndarray]:
    """Returns (key, take) -> positions, in sorted order."""
    content = npz_files.read(path, ["positions_3d"])["positions_3d"]
    joints = len(skeletons.get(SKELETON).joints)
    found = {}
    for key, takes in community_files.named_items(content, f"{path}: positions_3d"):
        part, _, person = key.partition("/")
        if part == UNLABELED:
            continue
        where = f"{path}: positions_3d[{key!r}]"
        if part not in PARTS or not person or "/" in person:
            raise UserError(
                f"{where}: subjects must be named Train/S1, Validate/S1 and so on."
            )
        for take, positions in community_files.named_items(takes, where):
            if "/" in take or not _action(take):
                raise UserError(
                    f"{where}: {take!r} is not a name like 'Walking 1 chunk0': an "
                    "action, a space and more, without '/'."
                )
            place = f"{where}[{take!r}]"
            check_positions(positions, joints, place)
            found[key, take] = positions
    if not found:
        raise UserError(
            f"{path}: holds no sequences. A file of a few hundred bytes means that "
            "its conversion did not find HumanEva's files: make it again."
        )
    return dict(sorted(found.items()))


def _keypoints(path, positions) -> dict[tuple[str, str], Detected]:
    """Returns (key, take) -> keypoints of what has positions."""
    found = community_files.read_detections(path, SKELETON)
    return {(key, take): found.of(key, take, len(CAMERAS)) for key, take in positions}


def _cameras(positions, truth, path) -> dict[str, tuple[resection.Camera, ...]]:
    """Returns the cameras of each person."""
    return {
        person: tuple(
            _camera(
                [
                    (world, truth[key, take])
                    for (key, take), world in positions.items()
                    if _person(key) == person
                ],
                index,
                f"{path}: camera {name} of {person}",
            )
            for index, name in enumerate(CAMERAS)
        )
        for person in sorted({_person(key) for key, _ in positions})
    }


def _camera(sequences, index, where) -> resection.Camera:
    pixels = [
        community_files.fit(keypoints, index, SKELETON, len(world))[0]
        for world, keypoints in sequences
    ]
    points = np.concatenate([world.reshape(-1, 3) for world, _ in sequences])
    pixels = np.concatenate([found.reshape(-1, 2) for found in pixels])
    try:
        camera = resection.resect(points, pixels)
    except resection.Undetermined as error:
        raise UserError(
            f"{where}: cannot be recovered from 3-D and 2-D ground truth ({error}). "
            f"Use {POSITIONS} and {GROUND_TRUTH} of one complete conversion."
        ) from error
    if camera.residual > RESIDUAL_PX:
        raise UserError(
            f"{where}: the camera that fits best leaves {camera.residual:.1f} pixels "
            f"between 3-D and 2-D ground truth, more than {RESIDUAL_PX:g}. Frames, "
            "joints or cameras are in a different order in one of the files: use both "
            "of one conversion."
        )
    return camera


DEFINITION = Definition(
    name="humaneva",
    read=read,
    flags=(
        source_flag(f"the folder of {POSITIONS} and {GROUND_TRUTH}"),
        Flag("detections", community_files.DETECTIONS),
    ),
    licence="HumanEva-I: its owners' terms hold; they give it out for research.",
    instructions="""
Register at <http://humaneva.is.tue.mpg.de/>, download HumanEva-I and its code
(Release_Code_v1_1_beta with the critical OFS update). The `.npz` pair that the field
uses is made from these with VideoPose3D's `ConvertHumanEva.m` (MATLAB) and
`prepare_data_humaneva.py`. Put into one folder:

    data_3d_humaneva15.npz                     3-D ground truth, world axes
    data_2d_humaneva15_gt.npz                  2-D ground truth; gives the cameras, too
    data_2d_humaneva15_detectron_pt_coco.npz   optional: detections, the paper's input

The paper's command (detections; everybody's `Train` part for training, everybody's
`Validate` part for the test):

    python -m preprocessing.convert --dataset=humaneva --source=FOLDER \\
        --detections=FOLDER/data_2d_humaneva15_detectron_pt_coco.npz \\
        --validation_subjects= --output=data/humaneva
""",
)
