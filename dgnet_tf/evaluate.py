"""Scores a run on every valid frame of a split.

    python -m dgnet_tf.evaluate --workdir=RUN|--weights=NAME --data=DIR [--split=test]
        [--actions=NAMES] [--flip=true] [--overlap=RULE] [--frame_stride=S]
        [--keypoint_smoothing=H] [--precision=P] [--noise_px=0] [--seed=0]
        [--count_root=true] [--balance=false] [--output=DIR]

Writes `report.json` and `report.md`, by default into a folder of the run that is
named after data set, split and options; of --weights, where --output says.
"""

from __future__ import annotations

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.config import action_names
from dgnet_tf.data import flags as data_flags
from dgnet_tf.errors import UserError
from dgnet_tf.inference import option_flags
from dgnet_tf.models import flags as network_flags

FLAGS = flags.FlagValues()
network_flags.define_network(FLAGS, "score")
data_flags.define_data(FLAGS)
data_flags.define_split(FLAGS)
flags.DEFINE_string(
    "actions",
    "",
    "Actions to score: whole names, separated by commas, those that have a comma in "
    "double quotes; by default all.",
    FLAGS,
)
option_flags.define(FLAGS, "evaluate")
flags.DEFINE_float(
    "noise_px",
    0.0,
    "Standard deviation of Gaussian noise on the keypoints, in pixels.",
    0.0,
    flag_values=FLAGS,
)
flags.DEFINE_integer(
    "seed", 0, "Seed of the noise and the bootstrap intervals.", 0, flag_values=FLAGS
)
flags.DEFINE_boolean(
    "count_root", True, "Let the root, whose error is zero, count as a joint.", FLAGS
)
flags.DEFINE_boolean(
    "balance",
    False,
    "Also score the estimates from keypoints and predicted depth, and their means "
    "with the network's own (Table IX). Needs data with intrinsics.",
    FLAGS,
)
flags.DEFINE_string("output", None, "Folder of the report; default: in the run.", FLAGS)


def main(flag_values):
    """Evaluates the run that the flags name, prints and writes its report."""
    if flag_values.weights is not None and flag_values.output is None:
        raise UserError("--weights has no run for the report to lie in; give --output.")
    from dgnet_tf.evaluation import evaluation, report, run_reports
    from dgnet_tf.models import pretrained

    chosen = action_names.parse(flag_values.actions)
    run, origin = pretrained.of_flags(flag_values.workdir, flag_values.weights)
    result = evaluation.evaluate(
        run.model,
        run.config,
        flag_values.data,
        flag_values.split,
        actions=chosen,
        noise_px=flag_values.noise_px,
        seed=flag_values.seed,
        count_root=flag_values.count_root,
        balanced=flag_values.balance,
        **option_flags.asked(flag_values),
    )
    result["options"].update(run_reports.digests(origin, flag_values.data))
    folder = flag_values.output or report.default_folder(flag_values.workdir, result)
    paths = report.write(result, folder)
    print(report.markdown(result))
    print("\n".join(f"Report: {path}" for path in paths))


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
