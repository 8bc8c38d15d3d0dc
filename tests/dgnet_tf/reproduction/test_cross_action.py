"""The cross-action job: groups, what it trains, what it skips, what it refuses."""

import dataclasses

import pytest
from support import record_sets

from dgnet_tf.config import action_names, config
from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError
from dgnet_tf.models import runs
from dgnet_tf.reproduction import cross_action
from dgnet_tf.reproduction import cross_action_figure as figure
from dgnet_tf.reproduction.cross_action import Group
from dgnet_tf.training import run_folder

KNOWN = ["dance, arms high", "run", "slow walk", "walk"]


@dataclasses.dataclass(frozen=True)
class Take(record_sets.Take):
    """A view of a named action."""

    action: str = "walk"

    def ids(self):
        return {**super().ids(), "action": self.action}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    splits = {
        "train": [Take(1, 40), Take(2, 30, action="run")],
        "test": [Take(3, 12), Take(4, 12, action="run"), Take(5, 12, action="kick")],
    }
    return record_sets.write(tmp_path_factory.mktemp("data"), splits)


@pytest.fixture
def trained(monkeypatch):
    """Trainings and tests, replaced by their files; the list of trainings made."""
    made = []

    def train(chosen, data_dir, workdir, progress=True):
        made.append((chosen.architecture, chosen.actions, workdir.name))
        data = manifest.read(data_dir)
        run_folder.start(
            workdir, dataclasses.replace(chosen, skeleton=data.skeleton, fps=data.fps)
        )
        (workdir / runs.MODEL).write_text("weights")

    def find_or_make(workdir, data_dir, split, *, flip, seed):
        assert (workdir / runs.MODEL).is_file()
        return {"of": workdir, "split": split, "seed": seed}

    monkeypatch.setattr(cross_action.fit, "train", train)
    monkeypatch.setattr(cross_action.run_reports, "find_or_make", find_or_make)
    return made


def tiny(**overrides):
    return config.make("smoke", seed=3, **overrides)


def test_each_action_is_a_group_unless_told_otherwise():
    groups = cross_action.parse_groups(" ", KNOWN)
    assert groups == tuple(Group(name, (name,)) for name in KNOWN)


def test_groups_have_names_and_quoted_actions():
    text = 'walking = walk,slow walk; run;"dance, arms high"; both=run,walk'
    assert cross_action.parse_groups(text, KNOWN) == (
        Group("walking", ("slow walk", "walk")),
        Group("run", ("run",)),
        Group("dance, arms high", ("dance, arms high",)),
        Group("both", ("run", "walk")),
    )
    (pair,) = cross_action.parse_groups("walk,run", KNOWN)
    assert pair.name == "run + walk" and pair.folder == "run_walk"
    odd = ["a=b", "c;d"]
    assert cross_action.parse_groups('"a=b";x="c;d"', odd) == (
        Group("a=b", ("a=b",)),
        Group("x", ("c;d",)),
    )


@pytest.mark.parametrize(
    "text, message",
    [
        ("walk;;run", "a group is empty"),
        ("walk;", "a group is empty"),
        ("walking=", "a group is empty"),
        ("wal", "no action 'wal' to train on.*slow walk,walk"),
        ("walk,walk", "'walk' is there twice"),
        ("a=walk;a=run", "two groups are called 'a'"),
        ("a b=walk;A/B=run", "two groups are called 'a b', or nearly so"),
        ('"walk;run', "double quotes"),
    ],
)
def test_groups_that_are_none_are_refused(text, message):
    with pytest.raises(UserError, match=message):
        cross_action.parse_groups(text, KNOWN)


def test_every_group_is_trained_and_tested_with_every_network(data, tmp_path, trained):
    told = []
    results = cross_action.run(
        tiny(), data, tmp_path, finished=lambda done: told.append(len(done))
    )
    assert trained == [
        ("dgnet", "run", "run"),
        ("baseline", "run", "run"),
        ("dgnet", "walk", "walk"),
        ("baseline", "walk", "walk"),
    ]
    assert told == [1, 2, 3, 4]
    assert [result.frames for result in results] == [30, 30, 40, 40]
    for result in results:
        chosen = config.read(result.workdir / runs.CONFIG)
        assert chosen.architecture == result.architecture
        assert action_names.parse(chosen.actions) == result.group.actions
        assert result.report == {"of": result.workdir, "split": "test", "seed": 3}
    assert len({result.workdir for result in results}) == 4


def test_a_job_started_again_does_what_is_missing(data, tmp_path, trained):
    chosen = {"groups": "walk;run", "architectures": ["dgnet"]}
    first = cross_action.run(tiny(), data, tmp_path, **chosen)
    (first[1].workdir / runs.MODEL).unlink()  # As after a kill.
    again = cross_action.run(tiny(), data, tmp_path, **chosen)
    assert [name for *_, name in trained] == ["walk", "run", "run"]
    assert again == first


