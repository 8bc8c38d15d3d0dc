"""Scores a run on every valid frame of a split.

    python -m dgnet_tf.evaluate --workdir=RUN --data=DIR [--split=test] [--flip=true]
        [--noise_px=0] [--seed=0] [--precision=P] [--output=DIR]

Writes `report.json` and `report.md`, by default into a folder of the run that is
named after data set, split and options.
"""

from __future__ import annotations

import pathlib

from absl import flags

from dgnet_tf import command_line, config

FLAGS = flags.FlagValues()
flags.DEFINE_string("workdir", None, "Run to score.", required=True, flag_values=FLAGS)
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
flags.DEFINE_boolean(
    "flip", True, "Average with the mirrored estimate.", flag_values=FLAGS
)
flags.DEFINE_float(
    "noise_px",
    0.0,
    "Standard deviation of Gaussian noise on the keypoints, in pixels.",
    0.0,
    flag_values=FLAGS,
)
flags.DEFINE_integer(
    "seed", 0, "Of the noise and the bootstrap interval.", 0, flag_values=FLAGS
)
flags.DEFINE_enum(
    "precision",
    None,
    config.PRECISIONS,
    "Of the network's products; by default the run's own.",
    flag_values=FLAGS,
)
flags.DEFINE_string(
    "output", None, "Folder of the report; by default in the run.", flag_values=FLAGS
)


def default_output(workdir, report: dict) -> pathlib.Path:
    """Returns the report's folder in the run; other options, another folder."""
    options = report["options"]
    name = f"{report['dataset']}-{report['split']}"
    if options["noise_px"]:
        name += f"-noise{options['noise_px']:g}px"
    if options["seed"]:
        name += f"-seed{options['seed']}"
    if not options["flip"]:
        name += "-noflip"
    if options["precision"] != "float32":
        name += f"-{options['precision']}"
    return pathlib.Path(workdir) / "evaluation" / name


def main(flag_values):
    """Evaluates the run that the flags name, prints and writes its report."""
    from dgnet_tf import evaluation, report, runs

    run = runs.load(flag_values.workdir)
    result = evaluation.evaluate(
        run.model,
        run.config,
        flag_values.data,
        flag_values.split,
        flip=flag_values.flip,
        noise_px=flag_values.noise_px,
        seed=flag_values.seed,
        precision=flag_values.precision,
    )
    folder = flag_values.output or default_output(flag_values.workdir, result)
    paths = report.write(result, folder)
    print(report.markdown(result))
    print("\n".join(f"Report: {path}" for path in paths))


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
