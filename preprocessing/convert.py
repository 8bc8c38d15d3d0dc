"""Converts a data set into TFRecords and a dataset.json.

python -m preprocessing.convert --dataset=mocap --source=FILE.npz --output=DIR

Splits are made by person. Without --validation_subjects (or the data set's own)
the last training subject in sorted order is the validation split; an empty
--test_subjects= or --validation_subjects= means no such split.
"""

from __future__ import annotations

import os

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.errors import UserError
from preprocessing import conversion, mocap, sample, summary, synthetic
from preprocessing.sequences import Dataset

DATASETS = ("sample", "synthetic", "mocap")

FLAGS = flags.FlagValues()
flags.DEFINE_enum("dataset", None, DATASETS, "What to convert.", FLAGS)
flags.DEFINE_string(
    "source",
    None,
    "mocap: the pose archive (.npz). sample: the wheel, or the folder that keeps it "
    f"({sample.CACHE}).",
    FLAGS,
)
flags.DEFINE_string("output", None, "Folder to make; it must be new or empty.", FLAGS)
flags.DEFINE_list("test_subjects", None, "People of the test split: a,b.", FLAGS)
flags.DEFINE_list(
    "validation_subjects", None, "People of the validation split: a,b.", FLAGS
)
flags.DEFINE_integer("record_frames", 128, "Frames of a record.", 1, flag_values=FLAGS)
flags.DEFINE_integer(
    "record_overlap", 32, "Frames that neighbours share.", 0, flag_values=FLAGS
)
flags.DEFINE_integer(
    "workers", None, "Processes; one per core if not given.", 1, flag_values=FLAGS
)
flags.DEFINE_boolean(
    "strict", False, "Refuse what a plausibility check warns of.", FLAGS
)
flags.DEFINE_integer("cameras", 4, "Virtual cameras per clip.", 1, flag_values=FLAGS)
flags.DEFINE_integer("camera_seed", 0, "Seed of their places.", 0, flag_values=FLAGS)
flags.DEFINE_integer("subjects", 8, "synthetic: people.", 3, flag_values=FLAGS)
flags.DEFINE_integer(
    "clip_frames", 300, "synthetic: frames of a clip.", 1, flag_values=FLAGS
)
flags.DEFINE_integer(
    "motion_seed", 0, "synthetic: seed of the motions.", 0, flag_values=FLAGS
)
flags.mark_flags_as_required(["dataset", "output"], FLAGS)
flags.register_multi_flags_validator(
    ["record_frames", "record_overlap"],
    lambda values: values["record_overlap"] < values["record_frames"],
    "--record_overlap must be less than --record_frames",
    FLAGS,
)


def read(values) -> Dataset:
    """Returns the data set that the flags name."""
    placement = {"cameras": values.cameras, "camera_seed": values.camera_seed}
    if values.dataset == "sample":
        return sample.read(values.source or sample.CACHE, **placement)
    if values.dataset == "synthetic":
        if values.source:
            raise UserError("--dataset=synthetic reads no files; leave out --source.")
        return synthetic.read(
            values.subjects, values.clip_frames, values.motion_seed, **placement
        )
    if not values.source:
        raise UserError("--dataset=mocap needs --source=FILE.npz, a pose archive.")
    return mocap.read(values.source, **placement)


def main(values):
    """Converts, and prints checks, table and folder."""
    content = conversion.convert(
        read(values),
        values.output,
        record_frames=values.record_frames,
        record_overlap=values.record_overlap,
        test_subjects=values.test_subjects,
        validation_subjects=values.validation_subjects,
        workers=values.workers or os.cpu_count() or 1,
        strict=values.strict,
    )
    print(summary.table(content))
    print(f"wrote {values.output}")


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
