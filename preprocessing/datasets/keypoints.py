"""The data set of 2-D keypoints from any detector, without 3-D positions.

The source is a keypoint file, an OpenPose folder, or a folder of such files and
folders, each of one video; `dgnet_tf.keypoint_files` reads them. A video is a subject,
named after its file, and each person in it a take, named after their track; the action
is the file's, or "video". All are in the test split, no frame has ground truth, and
intrinsics are unknown. What a detector missed has confidence 0 and is interpolated
between the frames that show it.
"""

from __future__ import annotations

import functools
import hashlib
import pathlib
import sys

import numpy as np

from dgnet_tf import command_line, skeletons
from dgnet_tf.data.view import View
from dgnet_tf.errors import UserError
from dgnet_tf.files import provenance
from dgnet_tf.keypoints import interpolation, keypoint_files, layouts
from dgnet_tf.keypoints.readers import openpose
from preprocessing.conversion.sequences import Dataset, MissingSource, Recording
from preprocessing.datasets.definition import Definition, Flag, source_flag

ACTION = "video"
CAMERA = "camera"


def read(
    source,
    *,
    layout: str,
    fps: float,
    image_size: tuple[int, int] | None = None,
    skeleton: str = "human36m_17",
) -> Dataset:
    """Finds the keypoint files, and does not read them yet.

    Args:
        source: a file or folder, see above.
        layout: name of the layout of all its keypoints.
        fps: frames per second of all its videos.
        image_size: their width and height, pixels; None where the files state it, as
            Penn Action's and Detectron's do.
        skeleton: name of the skeleton to make.

    Raises:
        UserError: if there is no keypoint file, if two give the same name, or if the
            layout does not give that skeleton.
    """
    source = pathlib.Path(source)
    known = layouts.get(layout)
    if skeleton not in known.skeletons:
        raise UserError(
            f"layout {layout!r} gives the skeletons {sorted(known.skeletons)}, not "
            f"{skeleton!r}. Choose one of them with --skeleton."
        )
    paths = {}
    for path in _files(source):
        name = path.name if path.is_dir() else path.stem
        if not name.isprintable():
            raise UserError(
                f"{source}: {path.name!r} is not a printable name; rename it."
            )
        if name in paths:
            raise UserError(
                f"{source}: {paths[name].name} and {path.name} differ only in "
                "their endings. Rename one, or move it elsewhere."
            )
        paths[name] = path
    size = tuple(image_size) if image_size else None
    return Dataset(
        name="keypoints",
        skeleton=skeleton,
        fps=fps,
        recordings=tuple(
            Recording(
                name,
                ACTION,
                "people",
                functools.partial(load, str(path), name, layout, fps, size, skeleton),
            )
            for name, path in paths.items()
        ),
        options={"layout": layout, "image_size": list(size) if size else None},
        sources={path.name: _digest(path) for path in paths.values()},
        test_subjects=tuple(paths),
    )


def load(path, subject, layout, fps, image_size, skeleton) -> list[View]:
    """Reads one video's people.

    A person of whom no frame shows a joint of the skeleton is left out, and counted
    in a line on standard error.

    Raises:
        UserError: if the file cannot be read or does not fit layout and image.
    """
    found = keypoint_files.read(path, layout, image_size)
    if found.image_size is None:
        raise UserError(
            f"{path}: does not state the size of its video. Give --image_size, as in "
            "1920x1080."
        )
    views = []
    for track in found.people:
        keypoints, confidence = layouts.convert(
            interpolation.fill_gaps(track.keypoints), track.confidence, layout, skeleton
        )
        if np.isfinite(keypoints).all():
            action = found.action or ACTION
            names = (fps, subject, action, track)
            views.append(_view(keypoints, confidence, found.image_size, *names))
    if len(views) < len(found.people):
        print(
            f"{path}: left out {len(found.people) - len(views)} of "
            f"{len(found.people)} people, of whom a joint is never seen",
            file=sys.stderr,
        )
    return views


def _view(keypoints, confidence, image_size, fps, subject, action, track) -> View:
    return View(
        keypoints=keypoints.astype(np.float32),
        confidence=confidence.astype(np.float32),
        positions=np.zeros((*confidence.shape, 3), np.float32),
        valid=np.zeros(len(keypoints), bool),
        intrinsics=np.zeros(9, np.float32),
        image_size=np.array(image_size, np.float32),
        fps=fps,
        subject=subject,
        action=action,
        take=track.person,
        camera=CAMERA,
    )


def _is_source(path) -> bool:
    if path.is_dir():
        return bool(openpose.files(path))
    return path.suffix in keypoint_files.SUFFIXES


def _files(source) -> list[pathlib.Path]:
    if not source.exists():
        raise MissingSource(
            f"{source}: --source must be a keypoint file or a folder; not found."
        )
    if _is_source(source):
        return [source]
    found = []
    if source.is_dir():
        found = [path for path in sorted(source.iterdir()) if _is_source(path)]
    if not found:
        raise MissingSource(
            f"{source}: --source must be a keypoint file ("
            f"{', '.join(keypoint_files.SUFFIXES)}), a folder of OpenPose's "
            f"{openpose.PATTERN}, or a folder of such files or folders; found none."
        )
    return found


def _digest(path) -> str:
    """Returns the SHA-256 of a file, or of a folder's names and digests."""
    if not path.is_dir():
        return provenance.sha256(path)
    digest = hashlib.sha256()
    for file in openpose.files(path):
        line = f"{provenance.sha256(file)}  {file.name}\n"
        digest.update(line.encode("utf-8", "replace"))
    return digest.hexdigest()


DEFINITION = Definition(
    name="keypoints",
    read=read,
    flags=(
        source_flag(
            "a keypoint file, a folder of OpenPose's files, or a folder of these"
        ),
        Flag(
            "layout",
            "order of the joints in its files; required",
            choices=tuple(layouts.LAYOUTS),
            required=True,
        ),
        Flag(
            "fps",
            "frames per second of the videos; required",
            float,
            least=1.0,
            most=1000.0,
            required=True,
        ),
        Flag(
            "image_size",
            "width and height of the videos in pixels, as in 1920x1080; needed unless "
            "the files state it",
            parse=command_line.parse_image_size,
        ),
        Flag(
            "skeleton",
            "skeleton to make of the keypoints (default human36m_17)",
            choices=tuple(skeletons.SKELETONS),
        ),
    ),
    licence="The terms of the videos that the keypoints were detected in hold.",
    instructions=f"""
2-D keypoints of any detector, without 3-D positions, for lifting and for trying what
serves a model. `--source` is one of these, or a folder of several; each file, and each
OpenPose folder, is one video:

{keypoint_files.formats()}

`--layout` names the order of their joints, `--image_size` the size of the videos where
the files do not state it.

    python -m preprocessing.convert --dataset=keypoints --source=results.json \\
        --layout=coco_17 --image_size=1920x1080 --fps=30 --output=data/mine
    python -m preprocessing.convert --dataset=keypoints --source=Penn_Action/labels \\
        --layout=penn_action_13 --fps=30 --output=data/penn
""",
)
