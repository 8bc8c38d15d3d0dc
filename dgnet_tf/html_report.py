"""Writes a run's report as one HTML file that needs no network.

    python -m dgnet_tf.html_report --workdir=RUN --data=DIR [--split=test]
        [--report=report.json] [--clip=subject/action/take/camera] [--clips=3]
        [--seconds=60] --output=report.html

Numbers with their intervals, learning curves, bars by action, person, camera and
joint, the worst clips, and of the clips played in the page the error and the
affinities over time. Without --report it is the run's own report of that split; where
the run holds none of these weights and data, it is evaluated first.
"""

from __future__ import annotations

import pathlib

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.data import flags as data_flags
from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError, require
from dgnet_tf.models import runs

FLAGS = flags.FlagValues()
flags.DEFINE_string("workdir", None, "Folder of the run.", FLAGS, required=True)
data_flags.define_data(FLAGS)
data_flags.define_split(FLAGS, "report on")
flags.DEFINE_string(
    "report", None, "Report that `evaluate` wrote, or its folder; default: the run's "
    "own.", FLAGS,
)  # fmt: skip
flags.DEFINE_multi_string(
    "clip", [], "View to play, as subject/action/take/camera.", FLAGS
)
flags.DEFINE_integer(
    "clips", 3, "Number of worst clips to play where no --clip is given.", 1,
    flag_values=FLAGS,
)  # fmt: skip
flags.DEFINE_float(
    "seconds", 60.0, "Greatest length of a clip; a longer view is cut to the part "
    "around its worst two seconds.", 0.1, flag_values=FLAGS,
)  # fmt: skip
flags.DEFINE_string("output", None, "The .html file to write.", FLAGS, required=True)


def main(values):
    """Writes the page that the flags ask for."""
    if pathlib.Path(values.output).suffix.lower() not in (".html", ".htm"):
        raise UserError(f"--output must end in .html, got {values.output!r}.")

    # At once: TensorFlow takes seconds to start.
    runs.check(values.workdir)
    manifest.check_split(values.data, values.split)
    require("the report's page", "report", "plotly", "tensorflow")

    from dgnet_tf.pages import report_page

    report_page.make(
        *(values.workdir, values.data, values.split, values.output),
        report_path=values.report,
        clips=values.clip or values.clips,
        seconds=values.seconds,
    )
    print(f"Page: {values.output}")


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
