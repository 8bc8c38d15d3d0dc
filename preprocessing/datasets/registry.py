"""The data sets that can be converted, and the flags of all of them."""

from __future__ import annotations

import collections
import dataclasses

from absl import flags

from dgnet_tf.errors import UserError
from preprocessing.cameras import camera_rig
from preprocessing.conversion.sequences import Dataset
from preprocessing.datasets import (
    definition,
    humaneva,
    keypoints,
    mocap,
    sample,
    synthetic,
)
from preprocessing.datasets.bvh import bvh
from preprocessing.datasets.human36m import human36m
from preprocessing.datasets.mpi_inf_3dhp import mpi_inf_3dhp

DATASETS = {
    module.DEFINITION.name: module.DEFINITION
    for module in (
        sample, synthetic, mocap, bvh, human36m, humaneva, mpi_inf_3dhp, keypoints,
    )
}  # fmt: skip


def define_flags(flag_values: flags.FlagValues):
    """Defines the flags of all data sets."""
    by_name = collections.defaultdict(dict)
    for dataset in DATASETS.values():
        for flag in dataset.flags:
            by_name[flag.name][dataset.name] = flag
    for flag_of in by_name.values():
        definition.shared(flag_of).define(flag_values)
    filmed = ", ".join(name for name, found in DATASETS.items() if found.filmed)
    camera_rig.define_flags(flag_values, f"{filmed}: ")


def read_from_flags(values: flags.FlagValues) -> Dataset:
    """Returns the data set that the flags name.

    Raises:
        MissingSource: if its files are not there.
        UserError: for a flag of other data sets, or bad input.
    """
    chosen = DATASETS[values.dataset]
    users = collections.defaultdict(list)
    for dataset in DATASETS.values():
        for flag in dataset.flags:
            users[flag.name].append(dataset.name)
        for name in camera_rig.FLAGS if dataset.filmed else ():
            users[name].append(dataset.name)
    for flag, names in sorted(users.items()):
        if values[flag].present and chosen.name not in names:
            raise UserError(
                f"--{flag} has no effect with --dataset={chosen.name}, only with "
                f"{', '.join(names)}. Leave it out."
            )
    rig = {"rig": camera_rig.from_flags(values)} if chosen.filmed else {}
    found = chosen.read(**rig, **chosen.arguments(values))
    return dataclasses.replace(found, licence=chosen.licence)
