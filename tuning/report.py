"""Reports a study: its tables beside the paper's, its search, its comparison.

    python -m tuning.report --workdir=DIR [--output=DIR]

Writes report.md, best_config.json, and in report/ the tables as CSV and the pictures;
hparams/ is for TensorBoard. A comparison is written to comparison.md beside it, and
alone where it is all that the folder holds. A study may be reported while it runs.
"""

from __future__ import annotations

import pathlib

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.errors import UserError

FLAGS = flags.FlagValues()
flags.DEFINE_string("workdir", None, "Folder of the study.", FLAGS, required=True)
flags.DEFINE_string(
    "output", None, "Folder for the report; default: the study's.", FLAGS
)


def main(flag_values):
    """Reports the study that the flags name."""
    workdir = flag_values.workdir
    if not pathlib.Path(workdir).is_dir():  # Before TensorFlow starts.
        raise UserError(f"{workdir}: no such folder. Name a study's folder.")

    from tuning.comparing import findings
    from tuning.comparing import report as comparison_report
    from tuning.reporting import report as study_report

    output = flag_values.output or workdir
    paths = []
    if findings.there(workdir):
        paths.append(comparison_report.write(workdir, output))
    if not paths or study_report.has_more(workdir):
        paths.append(study_report.write(workdir, output))
    for path in paths:
        print(pathlib.Path(path).read_text(encoding="utf-8"))
    for path in paths:
        print(f"report: {path}")


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
