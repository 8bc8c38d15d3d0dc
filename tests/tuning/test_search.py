"""Searching: the space, the order of trials, validation only, and the verdict."""

import dataclasses
import json

import keras_tuner
import pytest
from support import record_sets, tuning_stand_ins
from support.lifting.lifting_stand_ins import command_error, run_command
from support.tuning_stand_ins import diverged, install, tiny

from dgnet_tf.config import config
from dgnet_tf.config.fields import FIELDS
from dgnet_tf.errors import UserError
from tuning import search, search_space
from tuning.reporting import report
from tuning.searching import findings, trials
from tuning.studies import oracles

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner.*")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tuning_stand_ins.data(tmp_path_factory.mktemp("search") / "data")


def error(chosen):
    """Wide networks are better, and noise is worse."""
    return 200.0 - chosen.channels + chosen.noise_px + 0.1 * chosen.seed


def run(data, workdir, number, base=None, **options):
    trials.run(base or tiny(), data, workdir, number, progress=False, **options)


def test_the_space_has_the_configurations_names_and_the_base_as_default():
    fields = {field.name for field in dataclasses.fields(config.Config)}
    assert set(search_space.SPACE) <= fields
    for base in (config.make("paper"), tiny(blocks=9, frame_stride=4)):
        hp = keras_tuner.HyperParameters()
        assert search_space.declare(hp, base) == base
        assert [h.name for h in hp.space] == search_space.names()


@pytest.mark.parametrize("name", search_space.SPACE)
def test_the_space_lies_in_the_range_of_the_configurations_field(name):
    range_, field = search_space.SPACE[name], FIELDS[name]
    ends = getattr(range_, "values", None) or (range_.low, range_.high)
    assert all(field.admits(value) for value in ends)
    assert all(type(value) is field.kind for value in ends)


def test_a_field_without_effect_is_neither_searched_nor_accepted():
    hp, base = keras_tuner.HyperParameters(), config.make("smoke", architecture="tcn")
    assert "weighting" not in search_space.names("tcn")
    with pytest.raises(UserError, match="'weighting' has no effect with .* 'tcn'"):
        search_space.declare(hp, base, ["weighting"])


def test_random_points_are_configurations_of_the_same_number_of_frames():
    base = config.make("small")
    hp = keras_tuner.HyperParameters()
    search_space.declare(hp, base, joints=17, overlap=10)
    seen = base.steps_per_epoch * base.batch_size * base.frames
    points = []
    for seed in range(60):
        point = hp.copy()
        point.values = {
            h.name: h.random_sample(seed + 7 * i) for i, h in enumerate(hp.space)
        }
        found = search_space.declare(point, base, joints=17, overlap=10)
        points.append(config.make("paper", **dataclasses.asdict(found)))  # Checks.
        frames = found.steps_per_epoch * found.batch_size * found.frames
        assert frames == pytest.approx(seen, rel=0.02)
        assert (found.frames - 1) * found.frame_stride <= 10
    assert {p.flip for p in points} == {True, False}
    assert len({p.channels for p in points}) == 5


def test_k_stays_within_the_joints_and_unknown_fields_are_refused():
    hp = keras_tuner.HyperParameters()
    search_space.declare(hp, config.make("small"), ["spatial_neighbors"], joints=5)
    assert hp.space[0].max_value == 5
    with pytest.raises(UserError, match="'epochs' cannot be searched"):
        search_space.declare(hp, config.make("small"), ["epochs"])


@pytest.mark.parametrize("algorithm", oracles.ALGORITHMS)
def test_the_base_is_first_and_the_best_is_confirmed_on_other_seeds(
    algorithm, data, tmp_path, monkeypatch
):
    done = install(monkeypatch, error)
    run(data, tmp_path, 5, tiny(epochs=3), algorithm=algorithm)
    assert done.trained[0] == tiny(epochs=3)
    assert set(done.scored) == {"validation"}
    first = [c for c in done.trained if c.seed == 0]
    assert len({str(c) for c in first}) == 5
    further = [c for c in done.trained if c.seed]
    assert [c.seed for c in further] == [1, 1, 2, 2]
    best = min((c for c in first if c.epochs == 3), key=error)
    assert [dataclasses.replace(c, seed=0) for c in further] == [first[0], best] * 2
    if algorithm == "hyperband":
        assert {c.epochs for c in first} == {1, 3}


