"""Trains several networks on the same records and compares them.

    python -m tuning.compare --data=DIR --workdir=DIR --architectures=dgnet,baseline
        [--preset=small] [--seeds=1] [--frames_seen=N] [--batch_frames=N]
        [--noises=0,5,10,10@0.95] [--split=test] [--latency_calls=100] [--gpus=0,1]
        [--FIELD=VALUE ...]

All see the same number of frames in training and are held against the first. A name
may bring fields of its own: --architectures=dgnet,dgnet:channels=64:blocks=3. A
comparison that was killed goes on when the same command is given again. Writes
comparison.md, .csv, .png and comparison_differences.csv; `tuning.report` writes them
again from the results.
"""

from __future__ import annotations

import sys

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.config import flags as config_flags
from dgnet_tf.data import flags as data_flags
from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError
from tuning.studies import flags as study_flags
from tuning.studies import noise, workers

FLAGS = flags.FlagValues()
study_flags.define(FLAGS)
study_flags.define_seeds(FLAGS)
data_flags.define_split(FLAGS)
flags.DEFINE_list(
    "architectures",
    None,
    "Networks to compare, the one that others are held against first; each may bring "
    "fields of its own, as dgnet:channels=64.",
    FLAGS,
    required=True,
)
flags.DEFINE_integer(
    "frames_seen",
    0,
    "Frames that each training run shows, repetitions counted; default: as many as the "
    "first network sees by its preset.",
    0,
    flag_values=FLAGS,
)
flags.DEFINE_integer(
    "batch_frames",
    0,
    "Frames of a batch for all networks, so that all take as many steps; default: "
    "each has its own batch_size.",
    0,
    flag_values=FLAGS,
)
flags.DEFINE_list(
    "noises",
    ["0", "5", "10", "10@0.95"],
    "Standard deviations of Gaussian noise on the scored keypoints, pixels; after an @ "
    "its correlation from one frame to the next, otherwise it is white.",
    FLAGS,
)
flags.DEFINE_integer(
    "latency_calls",
    100,
    "Calls of each network that measure its latency, after all training runs; 0 "
    "leaves it out.",
    0,
    flag_values=FLAGS,
)
# Fields that are each network's own, and what to give instead.
_NOT_SHARED = {
    "architecture": "Name the networks by --architectures.",
    "config": "It holds one network's fields; give shared ones as flags, and those of "
    "one as --architectures=NAME:FIELD=VALUE.",
}


def main(flag_values):
    """Compares the networks that the flags name."""
    for name, instead in _NOT_SHARED.items():
        if flag_values[name].value is not None:
            raise UserError(f"--{name}: does not fit a comparison. {instead}")
    if flag_values.batch_frames and flag_values.batch_size is not None:
        raise UserError("--batch_frames and --batch_size: give one of them.")
    if flag_values.frames_seen and flag_values.steps_per_epoch is not None:
        raise UserError("--frames_seen and --steps_per_epoch: give one of them.")
    noises = noise.parse(flag_values.noises)
    manifest.check_split(flag_values.data, "train")
    if not workers.launched("tuning.compare", sys.argv[1:], flag_values):
        from tuning.comparing import networks, runner

        found = networks.make(
            flag_values.architectures,
            flag_values.data,
            preset=flag_values.preset,
            shared=config_flags.fields(flag_values),
            frames_seen=flag_values.frames_seen,
            batch_frames=flag_values.batch_frames,
        )
        runner.run(
            found,
            flag_values.data,
            flag_values.workdir,
            seeds=flag_values.seeds,
            noises=noises,
            split=flag_values.split,
        )

    from tuning.comparing import report
    from tuning.studies import scheduling

    # Chief and workers leave it to whoever started them, or to the same command
    # without their variables: latency is to be measured beside nothing else.
    if scheduling.role() == "alone":
        path = report.finish(flag_values.workdir, flag_values.latency_calls)
        print(path.read_text(encoding="utf-8"))
        print(f"report: {path}")


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
