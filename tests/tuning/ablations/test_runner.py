"""Running tables: what is run, what is not run again, what stops a study."""

import json

import pytest
import tensorflow as tf
from support import bars, tuning_stand_ins
from support.lifting.lifting_stand_ins import command_error, run_command
from support.tuning_stand_ins import diverged, install, tiny

from dgnet_tf.command_line import progress as progress_bars
from dgnet_tf.errors import UserError
from dgnet_tf.files import locks
from tuning import run_ablations
from tuning.ablations import paper_tables, runner
from tuning.studies import results as study_results
from tuning.studies import rows
from tuning.studies import study as studies

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner.*")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tuning_stand_ins.data(tmp_path_factory.mktemp("tables") / "data")


def run(name, data, workdir, **options):
    return runner.run(paper_tables.get(name), tiny(), data, workdir, **options)


def results(workdir):
    paths = sorted(workdir.glob("rows/*/seed*/result.json"))
    return [json.loads(path.read_text()) for path in paths]


def test_rows_are_trained_once_for_each_seed_whatever_table_they_stand_in(
    data, tmp_path, monkeypatch
):
    done = install(monkeypatch, lambda chosen: 50.0 + chosen.blocks)
    run("blocks_frames", data, tmp_path, seeds=2)
    # Blocks 1, 3, 5 and frames 2, 3, 5; frames 4 is the base, as is blocks 1.
    assert len(done.trained) == 2 * 6
    assert [c.seed for c in done.trained] == [0] * 6 + [1] * 6
    assert set(done.scored) == {"test"}
    run("neighbors", data, tmp_path)  # Nine rows, and twice the base.
    assert len(done.trained) == 2 * 6 + 7
    run("neighbors", data, tmp_path, seeds=2)
    assert len(done.trained) == 2 * 6 + 7 + 7
    run("blocks_frames", data, tmp_path, seeds=2)
    assert len(done.trained) == 2 * 6 + 7 + 7
    assert len(results(tmp_path)) == len(done.trained)


@pytest.mark.filterwarnings("ignore:Even though the .*run_functions_eagerly")
def test_a_row_of_all_operations_trains_and_is_scored(data, tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "release", lambda: None)  # It takes longer than a step.
    names = ["FSG+DSG+FTG+DTG"]
    with tuning_stand_ins.eagerly():
        run("units", data, tmp_path, names=names, progress=False)
    (result,) = results(tmp_path)
    assert result["status"] == "finished" and result["metrics"]["mpjpe_mm"] > 0


def test_rows_may_be_named_and_the_others_wait(data, tmp_path, monkeypatch):
    done = install(monkeypatch, lambda chosen: 50.0)
    run("graphs", data, tmp_path, names=["fixed", "full"])
    found = [(c.connection, c.weighting) for c in done.trained]
    weightings = ("none", "fc", "embedded_gaussian")
    assert found == [(c, w) for c in ("fixed", "full") for w in weightings]
    rows = study_results.of_table(tmp_path, paper_tables.get("graphs"))
    waiting = {row.row.name for row in rows if row.remarks.startswith("not run yet")}
    assert waiting == {"random", "symmetry", "precomputed", "dynamic"}
    run("graphs", data, tmp_path)
    assert len(done.trained) == 18
    with pytest.raises(UserError, match="'graphs' has no row 'fix'; there are random"):
        run("graphs", data, tmp_path, names=["full", "fix"])


def test_a_row_that_cannot_be_trained_is_recorded_and_does_not_stop_the_rest(
    data, tmp_path, monkeypatch, capsys
):
    def error(chosen):
        if chosen.blocks == 3:
            return diverged(chosen)
        if chosen.blocks == 5:
            return tf.errors.ResourceExhaustedError(None, None, "OOM on gpu\nmore")
        return 40.0

    done = install(monkeypatch, error)
    run("blocks_frames", data, tmp_path)
    assert len(done.trained) == 6
    found = {r["config"]["blocks"]: r for r in results(tmp_path)}
    assert found[3]["reason"] == "Training diverged: the loss is nan"
    assert found[5]["reason"] == "out of memory: OOM on gpu"
    assert (found[1]["status"], found[3]["status"]) == ("finished", "failed")
    assert found[1]["metrics"] == {"mpjpe_mm": 40.0}
    assert "out of memory" in capsys.readouterr().out
    run("blocks_frames", data, tmp_path)
    assert len(done.trained) == 6


