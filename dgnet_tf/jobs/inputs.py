"""The inputs that one flag names: a file, a folder, a pattern or a list of them.

- a file, or a folder that holds the frames of one video, is one input;
- any other folder stands for what it holds: each file of the kind, and each folder of
  frames;
- `clips/*/kp.json` stands for all that match; `**` goes into folders of any depth;
- `@FILE` stands for the paths that a text file lists, one in a line.

Results are named after inputs: by their paths below the folder, below what stands
before the pattern's first wildcard, or below the folder that all listed paths share.
"""

from __future__ import annotations

import dataclasses
import glob
import os
import pathlib
import re
from collections.abc import Sequence

from dgnet_tf.errors import UserError, shortened
from dgnet_tf.files import expansion, listing
from dgnet_tf.keypoints.folders import frame_folders, keypoint_folders
from dgnet_tf.keypoints.folders.keypoint_folders import Found

# What FFmpeg opens is more; these are taken of a folder.
VIDEO_SUFFIXES = (
    *(".avi", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts"),
    *(".ogv", ".webm", ".wmv"),
)
_LIST = "@"
_WILD = re.compile(r"[*?\[]")
_MAX_LIST_BYTES = 64 << 20


@dataclasses.dataclass(frozen=True)
class Input:
    """One video or its keypoints.

    Attributes:
        name: of its results, without ending; "/" stands between folders.
        path: the file, or the folder that holds its frames.
        video: the frames of a folder; None for a file.
    """

    name: str
    path: pathlib.Path
    video: frame_folders.Video | None = None

    @property
    def files(self) -> list[pathlib.Path]:
        """All files that it is read from."""
        return [path for _, path in self.video.frames] if self.video else [self.path]


def keypoints(text: str, output) -> list[Input]:
    """Returns the inputs that `--keypoints` names, by name.

    Args:
        text: of the flag.
        output: folder of the results, which are no inputs.

    Raises:
        UserError: if there are none, if two have one name, or if files were named that
            hold only a frame each.
    """
    found = _found(text, output, keypoint_folders.in_folder, _of_path)
    if not pathlib.Path(text).is_dir():
        _check_whole(text, found)
    return _named(text, found)


def videos(text: str, output) -> list[Input]:
    """Returns the inputs that `--video` names; arguments and errors of `keypoints`."""

    def in_folder(folder):
        paths = listing.found(folder)
        known = (path for path in paths if listing.suffix(path) in VIDEO_SUFFIXES)
        return [Found(path.stem, path) for path in known if not path.is_dir()]

    def of_path(path):
        return in_folder(path) if path.is_dir() else [Found(path.stem, path)]

    return _named(text, _found(text, output, in_folder, of_path))


def shard(inputs: Sequence[Input], text: str) -> list[Input]:
    """Returns part i of n, for "i/n": every n-th input from the i-th on.

    Raises:
        UserError: if the text is none of 1/n to n/n.
    """
    match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise UserError(
            f"--shard must be i/n, from 1/n to n/n, as in 2/8, got {shortened(text)}."
        )
    return list(inputs[int(match[1]) - 1 :: int(match[2])])


def _found(text, output, in_folder, of_path) -> list[tuple[pathlib.Path, Found]]:
    """Returns the base of each name, and what was found."""
    path, output = pathlib.Path(text), pathlib.Path(output).resolve()
    if text.startswith(_LIST) and not path.exists():
        paths = _listed(pathlib.Path(text[len(_LIST) :]))
        base = pathlib.Path(
            os.path.commonpath([os.path.abspath(p.parent) for p in paths])
        )
        return [(base, one) for p in paths for one in of_path(p) or [Found(p.stem, p)]]
    if not path.exists() and (wild := _WILD.search(text)):
        base = pathlib.Path(text[: wild.start()] + "x").parent
        matches = sorted(map(pathlib.Path, glob.glob(text, recursive=True)))
        kept = [
            match
            for match in matches
            if not _is_leftover(match, base) and not _is_in(match, output)
        ]
        return [(base, one) for m in kept for one in of_path(m)]
    if path.is_dir():
        if _is_in(output, path.resolve()):
            raise UserError(
                f"{output}: --output lies in the folder of inputs, {path}. Name one "
                "beside it."
            )
        return [(path, one) for one in in_folder(path)]
    if not path.exists():
        raise UserError(f"{path}: not found.")
    return [(path.parent, one) for one in of_path(path) or [Found(path.stem, path)]]


def _of_path(path) -> list[Found]:
    if keypoint_folders.is_file(path):
        return [Found(path.stem, path)]
    return keypoint_folders.of_frames(path)


def _is_leftover(path, base) -> bool:
    return any(map(listing.is_leftover, path.relative_to(base).parts))


def _is_in(path, folder) -> bool:
    return path.resolve().is_relative_to(folder)


def _listed(path) -> list[pathlib.Path]:
    if not path.exists():
        raise UserError(
            f"{path}: not found. After @, name a text file with a path in each line."
        )
    text = expansion.read_text(path, "a list of paths", _MAX_LIST_BYTES)
    lines = text.splitlines()
    found = [pathlib.Path(line.strip()) for line in lines if line.strip()]
    if not found:
        raise UserError(f"{path}: lists no path. Write one in each line.")
    return found


def _check_whole(text, found):
    """Refuses files that hold a frame each and were not named by their folder."""
    folders = {
        one.path.parent for _, one in found if listing.suffix(one.path) == ".json"
    }
    for folder in sorted(folders):
        files = {one.path for _, one in found if one.path.parent == folder}
        if len(files) < 2:
            continue
        for video in frame_folders.find(folder)[0]:
            frames = {path for _, path in video.frames}
            if len(frames & files) > 1 and frame_folders.hold_frames(video):
                raise UserError(
                    f"{text}: names files that hold a frame each, such as "
                    f"{min(frames & files)}. Name their folder, {folder}."
                )


def _named(text, found) -> list[Input]:
    if not found:
        raise UserError(f"{text}: nothing to lift was found there. See --help.")
    inputs: dict[str, Input] = {}
    for base, one in found:
        name = _name(base, one)
        other = inputs.setdefault(name, Input(name, one.path, one.video))
        if (other.path, other.video) != (one.path, one.video):
            raise UserError(
                f"{text}: {other.path} and {one.path} would both be lifted to {name}. "
                "Rename one, or lift them to different folders."
            )
    return [inputs[name] for name in sorted(inputs)]


def _name(base, found: Found) -> str:
    """Returns the name of an input's results below the output's folder."""
    inside = found.path
    if found.video is None or found.name == found.path.resolve().name:
        inside = found.path.parent  # Its name is that of the file or folder.
    folder = os.path.relpath(os.path.abspath(inside), os.path.abspath(base))
    parts = [part for part in pathlib.PurePath(folder).parts if part not in (".", "..")]
    return "/".join([*parts, found.name])
