"""Joins pose archives, and the sample's clips, into one pose archive.

python -m preprocessing.join --sources=A.npz,B.npz,sample --output=FILE.npz

`sample` stands for the sample's five clips, which are downloaded if they are not here
yet; they belong to two people, "one" and "another" (a file of that name is `./sample`).
Clips keep their names, people and actions: people of the same name in two archives are
the same person. Positions are written as float32. Archives with the same content
have the same bytes.
"""

from __future__ import annotations

import functools

import numpy as np
from absl import flags

from dgnet_tf import command_line
from dgnet_tf.errors import UserError
from preprocessing.datasets import mocap, pose_archives, sample
from preprocessing.datasets.pose_archives import Clip

SAMPLE = "sample"

FLAGS = flags.FlagValues()
flags.DEFINE_list(
    "sources",
    None,
    "Pose archives (.npz) to join, and `sample` for the sample's clips.",
    FLAGS,
)
flags.DEFINE_string("output", None, "Pose archive to write (.npz).", FLAGS)
flags.DEFINE_string(
    "sample_folder", sample.CACHE, "Folder that keeps the sample's wheel.", FLAGS
)
flags.mark_flags_as_required(["sources", "output"], FLAGS)


def join_archives(
    sources, output, sample_folder=sample.CACHE, sha256=sample.SHA256
) -> int:
    """Writes all clips of the sources as one archive.

    Args:
        sources: paths of pose archives; "sample" stands for the sample's clips.
        output: the archive; an older one is replaced.
        sample_folder: the folder that keeps the sample's wheel, or the wheel.
        sha256: the digest that the wheel must have.

    Returns:
        The number of clips.

    Raises:
        UserError: if a source cannot be read, if two have a clip of the same name, or
            if their frame rates differ. An older archive stays as it was then.
    """
    clips, named_by, rates = [], {}, {}
    for source in filter(None, sources):
        if source == SAMPLE:
            found, rates[source] = _sample(sample_folder, sha256)
        else:
            found, rates[source] = _archive(source)
        for clip in found:
            if clip.name in named_by:
                raise UserError(
                    f"{source}: has a clip {clip.name!r}, as {named_by[clip.name]} "
                    "does. Name each archive once, or rename the clip."
                )
            named_by[clip.name] = source
        clips += found
    if not rates:
        raise UserError("--sources is empty; give one or more archives.")
    # Rates may have been written in float32 or float64.
    if len(set(map(np.float32, rates.values()))) > 1:
        found = ", ".join(f"{source} has {rate:g}" for source, rate in rates.items())
        raise UserError(
            f"--sources: all must have the same frame rate, but {found}. Resample the "
            "motion first (BVH files: preprocessing.archive --fps=RATE)."
        )
    pose_archives.write(output, clips, next(iter(rates.values())))
    return len(clips)


def _archive(path):
    dataset = mocap.read(path)
    return [
        Clip(
            recording.take,
            recording.subject,
            recording.action,
            functools.partial(mocap.read_clip, path, recording.take),
        )
        for recording in dataset.recordings
    ], dataset.fps


def _sample(folder, sha256):
    wheel = sample.find(folder, sha256)
    return [
        Clip(name, person, "climb", functools.partial(sample.read_capture, wheel, name))
        for name, person in sample.PEOPLE.items()
    ], sample.FPS


def main(values):
    """Writes the archive and prints where it is."""
    clips = join_archives(values.sources, values.output, values.sample_folder)
    print(f"wrote {clips} clips to {values.output}")


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
