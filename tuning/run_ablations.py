"""Reruns a table of the paper's ablations, row by row.

    python -m tuning.run_ablations --table=NAME --data=DIR --workdir=DIR
        [--rows=dynamic,fixed] [--preset=small] [--seeds=1] [--split=test] [--gpus=0,1]
        [--FIELD=VALUE ...]

NAME is neighbors (Table V), graphs (VI), units (VII), blocks_frames (VIII) or design
(IX). A study that was killed goes on when the same command is given again; rows that
are done are not run again. Several tables may share one --workdir.
"""

from __future__ import annotations

import sys

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.data import flags as data_flags
from dgnet_tf.data import manifest
from dgnet_tf.training import fine_tuning
from tuning.ablations import paper_tables
from tuning.studies import flags as study_flags
from tuning.studies import workers

FLAGS = flags.FlagValues()
flags.DEFINE_enum(
    "table",
    None,
    list(paper_tables.TABLES),
    "Table of the paper to rerun.",
    FLAGS,
    required=True,
)
study_flags.define(FLAGS)
study_flags.define_seeds(FLAGS)
data_flags.define_split(FLAGS)
flags.DEFINE_list(
    "rows",
    [],
    "Names of the rows to run; default: all. Rows that stand in several columns or "
    "groups of the table run in each.",
    FLAGS,
)
for detector in ("sh", "cpn"):
    flags.DEFINE_string(
        f"data_{detector}",
        None,
        f"Data set with keypoints of {detector.upper()}, for the table design.",
        FLAGS,
    )


def main(flag_values):
    """Runs the table that the flags name."""
    manifest.check_split(flag_values.data, "train")
    if workers.launched("tuning.run_ablations", sys.argv[1:], flag_values):
        return

    from tuning.ablations import runner

    runner.run(
        paper_tables.get(flag_values.table),
        fine_tuning.from_flags(flag_values),
        flag_values.data,
        flag_values.workdir,
        seeds=flag_values.seeds,
        split=flag_values.split,
        names=flag_values.rows,
        sources={name: flag_values[f"data_{name}"].value for name in ("sh", "cpn")},
    )
    print(f"study: {flag_values.workdir}")


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