def test_a_bug_stops_the_study_and_keeps_what_is_done(data, tmp_path, monkeypatch):
    def error(chosen):
        return TypeError("a bug of ours") if chosen.blocks == 3 else 40.0

    done = install(monkeypatch, error)
    with pytest.raises(TypeError, match="a bug of ours"):
        run("blocks_frames", data, tmp_path)
    assert [c.blocks for c in done.trained] == [1, 3]
    assert len(results(tmp_path)) == 1
    done.error = lambda chosen: 40.0
    run("blocks_frames", data, tmp_path)
    assert [c.blocks for c in done.trained[2:]] == [3, 5, 1, 1, 1]


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        tf.errors.ResourceExhaustedError(None, None, "x/v; No space left on device"),
        locks.Held("somebody trains there: No space left for two"),
    ],
)
def test_a_full_disk_or_a_held_folder_is_no_fault_of_the_row(
    data, tmp_path, monkeypatch, error
):
    install(monkeypatch, lambda chosen: error)
    with pytest.raises(type(error), match="No space left"):
        run("blocks_frames", data, tmp_path)
    assert results(tmp_path) == []


def test_too_small_an_overlap_is_refused_before_anything_is_trained(
    tmp_path, monkeypatch
):
    done = install(monkeypatch, lambda chosen: 40.0)
    folder = tuning_stand_ins.data(tmp_path / "data", record_overlap=3)
    with pytest.raises(UserError, match="windows of 5 frames.*--record_overlap=4"):
        run("blocks_frames", folder, tmp_path / "study")
    assert not done.trained and not (tmp_path / "study").exists()


def test_a_row_without_its_data_is_listed_with_the_reason(
    data, tmp_path, monkeypatch, capsys
):
    done = install(monkeypatch, lambda chosen: 40.0)
    table = paper_tables.get("design")
    plain = [row for row in table.rows if row.estimate == "xyz"]
    table = paper_tables.PaperTable("design", "IX", "", tuple(plain))
    planned = runner.run(table, tiny(), data, tmp_path, sources={"cpn": str(data)})
    assert [bool(one.absent) for one in planned] == [False] * 5 + [True, False]
    assert "--data_sh" in planned[5].absent
    assert "left out: 2-D source: SH" in capsys.readouterr().out
    # The data of CPN are the study's own here, and its row the base.
    assert planned[6].id == planned[1].id and len(done.trained) == 3


def test_estimates_of_one_training_are_scored_in_its_job(
    data, tmp_path, monkeypatch, capsys
):
    scored = []

    def score(folder, row, config, data_dir, split, *, estimate, progress):
        scored.append((row, estimate))
        list(progress_bars.each("ab", "train", 2, "step"))
        return {"reason": "", "metrics": {"mpjpe_mm": 50.0 + len(estimate)}}

    monkeypatch.setattr(rows, "run_row", score)
    found = bars.recorded(monkeypatch)
    planned = run("design", data, tmp_path)
    base = planned[1].id
    first = scored.index((base, "xyz"))
    # Two workers that shared the run's folder would train it twice at once.
    assert scored[first + 1] == (base, paper_tables.BALANCED)
    assert len(scored) == 4 and len({row for row, _ in scored}) == 3
    ids = list(dict.fromkeys(row for row, _ in scored))
    titles = [f"design {ids.index(row) + 1}/3, train" for row, _ in scored]
    assert [title for title, *_ in found] == titles
    assert "53.0 mm, 68.0 mm" in capsys.readouterr().out


def test_the_command_runs_a_table_and_refuses_another_study(
    data, tmp_path, monkeypatch, capsys
):
    install(monkeypatch, lambda chosen: 40.0)
    arguments = [
        *("--table=units", f"--data={data}", f"--workdir={tmp_path}"),
        "--preset=smoke",
    ]
    run_command(run_ablations, *arguments, "--channels=4")
    assert capsys.readouterr().out.splitlines()[-1] == f"study: {tmp_path}"
    asked = json.loads((tmp_path / "tables" / "units.json").read_text())
    assert len(asked["rows"]) == 12 and asked["seeds"] == [0]
    message = command_error(capsys, run_ablations, *arguments, "--channels=8")
    assert "holds another study (channels was 4, is 8)" in message
    with studies.locked(tmp_path):
        message = command_error(capsys, run_ablations, *arguments, "--channels=4")
    assert "runs a study there. Wait for it" in message
