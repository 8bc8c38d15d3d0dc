"""Makes a folder of trained weights of a run, for anyone to start from.

    python -m dgnet_tf.save_preset --workdir=RUN --output=DIR --name=NAME [--version=1]
        [--report=report.json ...] [--licence_file=FILE] [--acknowledgement=TEXT]
        [--limit=TEXT ...] [--keypoint_smoothing=H]
        [--position_smoothing=H] [--half=false]
        [--overwrite=false]

DIR/NAME then holds `model.weights.h5`, which Keras 2.15 and Keras 3 load,
`preset.json` (configuration, digest, training, scores, terms) and `model_card.md`.
`--weights=DIR/NAME` of export, evaluate and train, `--model=DIR/NAME` of lift and
`dgnet_tf.DGNet.from_preset("DIR/NAME")` take it. Without --report the scores are those
of the reports in the run. Folders of the machine that trained are left out of what is
told of the training.
"""

from __future__ import annotations

import pathlib

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.command_line import progress
from dgnet_tf.errors import UserError
from dgnet_tf.files import expansion
from dgnet_tf.inference import option_flags
from dgnet_tf.models import runs, uncertainty, weight_folders

_MOST_TERMS = 1_000_000  # bytes

FLAGS = flags.FlagValues()
flags.DEFINE_string("workdir", None, "Folder of a finished run.", FLAGS, required=True)
flags.DEFINE_string(
    "output", None, "Folder in which the folder --name is made.", FLAGS, required=True
)
flags.DEFINE_string(
    "name", None, "Name of the weights: lower-case letters, digits and underscores.",
    FLAGS, required=True,
)  # fmt: skip
flags.DEFINE_integer(
    "version", 1, "Version number of the weights.", 1, flag_values=FLAGS
)
flags.DEFINE_multi_string(
    "report", [], "Report that `evaluate` wrote on the run, or its folder. Default: "
    "all of the run.", FLAGS,
)  # fmt: skip
flags.DEFINE_string(
    "licence_file", None, "Text file with the terms of use of the data or the weights.",
    FLAGS,
)  # fmt: skip
flags.DEFINE_string(
    "acknowledgement", None, "Acknowledgement that users of the weights must give.",
    FLAGS,
)  # fmt: skip
flags.DEFINE_multi_string(
    "limit", [], "Known limit of the weights, as a sentence.", FLAGS
)
option_flags.define(FLAGS, "save_preset")
flags.DEFINE_boolean("half", False, "Round the weights to float16.", FLAGS)
flags.DEFINE_boolean("overwrite", False, "Replace the folder if it exists.", FLAGS)


def main(values):
    """Makes the folder that the flags ask for."""
    name, output = values.name, pathlib.Path(values.output)
    if not weight_folders.is_name(name):
        rule = "lower-case letters, digits and underscores"
        raise UserError(f"--name={name}: must be {rule}.")
    folder = output / name
    weight_folders.check_free(folder, values.overwrite)
    path, terms = values.licence_file, None
    if path is not None:
        terms = expansion.read_text(path, "a licence", _MOST_TERMS).strip()

    run = runs.load(values.workdir)

    from dgnet_tf.exporting.weights import weight_card, weight_scores, weight_writer
    from dgnet_tf.inference.options import InferenceOptions

    sure, lines = uncertainty.of_run(values.workdir), []
    options = InferenceOptions.of(run.config, **option_flags.asked(values))
    run = runs.Run(options.configured(run.config), run.model)
    if sure is None:
        lines.append(
            "No uncertainty: calibrate it by `python -m dgnet_tf.evaluate "
            "--calibrate_uncertainty` before."
        )
    elif not sure.holds_for(options.chosen()):
        path = pathlib.Path(values.workdir) / uncertainty.FILE
        lines.append(f"left out: {path} was calibrated under other options.")
        sure = None
    scores, left_out = weight_scores.collect(values.workdir, values.report)
    content = weight_card.content_of(
        run.config,
        values.workdir,
        name=name,
        version=values.version,
        scores=scores,
        terms=terms,
        acknowledgement=values.acknowledgement,
        limits=values.limit,
        uncertainty=sure,
    )
    with progress.Bar("weights", total=None):
        difference = weight_writer.write_folder(
            run, content, folder, half=values.half, overwrite=values.overwrite
        )
    lines += [f"left out: {reason}" for reason in left_out]
    for line in lines:
        print(line)
    size = (folder / weight_folders.WEIGHTS).stat().st_size
    print(f"{len(scores)} scores; {size / 1e6:.1f} MB of weights.")
    if values.half:
        print(f"Rounding moves a joint by up to {1000 * difference:.3f} mm.")
    if size > weight_folders.MAX_BYTES:
        print(
            f"More than the {weight_folders.MAX_BYTES / 1e6:.0f} MB that the package "
            "ships; --half=true halves it."
        )
    print(f"Weights: {folder}")


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
