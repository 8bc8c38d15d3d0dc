"""Finds the videos in a folder of JSON files or YOLO's labels, one for each frame.

A file's name holds the frame's number, whatever else it is called: `12.json`,
`camA_000012.json`, `video_000000000012_keypoints.json`, `clip_12.txt`. Files whose
names are alike but for that number are one video (`name_numbers`). Text files count
where a folder has no such JSON file.
"""

from __future__ import annotations

import collections
import dataclasses
import pathlib

from dgnet_tf.errors import UserError, warn
from dgnet_tf.files import listing
from dgnet_tf.keypoints import json_lists, name_numbers
from dgnet_tf.keypoints.readers import json_fields, yolo_labels

_SUFFIXES = (".json", ".txt")


@dataclasses.dataclass(frozen=True)
class Video:
    """The frames of one video.

    Attributes:
        name: what the files' names begin and end with, such as "camA"; "" for none.
        frames: number and file of each frame, in order of the numbers.
    """

    name: str
    frames: tuple[tuple[int, pathlib.Path], ...]


def find(folder) -> tuple[list[Video], list[pathlib.Path]]:
    """Returns a folder's videos, by name, and the files of their kind without a number.

    Raises:
        UserError: if two files of a video have the same number, or names hold times.
    """
    alike = collections.defaultdict(list)
    unnumbered = []
    paths = listing.found(folder)
    for suffix in _SUFFIXES:
        for path in (path for path in paths if listing.suffix(path) == suffix):
            parts = name_numbers.parts(path.stem)
            if len(parts) > 1:
                alike[tuple(parts[::2])].append((parts, path))
            elif not path.is_dir():
                unnumbered.append(path)
        if alike:
            break
    videos = []
    for files in alike.values():
        names = [parts for parts, _ in files]
        place = name_numbers.place(str(folder), names)
        others = name_numbers.others(names, place)
        by_name = collections.defaultdict(list)
        for parts, path in files:
            rest = [
                part if not index % 2 or index in others else "\0"
                for index, part in enumerate(parts)
            ]
            by_name["".join(rest)].append((parts[place], path))
        videos += [_video(name, found) for name, found in by_name.items()]
    return sorted(videos, key=lambda video: video.name), unnumbered


def one_video(folder) -> Video:
    """Returns the video of a folder that holds one.

    Raises:
        UserError: if it holds none, or several, which the message names.
    """
    videos, others = find(folder)
    if not videos:
        raise UserError(
            f"{folder}: is a folder without .json or .txt files named by frame "
            "numbers. Name a file of keypoints, or a folder with a file for each frame."
        )
    if len(videos) > 1:
        found = ", ".join(
            f"{video.name[:40] or 'numbers alone'!r} ({len(video.frames)} frames)"
            for video in videos[:8]
        )
        raise UserError(
            f"{folder}: holds {len(videos)} videos: {found}. Keep each video's files "
            "in a folder of their own."
        )
    if others:
        warn(
            f"{folder}: {others[0].name[:60]} has no frame number in its name"
            f"{f', nor have {len(others) - 1} others' if len(others) > 1 else ''}; "
            "left out."
        )
    return videos[0]


def _video(name, found) -> Video:
    numbers: dict[int, pathlib.Path] = {}
    for digits, path in found:
        if len(digits) > name_numbers.MAX_DIGITS:
            raise UserError(
                f"{path}: {digits[:20]} in its name is no frame number. Number the "
                "files by frame."
            )
        other = numbers.setdefault(int(digits), path)
        if other != path:
            raise UserError(
                f"{path}: has the frame number of {other.name}. Keep each video's "
                "files in a folder of their own."
            )
    parts = (part.strip(" _-.") for part in name.split("\0"))
    return Video("_".join(filter(None, parts)), tuple(sorted(numbers.items())))


def is_empty(content) -> bool:
    """Says whether the content of a frame's file shows nobody, in whatever format."""
    return content in (None, [], {}, [[]])


def hold_frames(video: Video) -> bool:
    """Says whether the files of a video hold a frame each, and not a video each.

    The largest file decides.

    Raises:
        UserError: if that file is no JSON, or no text.
    """
    path = max((path for _, path in video.frames), key=lambda p: p.stat().st_size)
    if listing.suffix(path) in yolo_labels.SUFFIXES:
        return yolo_labels.fits(yolo_labels.load(path))
    content = json_lists.load(path)
    return is_empty(content) or _is_frame(content)


def _is_frame(content) -> bool:
    if isinstance(content, dict):
        people = content.get("instance_info", [])
        return not json_fields.starts_with(people, "frame_id")
    if not isinstance(content, list):
        return False
    if json_fields.starts_with(content, "image_id"):
        return len({str(e.get("image_id")) for e in content if isinstance(e, dict)}) < 2
    of_people = ("keypoint_scores", "x", "box")  # A list of people, or of joints.
    alone = any(json_fields.starts_with(content, name) for name in of_people)
    return alone or len(content) == 1
