"""The flags of reading BVH files, shared by the commands that do."""

from __future__ import annotations

from absl import flags

from preprocessing.datasets.bvh import bvh


def define(flag_values: flags.FlagValues):
    """Defines the flags that `options` reads, but for `--fps`."""
    flags.DEFINE_string(
        "mapping",
        None,
        "bvh: naming of the joints (cmu, daz, mixamo, motionbuilder, biovision) or a "
        "JSON file; recognised if not given.",
        flag_values,
    )
    flags.DEFINE_enum("up", "y", bvh.UP, "bvh: vertical axis.", flag_values)
    flags.DEFINE_float(
        "scale",
        None,
        "bvh: metres per unit; if not given, the unit that fits a person's length.",
        1e-6,
        1000.0,
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "skip_frames",
        None,
        "bvh: frames to drop at each file's start; if not given, 1 for CMU's "
        "conversions, whose first is a T-pose, else 0.",
        0,
        flag_values=flag_values,
    )


def options(values: flags.FlagValues) -> dict:
    """Returns the keyword options of `bvh.takes`."""
    return {
        "mapping": values.mapping,
        "up": values.up,
        "scale": values.scale,
        "fps": values.fps,
        "skip_frames": values.skip_frames,
    }
