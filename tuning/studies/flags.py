"""Flags shared by the commands of a study."""

from __future__ import annotations

from absl import flags

from dgnet_tf.config import flags as config_flags
from dgnet_tf.data import flags as data_flags
from tuning.studies import workers


def define(flag_values: flags.FlagValues):
    """Defines `--data`, `--workdir`, `--gpus` and the configuration's flags."""
    data_flags.define_data(flag_values)
    flags.DEFINE_string(
        "workdir", None, "Folder of the study.", flag_values, required=True
    )
    workers.define_flags(flag_values)
    config_flags.define(flag_values)


def define_seeds(flag_values: flags.FlagValues):
    """Defines `--seeds`, the number of training runs of each row."""
    flags.DEFINE_integer(
        "seeds",
        1,
        "Training runs of each row, with --seed and the seeds after it.",
        1,
        flag_values=flag_values,
    )
