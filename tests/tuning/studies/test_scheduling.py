"""Scheduling: oracles, roles, and a chief with two workers on this machine."""

import json
import os

import pytest

from dgnet_tf.config import config
from dgnet_tf.errors import UserError
from tuning.studies import oracles, scheduling, workers
from tuning.studies import study as studies

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner.*")
STUDY = studies.Study(config.make("smoke"), "d", "synthetic", "test")
JOBS = [{"row": f"row{i}", "seed": i % 2} for i in range(6)]

STAND_IN = """
import os, pathlib, sys, time
from dgnet_tf.config import config
from dgnet_tf.files import json_documents
from tuning.studies import oracles, scheduling, study

workdir = pathlib.Path(sys.argv[1])
me, gpu = os.environ["KERASTUNER_TUNER_ID"], os.environ["CUDA_VISIBLE_DEVICES"]
(workdir / f"{me}.here").write_text("")

def work(job):
    while len(list(workdir.glob("worker*.here"))) < 2:
        time.sleep(0.05)  # Who starts first would do all.
    time.sleep(0.3)
    path = workdir / "done" / f"{job['row']}.json"
    json_documents.write(path, {"who": me, "gpu": gpu})
    if job["row"] == sys.argv[2]:
        raise ValueError("a bug of ours")
    return {"reason": "", "metrics": {"mpjpe_mm": 1.0}}

jobs = [{"row": f"row{i}", "seed": i % 2} for i in range(6)]
shared = study.Study(config.make("smoke"), "d", "synthetic", "test")
scheduling.run(workdir, shared, oracles.TableOracle(jobs), work)
"""


def finished(value):
    return {"reason": "", "metrics": {"mpjpe_mm": value}}


def search(workdir, work):
    scheduling.run(workdir, STUDY, oracles.TableOracle(JOBS), work)


def test_a_table_hands_out_each_job_once_in_order(tmp_path):
    seen = []
    search(tmp_path, lambda job: seen.append(job) or finished(1.0))
    assert seen == JOBS
    search(tmp_path, lambda job: seen.append(job) or finished(1.0))
    assert seen == JOBS * 2  # Work knows what is done, keras-tuner's state does not.


def test_failed_rows_in_any_number_do_not_stop_a_study(tmp_path):
    seen = []
    search(tmp_path, lambda job: seen.append(job) or {"reason": "diverged"})
    assert seen == JOBS


def test_half_written_state_of_keras_tuner_does_no_harm(tmp_path):
    search(tmp_path, lambda job: finished(1.0))
    for path in (tmp_path / scheduling.SCRATCH).rglob("*.json"):
        path.write_text('{"half')
    seen = []
    search(tmp_path, lambda job: seen.append(job) or finished(1.0))
    assert seen == JOBS


def test_an_error_that_is_not_the_rows_comes_out_as_it_was(tmp_path):
    def work(job):
        raise UserError("disk is full")

    with pytest.raises(UserError, match="disk is full"):
        search(tmp_path, work)
    with studies.locked(tmp_path):
        pass


def test_roles_follow_keras_tuners_variables(monkeypatch):
    assert scheduling.role() == "alone"
    monkeypatch.setenv("KERASTUNER_ORACLE_IP", "127.0.0.1")
    monkeypatch.setenv("KERASTUNER_TUNER_ID", "chief")
    with pytest.raises(UserError, match="KERASTUNER_ORACLE_PORT is not. Set all"):
        scheduling.role()
    monkeypatch.setenv("KERASTUNER_ORACLE_PORT", "8000")
    assert scheduling.role() == "chief"
    monkeypatch.setenv("KERASTUNER_TUNER_ID", "worker3")
    assert scheduling.role() == "worker"


def test_the_launchers_own_flag_is_not_passed_on():
    given = ["--table=units", "--gpus=0,1", "--gpus", "2", "-gpus=3", "--seeds", "2"]
    assert workers.without_flag(given, "gpus") == ["--table=units", "--seeds", "2"]


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """A command of which the launcher starts three processes."""
    (tmp_path / "stand_in.py").write_text(STAND_IN)
    paths = [str(tmp_path), os.getcwd()]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    (tmp_path / "study").mkdir()
    return tmp_path / "study"


@pytest.mark.slow
def test_a_chief_and_two_workers_share_the_rows_each_on_its_gpu(stand_in):
    workers.launch("stand_in", [str(stand_in), "none"], ["0", "GPU-5"], stand_in)
    paths = sorted((stand_in / "done").glob("*.json"))
    assert [path.stem for path in paths] == [f"row{i}" for i in range(6)]
    found = {(c["who"], c["gpu"]) for c in map(json.loads, map(read, paths))}
    assert found == {("worker0", "0"), ("worker1", "GPU-5")}
    assert studies.read(stand_in) == STUDY
    logs = sorted(path.name for path in (stand_in / "logs").iterdir())
    assert logs == ["chief.log", "worker0.log", "worker1.log"]


def read(path):
    return path.read_text()


def test_a_worker_that_fails_ends_the_others_and_is_named(tmp_path, monkeypatch):
    script = (
        "import os, sys, time\n"
        "if os.environ['KERASTUNER_TUNER_ID'] == 'worker1':\n"
        "    sys.exit('error: a bug of ours')\n"
        "time.sleep(600)\n"
    )
    (tmp_path / "fails.py").write_text(script)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(UserError, match="worker1 ended with code 1: error: a bug of"):
        workers.launch("fails", [], ["-1", "-1"], tmp_path)
