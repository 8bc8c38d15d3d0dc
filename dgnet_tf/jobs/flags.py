"""The flags of commands that lift many inputs, and what they ask for."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable, Sequence

from absl import flags

from dgnet_tf.drawing import video_file
from dgnet_tf.errors import UserError, shortened
from dgnet_tf.jobs import inputs
from dgnet_tf.jobs.inputs import Input
from dgnet_tf.lifting import pose_files

PAGE = ".html"
MOVING = (".gif", ".mp4")
PICTURES = (".png", *MOVING)
SUFFIXES = (*pose_files.SUFFIXES, PAGE, *PICTURES)
_OF_ONE = ("view", "picture", "save_keypoints")


def define(flag_values: flags.FlagValues):
    """Defines `--format`, `--workers` and `--shard`."""
    flags.DEFINE_list(
        "format",
        None,
        "Where --output is a folder, the formats of each input's results: "
        f"{', '.join(suffix[1:] for suffix in SUFFIXES)}; by default npz.",
        flag_values,
    )
    flags.DEFINE_integer(
        "workers",
        None,
        "Where --output is a folder, the number of processes, which share the cores "
        "and each load the model; by default 1.",
        1,
        1024,
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "shard",
        None,
        "Where --output is a folder, the part of the inputs to lift, as in 2/8: for "
        "several machines.",
        flag_values,
    )


def is_folder(output: str) -> bool:
    """Says whether `--output` is a folder: there, with a slash, or without ending."""
    path = pathlib.Path(output)
    return path.is_dir() or output.endswith(("/", os.sep)) or not path.suffix


def check_one(values):
    """Raises a UserError for flags of many inputs where `--output` is a file."""
    for name in ("format", "workers", "shard"):
        if values[name].value is not None:
            raise UserError(
                f"--{name} is for an --output that is a folder, got the file "
                f"{values.output}."
            )


def suffixes(values) -> tuple[str, ...]:
    """Returns the endings of each input's results, poses before pages and pictures.

    Raises:
        UserError: if one is none that is known, or if a flag of one input is given.
    """
    for name in _OF_ONE:
        if values[name].value:
            raise UserError(
                f"--{name} is for an --output that is a file. Pages and pictures are "
                "among the formats: --format=npz,html,png."
            )
    if values.video and values.keypoints:
        raise UserError(
            "Of many inputs give --video or --keypoints, as --output is a folder."
        )
    names = [name.strip().lower().lstrip(".") for name in values.format or ["npz"]]
    for name in names:
        if f".{name}" not in SUFFIXES:
            known = ", ".join(suffix[1:] for suffix in SUFFIXES)
            raise UserError(f"--format must be of {known}, got {shortened(name)}.")
    found = tuple(suffix for suffix in SUFFIXES if suffix[1:] in names)
    if ".mp4" in found:
        video_file.program()  # Before anything is written.
    return found


def chosen(
    values,
    named: Sequence[Input],
    paths: Callable[[Input], Sequence[pathlib.Path]],
) -> list[Input]:
    """Returns the inputs of this process's shard.

    Args:
        values: of the flags.
        named: all inputs.
        paths: gives the files of an input's results.

    Raises:
        UserError: if a result would take the place of an input.
    """
    files = {path.resolve() for one in named for path in one.files}
    for one in named:
        for path in paths(one):
            if path.resolve() in files:
                raise UserError(
                    f"{path}: is an input, and a result would take its place. Name "
                    "another --output."
                )
    return inputs.shard(named, values.shard) if values.shard else list(named)
