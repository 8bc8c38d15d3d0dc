"""Writes BVH files as one pose archive, which `--dataset=mocap` converts.

python -m preprocessing.archive --source=FOLDER --output=FILE.npz

Clips are called by their files, and by subject, action and file where two files have
one name. Archives with the same content have the same bytes.
"""

from __future__ import annotations

import zipfile

import numpy as np
import tqdm
from absl import flags

from dgnet_tf import atomic, command_line
from dgnet_tf.errors import UserError
from preprocessing import bvh, bvh_files, bvh_flags
from preprocessing.bvh_takes import Take

FLAGS = flags.FlagValues()
flags.DEFINE_string("source", None, "A BVH file, or a folder that holds some.", FLAGS)
flags.DEFINE_string("output", None, "Archive to write (.npz).", FLAGS)
bvh_flags.define(FLAGS)
flags.DEFINE_float(
    "fps",
    bvh.FPS,
    "Frames a second to resample to.",
    bvh_files.SLOWEST,
    bvh_files.FASTEST,
    flag_values=FLAGS,
)
flags.mark_flags_as_required(["source", "output"], FLAGS)


def write(source, output, **options) -> int:
    """Writes an archive; one clip at a time is in memory.

    Args:
        source: see `bvh.takes`.
        output: the archive; an older one is replaced.
        **options: see `bvh.takes`.

    Returns:
        The number of clips.

    Raises:
        UserError: see `bvh.takes` and `Take.sequence`. No archive is left then.
    """
    takes = bvh.takes(source, **options)
    lists = {
        "clips": _clips(takes),
        "subjects": [take.subject for take in takes],
        "actions": [take.action for take in takes],
    }
    with atomic.replacing(output) as path, zipfile.ZipFile(path, "w") as archive:
        for name, values in lists.items():
            _add(archive, name, np.array(values))
        _add(archive, "fps", np.float64(takes[0].fps))
        clips = zip(lists["clips"], takes, strict=True)
        for clip, take in tqdm.tqdm(clips, "archive", len(takes), unit="clip"):
            positions = take.sequence().positions
            _add(archive, f"pos/{clip}", positions.astype(np.float32))
    return len(takes)


def _clips(takes: list[Take]) -> list[str]:
    short = [take.take for take in takes]
    long = ["-".join((take.subject, take.action, take.take)) for take in takes]
    for names in (short, long):
        if len(set(names)) == len(names):
            return names
    raise UserError(
        f"{takes[0].path}: two clips would have one name; rename the files."
    )


def _add(archive, name, array):
    # ZipInfo's own date, 1980, keeps the clock out of the bytes.
    with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as file:
        np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)


def main(values):
    """Writes the archive and prints where it is."""
    clips = write(values.source, values.output, **bvh_flags.options(values))
    print(f"wrote {clips} clips to {values.output}")


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
