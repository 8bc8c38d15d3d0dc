"""Reports a study: its tables beside the paper's, or what its search found.

    python -m tuning.report --workdir=DIR [--output=DIR]

Writes report.md, best_config.json, and in report/ the tables as CSV and the pictures;
hparams/ is for TensorBoard. A study may be reported while it runs.
"""

from __future__ import annotations

import pathlib

from absl import flags

from dgnet_tf import command_line

FLAGS = flags.FlagValues()
flags.DEFINE_string(
    "workdir", None, "Folder of the study.", required=True, flag_values=FLAGS
)
flags.DEFINE_string(
    "output", None, "Where to write; by default the study's folder.", flag_values=FLAGS
)


def main(flag_values):
    """Reports the study that the flags name."""
    from tuning import reporting

    path = reporting.write(
        flag_values.workdir, flag_values.output or flag_values.workdir
    )
    print(pathlib.Path(path).read_text())
    print(f"report: {path}")


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
