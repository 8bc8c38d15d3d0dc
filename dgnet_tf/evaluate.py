"""Scores a run on every valid frame of a split.

    python -m dgnet_tf.evaluate --workdir=RUN|--weights=NAME --data=DIR [--split=test]
        [--actions=NAMES] [--flip=true] [--overlap=RULE] [--frame_stride=S]
        [--keypoint_smoothing=H] [--position_smoothing=H] [--precision=P] [--noise_px=0]
        [--noise_correlation=0] [--seed=0]
        [--count_root=true] [--balance=false] [--root=none|fit]
        [--calibrate_uncertainty=false] [--output=DIR]

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
from dgnet_tf.inference.options import InferenceOptions
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
flags.DEFINE_boolean(
    "calibrate_uncertainty", False, "Before, calibrate on the split's people, who must "
    "be outside of training, how far off each joint is expected to be; written into "
    "the run, from which lift and save_preset have it.", FLAGS,
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
    if values.calibrate_uncertainty:
        _check_calibration(values)
    allocator.keep_freed_memory()
    manifest.check_split(values.data, values.split)
    chosen = action_names.parse(values.actions)
    run, origin = pretrained.of_flags(values.workdir, values.weights)

    from dgnet_tf.evaluation import evaluation, report, run_reports

    options = InferenceOptions.of(run.config, **option_flags.asked(values))
    sure, checked = _uncertainty(values, run, options, origin)
    result = evaluation.evaluate(
        *(run.model, run.config, values.data, values.split),
        actions=chosen,
        noise_px=values.noise_px,
        noise_correlation=values.noise_correlation,
        seed=values.seed,
        count_root=values.count_root,
        balanced=values.balance,
        roots=values.root == "fit",
        uncertainty=sure,
        **option_flags.asked(values),
    )
    if checked:
        result["uncertainty"] |= checked
    result["options"].update(run_reports.digests(origin, values.data))
    folder = values.output or report.default_folder(values.workdir, result)
    paths = report.write(result, folder)
    print(report.markdown(result))
    print("\n".join(f"Report: {path}" for path in paths))


def _check_calibration(values):
    if values.weights is not None:
        raise UserError(
            "--calibrate_uncertainty is of a run: give --workdir, and save the weights "
            "again from there."
        )
    if values.split == "train":
        raise UserError(
            "--calibrate_uncertainty: errors of people whom the network was trained on "
            "are too small to go by. Take another --split."
        )
    if values.actions:
        raise UserError("--calibrate_uncertainty: takes all actions; leave --actions.")


def _uncertainty(values, run, options, origin):
    """Returns what the run states of its errors, and how that was checked."""
    from dgnet_tf.exporting import model_card
    from dgnet_tf.models import uncertainty

    if not values.calibrate_uncertainty:
        found = model_card.uncertainty_of(origin)
        fits = found is not None and found.holds_for(options.chosen())
        return (found if fits else None), {}
    if options.estimates < 2:
        raise UserError(
            f"--calibrate_uncertainty: --overlap={options.overlap} without --flip has "
            "one estimate of a frame, which cannot disagree. Leave --flip=true."
        )
    from dgnet_tf.evaluation import evaluation
    from dgnet_tf.evaluation.uncertainties import calibration

    dataset = evaluation.fitting_data(values.data, run.config).dataset
    given = run.model, options, values.data, dataset, values.split
    found, checked = calibration.calibrate(*given)
    print(f"Uncertainty: {uncertainty.keep(values.workdir, found)}")
    return found, checked


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
