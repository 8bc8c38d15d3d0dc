"""Puts several runs or reports side by side, in one table and one chart.

    python -m dgnet_tf.compare --reports=A,B,... --output=DIR
    python -m dgnet_tf.compare --workdirs=RUN,... --data=DIR --output=DIR [--split=test]

All are held against the first. Reports are `report.json` files or their folders; runs
are evaluated where they hold no report of that data, split and options. Writes
`compare.md`, `compare.csv` and `compare.png`.
"""

from __future__ import annotations

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.data import flags as data_flags
from dgnet_tf.errors import UserError
from dgnet_tf.inference import option_flags

FLAGS = flags.FlagValues()
flags.DEFINE_list(
    "reports", [], "The report.json files to compare, or their folders.", FLAGS
)
flags.DEFINE_list("workdirs", [], "Finished runs to compare.", FLAGS)
data_flags.define_data(FLAGS, required=False)
data_flags.define_split(FLAGS, "score, with --workdirs")
option_flags.define(FLAGS, "compare", "With --workdirs: ")
flags.DEFINE_integer(
    "seed", 0, "Seed of the bootstrap and the permutations.", 0, flag_values=FLAGS
)
flags.DEFINE_string("output", None, "Folder for the result.", FLAGS, required=True)


def main(values):
    """Compares what the flags name, prints the table and where it is."""
    from dgnet_tf.evaluation import comparison

    reports = _of_runs(values) if values.workdirs else _of_files(values)
    paths = comparison.make(reports, values.output, seed=values.seed)
    print(paths[0].read_text(encoding="utf-8"))
    print("\n".join(str(path) for path in paths))


def _of_runs(values):
    from dgnet_tf.evaluation import run_reports

    if values.reports:
        raise UserError("--reports and --workdirs: give one of them.")
    if values.data is None:
        raise UserError("--workdirs needs --data, the converted data set to score.")
    options = {"seed": values.seed, **option_flags.asked(values)}
    return run_reports.of_runs(values.workdirs, values.data, values.split, **options)


def _of_files(values):
    from dgnet_tf.evaluation import report, run_reports

    for name in ("data", "split", *option_flags.names(values)):
        if values[name].present:
            raise UserError(f"--{name}: is read with --workdirs only. Leave it out.")
    if not values.reports:
        raise UserError("Give --reports, or --workdirs and --data.")
    names = run_reports.names(values.reports)
    found = [report.read(path, report.SHOWN) for path in values.reports]
    return dict(zip(names, found, strict=True))


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
