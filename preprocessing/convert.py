"""Converts a data set into TFRecords and a dataset.json.

python -m preprocessing.convert --dataset=mocap --source=FILE.npz --output=DIR

docs/datasets.md says for each data set which files to put where; the command prints it
where they are missing.

Splits are made by person. Without --validation_subjects (or the data set's own)
the last training subject in sorted order is the validation split; an empty
--test_subjects= or --validation_subjects= means no such split.
"""

from __future__ import annotations

import os
import sys

from absl import flags

from dgnet_tf import command_line
from preprocessing.conversion.sequences import MissingSource
from preprocessing.datasets import registry

FLAGS = flags.FlagValues()
flags.DEFINE_enum(
    "dataset", None, list(registry.DATASETS), "Data set to convert.", FLAGS
)
flags.DEFINE_string("output", None, "Folder to write; it must be new or empty.", FLAGS)
flags.DEFINE_list(
    "test_subjects",
    None,
    "People of the test split (default: the data set's own).",
    FLAGS,
)
flags.DEFINE_list(
    "validation_subjects",
    None,
    "People of the validation split (default: the data set's own, or see above).",
    FLAGS,
)
flags.DEFINE_integer(
    "record_frames", 128, "Greatest number of frames of a record.", 1, flag_values=FLAGS
)
flags.DEFINE_integer(
    "record_overlap",
    32,
    "Frames that neighbouring records share.",
    0,
    flag_values=FLAGS,
)
flags.DEFINE_integer(
    "workers",
    None,
    "Number of processes (default: one per core).",
    1,
    flag_values=FLAGS,
)
flags.DEFINE_boolean(
    "strict", False, "Refuse data that a plausibility check warns of.", FLAGS
)
registry.define_flags(FLAGS)
flags.mark_flags_as_required(["dataset", "output"], FLAGS)
flags.register_multi_flags_validator(
    ["record_frames", "record_overlap"],
    lambda values: values["record_overlap"] < values["record_frames"],
    "--record_overlap must be less than --record_frames",
    FLAGS,
)


def main(values):
    """Converts, and prints checks, table and folder."""
    # TensorFlow takes seconds to import, `--help` should not.
    from preprocessing.conversion import pipeline, summary

    try:
        dataset = registry.read_from_flags(values)
    except MissingSource:
        print(registry.DATASETS[values.dataset].guide(), file=sys.stderr)
        raise
    content = pipeline.convert(
        dataset,
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
