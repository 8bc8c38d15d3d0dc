"""The data set of 2-D keypoints from any detector, without 3-D positions.

The source is a keypoint file, a folder with a file for each frame of a video or of
several, or a folder of such files and folders; `dgnet_tf.keypoint_files` reads them. A
video is a subject, named after its file or folder, or after what the names of its
frames' files have in common where a folder holds several. Each person in it is a take,
named after their track; the action
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
from dgnet_tf.keypoints import (
    interpolation,
    keypoint_files,
    layouts,
)
from dgnet_tf.keypoints.folders import keypoint_folders
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
    """Finds the keypoint files, and reads no more than tells frames from videos.

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
    videos = {}
    for name, path, video in _videos(source):
        if not name.isprintable():
            raise UserError(
                f"{source}: {path.name!r} is not a printable name; rename it."
            )
        if name in videos:
            raise UserError(
                f"{source}: {videos[name][0].name} and {path.name} differ only in "
                "their endings. Rename one, or move it elsewhere."
            )
        videos[name] = path, video
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
                functools.partial(
                    load, str(path), name, layout, fps, size, skeleton, video
                ),
            )
            for name, (path, video) in videos.items()
        ),
        options={"layout": layout, "image_size": list(size) if size else None},
        sources={
            (name if video else path.name): _digest(path, video)
            for name, (path, video) in videos.items()
        },
        test_subjects=tuple(videos),
    )


def load(path, subject, layout, fps, image_size, skeleton, video=None) -> list[View]:
    """Reads one video's people; `video` is that of a folder with a file for each frame.

    A person of whom no frame shows a joint of the skeleton is left out, and counted
    in a line on standard error.

    Raises:
        UserError: if the file cannot be read or does not fit layout and image.
    """
    if video is None:
        found = keypoint_files.read(path, layout, image_size, fps)
    else:
        found = keypoint_files.read_video(path, video, layout, image_size)
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


def _videos(source) -> list[keypoint_folders.Found]:
    """Returns name and path of each video, and its frames where it is a folder's."""
    if not source.exists():
        raise MissingSource(
            f"{source}: --source must be a keypoint file or a folder; not found."
        )
    if keypoint_folders.is_file(source):
        return [keypoint_folders.Found(source.stem, source)]
    found = keypoint_folders.in_folder(source) if source.is_dir() else []
    if not found:
        raise MissingSource(
            f"{source}: --source must be a keypoint file ("
            f"{', '.join(keypoint_files.SUFFIXES)}), a folder with a file for "
            "each frame, or a folder of such files or folders; found none."
        )
    return found


def _digest(path, video) -> str:
    """Returns the SHA-256 of a file, or of the names and digests of frames."""
    if video is None:
        return provenance.sha256(path)
    digest = hashlib.sha256()
    for _, file in video.frames:
        line = f"{provenance.sha256(file)}  {file.name}\n"
        digest.update(line.encode("utf-8", "replace"))
    return digest.hexdigest()


DEFINITION = Definition(
    name="keypoints",
    read=read,
    flags=(
        source_flag(
            "a keypoint file, a folder with a file for each frame, or a folder of these"
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
folder of frames, is one video:

{keypoint_files.formats()}

`--layout` names the order of their joints, `--image_size` the size of the videos where
the files do not state it.

    python -m preprocessing.convert --dataset=keypoints --source=results.json \\
        --layout=coco_17 --image_size=1920x1080 --fps=30 --output=data/mine
    python -m preprocessing.convert --dataset=keypoints --source=Penn_Action/labels \\
        --layout=penn_action_13 --fps=30 --output=data/penn
""",
)
