"""Searches for a better configuration than the base's, on the validation split.

    python -m tuning.search --data=DIR --workdir=DIR --trials=N
        [--algorithm=bayesian|hyperband|random] [--tune=FIELD,...] [--confirm_seeds=2]
        [--preset=small] [--gpus=0,1] [--FIELD=VALUE ...]

Trial 0 is the configuration that preset and flags give, the paper's by default. The
best trial and the base are then trained again under further seeds. A search that was
killed goes on when the same command is given again.
"""

from __future__ import annotations

import sys

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.data import manifest
from dgnet_tf.training import fine_tuning
from tuning.studies import flags as study_flags
from tuning.studies import workers

FLAGS = flags.FlagValues()
study_flags.define(FLAGS)
flags.DEFINE_integer(
    "trials",
    None,
    "Number of trials, the base's among them.",
    1,
    required=True,
    flag_values=FLAGS,
)
flags.DEFINE_enum(
    "algorithm",
    "bayesian",
    ["bayesian", "hyperband", "random"],
    "Algorithm that proposes trials.",
    FLAGS,
)
flags.DEFINE_list(
    "tune",
    None,
    "Configuration fields to search; default: all of tuning/search_space.py.",
    FLAGS,
)
flags.DEFINE_integer(
    "confirm_seeds",
    2,
    "Further seeds under which the best trial and the base are compared.",
    0,
    flag_values=FLAGS,
)


def main(flag_values):
    """Searches as the flags say."""
    manifest.check_split(flag_values.data, "train")
    if workers.launched("tuning.search", sys.argv[1:], flag_values):
        return

    from tuning.searching import trials

    trials.run(
        fine_tuning.from_flags(flag_values),
        flag_values.data,
        flag_values.workdir,
        flag_values.trials,
        algorithm=flag_values.algorithm,
        tune=flag_values.tune,
        confirm_seeds=flag_values.confirm_seeds,
    )
    print(f"search: {flag_values.workdir}")


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
