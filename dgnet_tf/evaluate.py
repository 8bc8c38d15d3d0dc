"""Scores a run on every valid frame of a split.

    python -m dgnet_tf.evaluate --workdir=RUN|--weights=NAME --data=DIR [--split=test]
        [--actions=NAMES] [--flip=true] [--overlap=RULE] [--frame_stride=S]
        [--keypoint_smoothing=H] [--precision=P] [--noise_px=0] [--seed=0]
        [--count_root=true] [--balance=false] [--output=DIR]

Writes `report.json` and `report.md`, by default into a folder of the run that is
named after data set, split and options; of --weights, where --output says.
"""

from __future__ import annotations

import hashlib
import pathlib
import re

from absl import flags

from dgnet_tf import command_line, config, limits
from dgnet_tf.errors import UserError

FLAGS = flags.FlagValues()
flags.DEFINE_string("workdir", None, "Run to score.", flag_values=FLAGS)
flags.DEFINE_string(
    "weights",
    None,
    "Trained weights to score instead: a name that the package ships, or a folder "
    "made by save_preset.",
    flag_values=FLAGS,
)
flags.mark_flags_as_mutual_exclusive(
    ["workdir", "weights"], required=True, flag_values=FLAGS
)
flags.DEFINE_string(
    "data", None, "Folder of a converted data set.", required=True, flag_values=FLAGS
)
flags.DEFINE_enum(
    "split",
    "test",
    ["train", "validation", "test"],
    "Split to score.",
    flag_values=FLAGS,
)
flags.DEFINE_string(
    "actions",
    "",
    "Actions to score: whole names, separated by commas, those that have a comma in "
    "double quotes; by default all.",
    flag_values=FLAGS,
)
flags.DEFINE_boolean(
    "flip", True, "Average with the mirrored estimate.", flag_values=FLAGS
)
flags.DEFINE_enum(
    "overlap",
    None,
    ["once", "center", "mean"],
    "How overlapping windows become one pose for each frame; by default the run's "
    "rule.",
    flag_values=FLAGS,
)
flags.DEFINE_integer(
    "frame_stride",
    None,
    "Frames from one slot of a window to the next; by default the run's.",
    1,
    flag_values=FLAGS,
)
limits.define_keypoint_smoothing(FLAGS)
flags.DEFINE_enum(
    "precision",
    None,
    config.PRECISIONS,
    "Of the network's products; by default the run's own.",
    flag_values=FLAGS,
)
flags.DEFINE_float(
    "noise_px",
    0.0,
    "Standard deviation of Gaussian noise on the keypoints, in pixels.",
    0.0,
    flag_values=FLAGS,
)
flags.DEFINE_integer(
    "seed", 0, "Of the noise and the bootstrap intervals.", 0, flag_values=FLAGS
)
flags.DEFINE_boolean(
    "count_root",
    True,
    "Let the root, whose error is zero, count as a joint.",
    flag_values=FLAGS,
)
flags.DEFINE_boolean(
    "balance",
    False,
    "Also score the estimates from keypoints and predicted depth, and their means "
    "with the network's own (Table IX). Needs data with intrinsics.",
    flag_values=FLAGS,
)
flags.DEFINE_string(
    "output", None, "Folder of the report; by default in the run.", flag_values=FLAGS
)


def default_output(workdir, report: dict) -> pathlib.Path:
    """Returns the report's folder in the run; other options, another folder."""
    options = report["options"]
    run = options["model"]
    name = f"{report['dataset']}-{report['split']}"
    if options["actions"]:
        name += "-" + _file_name("+".join(options["actions"]))
    if options["noise_px"]:
        name += f"-noise{options['noise_px']:g}px"
    if options["seed"]:
        name += f"-seed{options['seed']}"
    if not options["flip"]:
        name += "-noflip"
    if options["overlap"] != run["overlap"]:
        name += f"-{options['overlap']}"
    if options["frame_stride"] != run["frame_stride"]:
        name += f"-stride{options['frame_stride']}"
    if options["keypoint_smoothing"] != run["keypoint_smoothing"]:
        name += f"-smoothing{options['keypoint_smoothing']}"
    if options["precision"] != "float32":
        name += f"-{options['precision']}"
    if not options["root_counted"]:
        name += "-noroot"
    if options["balanced"]:
        name += "-balance"
    return pathlib.Path(workdir) / "evaluation" / name


def _file_name(text: str) -> str:
    """Returns a text as part of a file name, another one for another text."""
    plain = re.sub(r"[^\w+.-]", "_", text)[:80]
    if plain == text:
        return text
    return f"{plain}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def main(flag_values):
    """Evaluates the run that the flags name, prints and writes its report."""
    if flag_values.weights is not None and flag_values.output is None:
        raise UserError("--weights has no run for the report to lie in; give --output.")
    from dgnet_tf import actions, evaluation, pretrained, report, run_reports

    chosen = actions.parse(flag_values.actions)
    run, origin = pretrained.of_flags(flag_values.workdir, flag_values.weights)
    result = evaluation.evaluate(
        run.model,
        run.config,
        flag_values.data,
        flag_values.split,
        actions=chosen,
        flip=flag_values.flip,
        overlap=flag_values.overlap,
        frame_stride=flag_values.frame_stride,
        keypoint_smoothing=flag_values.keypoint_smoothing,
        precision=flag_values.precision,
        noise_px=flag_values.noise_px,
        seed=flag_values.seed,
        count_root=flag_values.count_root,
        balanced=flag_values.balance,
    )
    result["options"].update(run_reports.digests(origin, flag_values.data))
    folder = flag_values.output or default_output(flag_values.workdir, result)
    paths = report.write(result, folder)
    print(report.markdown(result))
    print("\n".join(f"Report: {path}" for path in paths))


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
