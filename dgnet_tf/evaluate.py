"""Scores a run on every valid frame of a split.

    python -m dgnet_tf.evaluate --workdir=RUN|--weights=NAME --data=DIR [--split=test]
        [--actions=NAMES] [--flip=true] [--overlap=RULE] [--frame_stride=S]
        [--keypoint_smoothing=H] [--precision=P] [--noise_px=0]
        [--noise_correlation=0] [--seed=0]
        [--count_root=true] [--balance=false] [--root=none|fit] [--output=DIR]

Writes `report.json` and `report.md`, by default into a folder of the run that is
named after data set, split and options; of --weights, where --output says.
"""

from __future__ import annotations

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.config import action_names
from dgnet_tf.config.fields import FIELDS
from dgnet_tf.data import flags as data_flags
from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError
from dgnet_tf.inference import option_flags
from dgnet_tf.models import flags as network_flags
from dgnet_tf.models import pretrained
from dgnet_tf.training import allocator

FLAGS = flags.FlagValues()
network_flags.define_network(FLAGS, "score")
data_flags.define_data(FLAGS)
data_flags.define_split(FLAGS)
flags.DEFINE_string(
    "actions", "", "Actions to score: whole names, separated by commas, those that "
    "have a comma in double quotes; by default all.", FLAGS,
)  # fmt: skip
option_flags.define(FLAGS, "evaluate")
flags.DEFINE_float(
    "noise_px", 0.0, "Standard deviation of Gaussian noise on the keypoints, in "
    "pixels.", 0.0, flag_values=FLAGS,
)  # fmt: skip
flags.DEFINE_float(
    "noise_correlation", 0.0, "Correlation of that noise from one frame to the next; 0 "
    "is white noise, detectors' errors have 0.77 to 0.95.", 0.0,
    FIELDS["noise_correlation"].most, flag_values=FLAGS,
)  # fmt: skip
flags.DEFINE_integer(
    "seed", 0, "Seed of the noise and the bootstrap intervals.", 0, flag_values=FLAGS
)
flags.DEFINE_boolean(
    "count_root", True, "Let the root, whose error is zero, count as a joint.", FLAGS
)
flags.DEFINE_boolean(
    "balance", False, "Also score the estimates from keypoints and predicted depth, "
    "and their means with the network's own (Table IX). Needs data with intrinsics.",
    FLAGS,
)  # fmt: skip
flags.DEFINE_enum(
    "root", "none", ("none", "fit"), "Also score the root's trajectory and skating "
    "feet, as lift --root=fit has them. Needs data with intrinsics.", FLAGS,
)  # fmt: skip
flags.DEFINE_string("output", None, "Folder of the report; default: in the run.", FLAGS)


def main(values):
    """Evaluates the run that the flags name, prints and writes its report."""
    if values.weights is not None and values.output is None:
        raise UserError("--weights has no run for the report to lie in; give --output.")
    if values.noise_correlation and not values.noise_px:
        raise UserError(
            "--noise_correlation: has no effect without noise. Give --noise_px too."
        )
    allocator.keep_freed_memory()
    manifest.check_split(values.data, values.split)
    chosen = action_names.parse(values.actions)
    run, origin = pretrained.of_flags(values.workdir, values.weights)

    from dgnet_tf.evaluation import evaluation, report, run_reports

    result = evaluation.evaluate(
        *(run.model, run.config, values.data, values.split),
        actions=chosen,
        noise_px=values.noise_px,
        noise_correlation=values.noise_correlation,
        seed=values.seed,
        count_root=values.count_root,
        balanced=values.balance,
        roots=values.root == "fit",
        **option_flags.asked(values),
    )
    result["options"].update(run_reports.digests(origin, values.data))
    folder = values.output or report.default_folder(values.workdir, result)
    paths = report.write(result, folder)
    print(report.markdown(result))
    print("\n".join(f"Report: {path}" for path in paths))


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
