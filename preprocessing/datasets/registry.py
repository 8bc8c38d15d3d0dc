"""The data sets that can be converted: their readers, and the flags of each."""

from __future__ import annotations

import os
import pathlib

from absl import flags

from dgnet_tf import command_line, skeletons
from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import layouts
from preprocessing.cameras import camera_rig
from preprocessing.conversion.sequences import Dataset, MissingSource
from preprocessing.datasets import humaneva, keypoints, mocap, sample, synthetic
from preprocessing.datasets.bvh import bvh, files
from preprocessing.datasets.bvh import flags as bvh_flags
from preprocessing.datasets.human36m import human36m
from preprocessing.datasets.mpi_inf_3dhp import mpi_inf_3dhp

_RIG = (
    "cameras",
    "camera_seed",
    "camera_distance",
    "camera_height",
    "camera_focal",
)
_READERS = {
    "sample": sample.read,
    "synthetic": synthetic.read,
    "mocap": mocap.read,
    "bvh": bvh.read,
    "human36m": human36m.read,
    "humaneva": humaneva.read,
    "mpi_inf_3dhp": mpi_inf_3dhp.read,
    "keypoints": keypoints.read,
}
DATASETS = tuple(_READERS)
# Flags by data set, beside --source; a reader's arguments have their names.
_FLAGS = {
    "sample": _RIG,
    "synthetic": ("subjects", "clip_frames", "motion_seed", *_RIG),
    "mocap": _RIG,
    "bvh": ("mapping", "up", "scale", "fps", "skip_frames", *_RIG),
    "human36m": ("detections", "metadata", "skeleton"),
    "humaneva": ("detections",),
    "mpi_inf_3dhp": ("annotation", "skeleton", "fps"),
    "keypoints": ("layout", "fps", "image_size", "skeleton"),
}
# The choices of --skeleton that are not for a layout to make.
_SKELETONS = {
    "human36m": ("human36m_17", "human36m_16"),
    "mpi_inf_3dhp": ("mpi_inf_3dhp_17", "human36m_17"),
}
_BUILD = pathlib.Path(__file__).parents[2] / "BUILD.md"


def define_flags(flag_values: flags.FlagValues):
    """Defines `--source` and the flags of all data sets."""

    def string(name, text):
        flags.DEFINE_string(name, None, text, flag_values)

    def number(define, name, default, text, least, most=None):
        define(name, default, text, least, most, flag_values=flag_values)

    string("source", "The data set's files; see BUILD.md.")
    string("detections", "human36m, humaneva: a data_2d_*.npz with the 2-D input.")
    string("metadata", "human36m: metadata.xml, by default the one in --source.")
    string("image_size", "keypoints: width and height, as in 1920x1080.")
    for name, choices, text in (
        ("skeleton", list(skeletons.SKELETONS), "Joints, where there is a choice."),
        (
            "annotation",
            ["univ_annot3", "annot3"],
            "mpi_inf_3dhp: 3-D scaled to one height, or true to scale.",
        ),
        ("layout", sorted(layouts.LAYOUTS), "keypoints: order of the joints."),
    ):
        flags.DEFINE_enum(name, None, choices, text, flag_values)
    number(
        flags.DEFINE_float,
        "fps",
        None,
        "Frames a second: bvh resamples to it (50 if not given), mpi_inf_3dhp takes "
        "every n-th frame, keypoints are told by it.",
        1.0,
        1000.0,
    )
    integer = flags.DEFINE_integer
    number(integer, "subjects", 8, "synthetic: people.", 3)
    number(integer, "clip_frames", 300, "synthetic: frames of a clip.", 1)
    number(integer, "motion_seed", 0, "synthetic: seed of the motions.", 0)
    bvh_flags.define(flag_values)
    camera_rig.define_flags(flag_values)


def read(values: flags.FlagValues) -> Dataset:
    """Returns the data set that the flags name.

    Raises:
        MissingSource: if its files are not there.
        UserError: for a flag that says nothing about this data set, or bad input.
    """
    name = values.dataset
    others = {flag for names in _FLAGS.values() for flag in names} - set(_FLAGS[name])
    wrong = sorted(flag for flag in others if values[flag].present)
    if wrong:
        knowing = [d for d, names in _FLAGS.items() if wrong[0] in names]
        raise UserError(
            f"--{wrong[0]} says nothing about --dataset={name}, only about "
            f"{', '.join(knowing)}. Leave it out."
        )
    given = {f: values[f].value for f in _FLAGS[name] if values[f].present}
    options = {flag: value for flag, value in given.items() if flag not in _RIG}
    if _RIG[0] in _FLAGS[name]:
        options["rig"] = camera_rig.from_flags(values)
    choices = _SKELETONS.get(name, tuple(skeletons.SKELETONS))
    if options.get("skeleton", choices[0]) not in choices:
        raise UserError(
            f"--skeleton={options['skeleton']}: --dataset={name} gives "
            f"{' or '.join(choices)}."
        )
    if "image_size" in options:
        options["image_size"] = command_line.parse_image_size(options["image_size"])
    if name == "bvh" and options.get("fps", bvh.FPS) < files.SLOWEST:
        raise UserError(
            f"--fps={options['fps']:g}: --dataset=bvh is resampled to "
            f"{files.SLOWEST:g} frames a second at least."
        )
    source = values.source or (sample.CACHE if name == "sample" else None)
    if name == "synthetic":
        if source:
            raise UserError("--dataset=synthetic reads no files; leave out --source.")
        return synthetic.read(**options)
    if not source:
        raise MissingSource(f"--dataset={name} needs --source, the data set's files.")
    for flag in ("layout", "fps"):
        if name == "keypoints" and flag not in options:
            raise MissingSource(f"--dataset=keypoints needs --{flag}.")
    return _READERS[name](os.path.expanduser(source), **options)


def guide(name: str) -> str:
    """Returns BUILD.md's section on a data set: which files to put where."""
    _, _, rest = _BUILD.read_text().partition(f"\n### {name}\n")
    section = rest.split("\n### ")[0].split("\n## ")[0]
    return f"{name}\n{section.rstrip()}"