@pytest.mark.slow
def test_a_search_goes_on_with_the_same_trials_and_runs_none_twice(
    data, tmp_path, monkeypatch
):
    done = install(monkeypatch, error)
    few = {"tune": ["channels", "noise_px", "flip"]}
    run(data, tmp_path / "whole", 5, **few)
    whole, done.trained = done.trained, []

    def dies(chosen):
        return MemoryError() if len(done.trained) == 5 else error(chosen)

    done.error = dies
    with pytest.raises(MemoryError):
        run(data, tmp_path / "killed", 5, **few)
    done.error = error
    run(data, tmp_path / "killed", 5, **few)
    assert done.trained[:4] + done.trained[5:] == whole
    run(data, tmp_path / "killed", 5, **few)
    assert len(done.trained) == len(whole) + 1


def test_proposals_of_an_earlier_start_are_asked_for_again(tmp_path):
    path = tmp_path / "proposals.json"
    path.write_text('{"0001": {"blocks": 3}}')
    hp = keras_tuner.HyperParameters()
    hp.Int("blocks", 1, 9)
    oracle = oracles.make(
        *("random", 3),
        **{"seed": 0, "epochs": 1, "confirm_seeds": 0, "folder": tmp_path},
        hyperparameters=hp,
    )
    assert oracle.populate_space("0000")["values"] == {"blocks": 1}
    assert oracle.populate_space("0001")["values"] == {"blocks": 3}
    new = oracle.populate_space("0002")["values"]
    assert json.loads(path.read_text())["0002"] == new


def test_failing_trials_are_told_and_do_not_stop_the_search(
    data, tmp_path, monkeypatch
):
    def fails(chosen):
        return diverged(chosen) if chosen.learning_rate > 1e-3 else error(chosen)

    done = install(monkeypatch, fails)
    run(data, tmp_path, 6, tune=["learning_rate", "channels"], algorithm="random")
    assert len([c for c in done.trained if c.seed == 0]) == 6
    text = report.write(tmp_path, tmp_path).read_text()
    assert "Failed:" in text and "the loss is nan" in text


def test_the_verdict_goes_by_seeds_that_did_not_choose(data, tmp_path, monkeypatch):
    install(monkeypatch, error)
    run(data, tmp_path / "better", 4)
    text = report.write(tmp_path / "better", tmp_path / "a").read_text()
    assert "mm better than the base on the validation split" in text
    best = json.loads((tmp_path / "a" / "best_config.json").read_text())
    assert best["channels"] > 4 and best["seed"] == 0

    def lucky(chosen):  # Under the first seed alone.
        return (
            50.0 if chosen.channels > 4 and not chosen.seed else 60.0 + chosen.channels
        )

    install(monkeypatch, lucky)
    run(data, tmp_path / "luck", 4)
    text = report.write(tmp_path / "luck", tmp_path / "b").read_text()
    assert "No better configuration was found: under further seeds" in text
    best = json.loads((tmp_path / "b" / "best_config.json").read_text())
    assert best["channels"] == 4

    install(monkeypatch, lambda chosen: 60.0 + chosen.channels)
    run(data, tmp_path / "none", 4)
    text = report.write(tmp_path / "none", tmp_path / "c").read_text()
    assert "No trial is better than the base" in text


def test_a_search_without_a_validation_split_is_refused(tmp_path):
    splits = {"train": record_sets.takes(40), "test": record_sets.takes(20)}
    folder = record_sets.write(tmp_path / "data", splits)
    with pytest.raises(UserError, match="no validation split.*--validation_subjects"):
        run(folder, tmp_path / "search", 3)
    assert not (tmp_path / "search").exists()


def test_the_command_searches_and_refuses_another_search(
    data, tmp_path, monkeypatch, capsys
):
    done = install(monkeypatch, error)
    arguments = [
        *(f"--data={data}", f"--workdir={tmp_path}", "--trials=2", "--preset=smoke"),
        "--confirm_seeds=0",
    ]
    run_command(search, *arguments, "--tune=blocks,channels")
    assert len(done.trained) == 2
    assert done.trained[1].frames == 4
    message = command_error(capsys, search, *arguments, "--tune=blocks")
    assert "tune was ['blocks', 'channels'], is ['blocks']" in message
    message = command_error(capsys, search, *arguments, "--tune=legs")
    assert "'legs' cannot be searched" in message
    assert findings.SPLIT == "validation"