def test_a_job_of_other_sizes_or_data_is_refused(data, tmp_path, trained):
    chosen = {"groups": "walk", "architectures": ["dgnet"]}
    cross_action.run(tiny(), data, tmp_path / "job", **chosen)
    with pytest.raises(UserError, match="channels was 16, is 6"):
        cross_action.run(tiny(channels=6), data, tmp_path / "job", **chosen)
    other = record_sets.write(
        tmp_path / "other", {"train": [Take(1, 50)], "test": [Take(2, 12)]}
    )
    with pytest.raises(UserError, match="holds runs trained on other data than"):
        cross_action.run(tiny(), other, tmp_path / "job", **chosen)
    (tmp_path / "job" / cross_action.JOB).write_text("[]")
    with pytest.raises(
        UserError, match="not a job's description: must hold a JSON object"
    ):
        cross_action.run(tiny(), data, tmp_path / "job", **chosen)
    assert len(trained) == 1


def test_wrong_jobs_leave_nothing_behind(data, tmp_path, trained):
    job = tmp_path / "job"
    with pytest.raises(UserError, match="no action 'kick' to train on"):
        cross_action.run(tiny(), data, job, groups="kick")
    with pytest.raises(UserError, match="has no split 'validation'"):
        cross_action.run(tiny(), data, job, split="validation")
    with pytest.raises(UserError, match="--actions: is set for each group"):
        cross_action.run(tiny(actions="walk"), data, job)
    assert not trained and not job.exists()


def made(group, architecture, **of_action):
    """A result with these errors; each action has as many frames."""
    mean = sum(of_action.values()) / len(of_action)
    report = {
        "dataset": "mocap",
        "split": "test",
        "metrics": {"mpjpe_mm": mean + 1},
        "metrics_action_mean": {"mpjpe_mm": mean},
        "intervals": {"mpjpe_mm": {"low": mean - 5, "high": mean + 5}},
        "per_action": {name: {"mpjpe_mm": v} for name, v in of_action.items()},
    }
    return cross_action.Result(group, architecture, None, 100, report)


WALKING = Group("walking", ("walk", "slow walk"))
RUN = Group("run", ("run",))
RESULTS = [
    made(WALKING, "dgnet", walk=40.0, run=70.0, kick=100.0),
    made(WALKING, "baseline", walk=50.0, run=80.0, kick=140.0),
    made(RUN, "dgnet", walk=90.0, run=60.0, kick=120.0),
    made(RUN, "baseline", walk=80.0, run=60.0, kick=100.0),
]


def test_the_table_tells_trained_actions_from_others():
    table = figure.table(RESULTS)
    columns, rows = table.columns, table.rows
    first = dict(zip(columns, rows[0], strict=True))
    assert first == {
        "trained on": "walking",
        "network": "DG-Net",
        "frames": 100,
        "mean": 70.0,
        "trained": 40.0,
        "other": 85.0,
        "all frames": 71.0,
        "low": 65.0,
        "high": 75.0,
        "kick": 100.0,
        "run": 70.0,
        "walk": 40.0,
    }
    (row,) = figure.table([made(Group("hop", ("hop",)), "dgnet", walk=1.0)]).rows
    assert (row[4], row[5]) == (None, 1.0)


def test_networks_are_compared_over_the_groups_that_both_have():
    text = figure.summary(RESULTS)
    assert "DG-Net: 80.0 mm in the mean over 2 training runs" in text
    assert "baseline: 85.0 mm in the mean over 2" in text
    assert "DG-Net is better in 1 of 2 groups" in text
    assert "70.0 mm in the mean over 1 training runs" in figure.summary(RESULTS[:3])
    assert figure.summary(RESULTS[1:3]) == ""


def test_bars_are_as_high_as_the_means():
    axes = figure.chart(RESULTS[:3]).axes[0]
    heights = [bar.get_height() for bar in axes.patches]
    assert heights == [70.0, 90.0, 90.0]
    colors = [bar.get_facecolor() for bar in axes.patches]
    assert colors[0] == colors[1] != colors[2]
    assert [bar.get_hatch() for bar in axes.patches] == ["", "", "///"]
    places = [bar.get_x() + bar.get_width() / 2 for bar in axes.patches]
    assert places == pytest.approx([-0.2, 0.8, 0.2])


def test_table_and_chart_are_written(tmp_path):
    paths = figure.write(RESULTS, tmp_path)
    assert [path.name for path in paths] == ["figure5.md", "figure5.csv", "figure5.png"]
    assert "| walking" in paths[0].read_text()
    lines = paths[1].read_text().splitlines()
    assert len(lines) == 5 and lines[1].startswith("walking,DG-Net,100,70.0,40.0,85.0")
    assert paths[2].stat().st_size > 5000
