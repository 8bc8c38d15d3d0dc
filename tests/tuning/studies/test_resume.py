"""A study that is killed, and a report that is killed: the same tables in the end."""

import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest
from support import tuning_stand_ins

from dgnet_tf.config import config
from tuning.ablations import paper_tables, runner
from tuning.reporting import report

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner.*"),
    pytest.mark.filterwarnings("ignore:Even though the .*run_functions_eagerly"),
]
# Epochs of a step, so that there is a middle to be killed in.
SIZES = {
    **{"channels": 4, "blocks": 1, "spatial_unit": "fsg,dsg", "temporal_unit": ""},
    **{"epochs": 4, "steps_per_epoch": 1, "batch_size": 4},
}
SCRIPT = f"""
import sys
import tensorflow as tf
from dgnet_tf.config import config
from tuning.ablations import paper_tables, runner
tf.config.run_functions_eagerly(True)
base = config.make("smoke", **{SIZES})
runner.run(paper_tables.get("design"), base, *sys.argv[1:], progress=False)
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tuning_stand_ins.data(tmp_path_factory.mktemp("resume") / "data")


@pytest.fixture(scope="module")
def unbroken(data, tmp_path_factory):
    return run(data, tmp_path_factory.mktemp("unbroken"))


def run(data, workdir):
    base = config.make("smoke", **SIZES)
    with tuning_stand_ins.eagerly():
        runner.run(paper_tables.get("design"), base, data, workdir, progress=False)
    return workdir


def figures(workdir, output):
    """The tables of a report, without what depends on the machine's load."""
    report.write(workdir, output)
    parts = [path for path in sorted((output / "report").glob("*.csv"))]
    assert len(parts) == 2
    text = (output / "report.md").read_text()
    before, _, rest = text.partition("## Cost")
    best = rest.partition("## Best configuration")[2]
    return [path.read_text() for path in parts] + [before, best]


def killed_in_its_second_row(data, workdir):
    """Runs the study in a process of its own and kills it there."""
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(data), str(workdir)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        saved = "rows/*/seed0/run/checkpoints/*.index"
        while len({path.parent for path in workdir.glob(saved)}) < 2:
            assert process.poll() is None, "ended before it was killed"
            time.sleep(0.002)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.slow
def test_a_study_killed_in_a_row_ends_with_the_tables_of_an_unbroken_one(
    data, unbroken, tmp_path
):
    killed = tmp_path / "killed"
    killed_in_its_second_row(data, killed)
    done = list(killed.glob("rows/*/seed0/result.json"))
    begun = list(killed.glob("rows/*/seed0/run/config.json"))
    assert (len(done), len(begun)) == (1, 2)
    first = done[0].stat().st_mtime_ns
    run(data, killed)
    assert done[0].stat().st_mtime_ns == first
    assert len(list(killed.glob("rows/*/seed0/result.json"))) == 3
    assert figures(killed, tmp_path / "a") == figures(unbroken, tmp_path / "b")


@pytest.mark.slow
def test_a_report_killed_while_it_is_written_keeps_the_old_one_and_is_made_again(
    unbroken, tmp_path, monkeypatch
):
    wanted = figures(unbroken, tmp_path / "whole")
    old = figures(unbroken, tmp_path / "killed")
    replace = os.replace
    for victim in (
        "design.csv",
        "mpjpe_parameters.png",
        "best_config.json",
        "report.md",
    ):

        def dying(source, target, victim=victim):
            if pathlib.Path(target).name == victim:
                raise KeyboardInterrupt
            replace(source, target)

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", dying)
            with pytest.raises(KeyboardInterrupt):
                report.write(unbroken, tmp_path / "killed")
        assert (tmp_path / "killed" / "report.md").read_text().startswith(old[2])
    assert figures(unbroken, tmp_path / "killed") == wanted
