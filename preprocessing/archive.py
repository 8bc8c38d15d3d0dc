"""Writes BVH files as one pose archive, which `--dataset=mocap` converts.

python -m preprocessing.archive --source=FOLDER --output=FILE.npz

Clips are named after their files, or after subject, action and file where two files
have the same name. Archives with the same content have the same bytes.
"""

from __future__ import annotations

import functools

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.errors import UserError
from preprocessing.datasets import pose_archives
from preprocessing.datasets.bvh import bvh
from preprocessing.datasets.bvh.takes import Take
from preprocessing.datasets.pose_archives import Clip

FLAGS = flags.FlagValues()
for _flag in bvh.DEFINITION.flags:
    _flag.define(FLAGS)
flags.DEFINE_string("output", None, "Pose archive to write (.npz).", FLAGS)
flags.mark_flags_as_required(["source", "output"], FLAGS)


def archive_bvh(source, output, **options) -> int:
    """Writes an archive; one clip at a time is in memory.

    Args:
        source: see `bvh.takes`.
        output: the archive; an older one is replaced.
        **options: see `bvh.takes`.

    Returns:
        The number of clips.

    Raises:
        UserError: see `bvh.takes` and `Take.sequence`. An older archive stays as it
            was then.
    """
    takes = bvh.takes(source, **options)
    clips = [
        Clip(name, take.subject, take.action, functools.partial(_positions, take))
        for name, take in zip(_names(takes), takes, strict=True)
    ]
    pose_archives.write(output, clips, takes[0].fps)
    return len(takes)


def _positions(take: Take):
    return take.sequence().positions


def _names(takes: list[Take]) -> list[str]:
    short = [take.take for take in takes]
    long = ["-".join((take.subject, take.action, take.take)) for take in takes]
    for names in (short, long):
        if len(set(names)) == len(names):
            return names
    raise UserError(
        f"{takes[0].path}: two clips would get the same name; rename the files."
    )


def main(values):
    """Writes the archive and prints where it is."""
    arguments = bvh.DEFINITION.arguments(values)
    clips = archive_bvh(output=values.output, **arguments)
    print(f"wrote {clips} clips to {values.output}")


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
