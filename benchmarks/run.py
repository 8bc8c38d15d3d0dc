"""Measures speed as ratios, side by side in one run.

python -m benchmarks.run
    --suite=train|infer|latency|input|scaling|evaluation|start|video|stream
    [--output=FILE.json] [--baseline=FILE.json] [--regression=1.25]
    [--preset=paper|small] [--rounds=N]

Each ratio is the median over rounds in which all contestants run in turns, in
alternating order. Leave the machine alone meanwhile. With requirements-bench.txt
installed, PyTorch takes part.
"""

from __future__ import annotations

import importlib
import os

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.training import allocator

SUITES = (
    *("train", "infer", "latency", "input", "scaling", "evaluation"),
    *("start", "video", "stream"),
)

FLAGS = flags.FlagValues()
flags.DEFINE_enum("suite", None, SUITES, "Measurements to run.", FLAGS, required=True)
flags.DEFINE_enum(
    "preset", "paper", ("paper", "small"), "Preset of the network's size.", FLAGS
)
flags.DEFINE_integer(
    "rounds", 9, "Measured turns of each contestant.", 1, flag_values=FLAGS
)
flags.DEFINE_string("output", None, "JSON file to write.", FLAGS)
flags.DEFINE_string(
    "baseline", None, "JSON file of an earlier run to compare with.", FLAGS
)
flags.DEFINE_float(
    "regression",
    1.25,
    "Fail where a ratio is worse than the baseline's by more than this factor.",
    1.0,
    flag_values=FLAGS,
)


def main(flag_values):
    """Runs the suite, prints its tables, writes JSON, compares with the baseline."""
    # Before TensorFlow is imported.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    allocator.keep_freed_memory()
    from benchmarks import baseline, result
    from dgnet_tf.files import json_documents
    from tuning.comparing import machine

    suite, preset = flag_values.suite, flag_values.preset
    before = {}
    if flag_values.baseline:  # First: a wrong file should not cost minutes.
        before = baseline.read(flag_values.baseline, suite, preset)
    module = importlib.import_module(f"benchmarks.suites.{suite}")
    found = module.run(preset, flag_values.rounds)
    header = {
        "suite": suite,
        "preset": preset,
        "rounds": flag_values.rounds,
        "machine": machine.describe(),
    }
    content = result.to_json(found, header)
    print(result.tables(content))
    if flag_values.output:
        json_documents.write(flag_values.output, content)
        print(f"wrote {flag_values.output}")
    baseline.check(found.figures, before, flag_values.regression)


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
