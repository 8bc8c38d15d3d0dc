"""What the card tells of run, data and evaluation."""

import json
import os

import pytest
from support.datasets.manifests import DATA
from support.lifting.lifting_stand_ins import Config

from dgnet_tf import skeletons
from dgnet_tf.config import config as configuration
from dgnet_tf.errors import UserError
from dgnet_tf.exporting import model_card, signatures
from dgnet_tf.files import provenance
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models import runs
from dgnet_tf.training import run_folder


@pytest.fixture
def run(tmp_path):
    """A run's folder without its weights, and its configuration."""
    config = configuration.make("smoke", skeleton="human36m_17", fps=50.0, seed=7)
    run_folder.start(tmp_path / "run", config, DATA)
    return tmp_path / "run", config


def write_report(run, name, mpjpe, age):
    folder = run / "evaluation" / name
    folder.mkdir(parents=True)
    metrics = {"mpjpe_mm": mpjpe}
    content = {
        "dataset": "human36m", "split": "test", "frames": 90, "metrics": metrics,
        "metrics_action_mean": metrics, "per_action": {}, "options": {"flip": True},
    }  # fmt: skip
    (folder / "report.json").write_text(json.dumps(content))
    os.utime(folder / "report.json", (1e9 - age, 1e9 - age))


def test_the_card_is_json_and_tells_where_the_weights_come_from(run):
    folder, config = run
    card = json.loads(
        json.dumps(
            model_card.of_saved_model(
                config, InferenceOptions.of(config, flip=False), workdir=folder
            ),
            allow_nan=False,
        )
    )
    assert card["training"]["seed"] == card["config"]["seed"] == 7
    assert card["training"]["command"].startswith("python ")
    data = card["training"]["data"]
    assert data["dataset"] == "human36m"
    assert data["sources"] == {"metadata.xml": "ab" * 32}
    assert data["splits"]["train"] == {
        "sequences": 4, "frames": 400, "seconds": 8.0, "subjects": ["S1", "S5"]
    }  # fmt: skip
    assert card["training"]["versions"] == provenance.versions() == card["versions"]
    assert card["metrics"] is None
    assert card["flip"] is False
    assert card["joints"] == list(skeletons.get("human36m_17").joints)
    assert card["stream_frames"] == 4
    assert card["signatures"] == json.loads(
        json.dumps(signatures.descriptions(InferenceOptions.of(config)))
    )
    assert "Apache License 2.0" in card["licence"][0]
    assert "academic use only" in card["licence"][1]


def test_the_metrics_are_those_of_the_newest_report(run):
    folder, config = run
    write_report(folder, "old", 99.0, age=100)
    write_report(folder, "new", 45.0, age=1)
    write_report(folder, "older", 88.0, age=200)
    assert model_card.of_saved_model(
        config, InferenceOptions.of(config), workdir=folder
    )["metrics"] == {
        "report": "evaluation/new/report.json",
        "dataset": "human36m",
        "split": "test",
        "frames": 90,
        "metrics": {"mpjpe_mm": 45.0},
        "metrics_action_mean": {"mpjpe_mm": 45.0},
        "options": {"flip": True, "noise_correlation": 0.0},
    }


def test_what_is_not_known_is_null_and_said(tmp_path):
    card = model_card.of_saved_model(Config(), InferenceOptions.of(Config()))
    assert card["training"] == {
        "data": None, "command": None, "seed": None, "versions": None
    }  # fmt: skip
    assert card["metrics"] is None
    assert "What it was trained on is not recorded" in card["licence"][1]
    config = configuration.make("smoke", skeleton="human36m_17", fps=50.0)
    run_folder.start(tmp_path / "older", config)  # Of before training.json.
    card = model_card.of_saved_model(
        config, InferenceOptions.of(config), workdir=tmp_path / "older"
    )
    assert card["training"]["data"] is None
    assert card["training"]["versions"] == provenance.versions()


def test_data_of_ones_own_keep_their_own_terms(run):
    folder, config = run
    training = json.loads((folder / runs.TRAINING).read_text())
    training["data"]["dataset"] = "bvh"
    (folder / runs.TRAINING).write_text(json.dumps(training))
    licence = model_card.of_saved_model(
        config, InferenceOptions.of(config), workdir=folder
    )["licence"]
    assert (
        licence[1] == "The terms of the recordings that 'bvh' was converted from hold."
    )


def test_a_licence_that_the_data_state_is_passed_on(run):
    folder, config = run
    training = json.loads((folder / runs.TRAINING).read_text())
    for dataset in ("human36m", "a new data set"):
        training["data"] |= {"dataset": dataset, "licence": "For juggling only."}
        (folder / runs.TRAINING).write_text(json.dumps(training))
        licence = model_card.of_saved_model(
            config, InferenceOptions.of(config), workdir=folder
        )["licence"]
        assert licence[1] == "For juggling only."


def test_a_damaged_file_of_the_run_is_named(run):
    folder, config = run
    write_report(folder, "new", 45.0, age=1)
    for path in (folder / runs.TRAINING, folder / "evaluation/new/report.json"):
        content = path.read_text()
        for damaged in (content[:-20], "[1]", "[" * 100_000):
            path.write_text(damaged)
            with pytest.raises(
                UserError, match=f"{path.name}: .*(not|must hold a) JSON"
            ):
                model_card.of_saved_model(
                    config, InferenceOptions.of(config), workdir=folder
                )
        path.write_text(content)


CARD = {
    "skeleton": "human36m_17",
    "fps": 50,
    "config": {"skeleton": "human36m_17", "frames": 4, "frame_stride": 1, "fps": 50},
}


def without(name):
    return {key: value for key, value in CARD["config"].items() if key != name}


def test_cards_of_others_are_refused(tmp_path):
    with pytest.raises(UserError, match="model_card.json: not found.*Export the run"):
        model_card.read(tmp_path)
    path = tmp_path / model_card.PATH
    path.parent.mkdir()
    for content, message in (
        ("{}", "not a model card .* has no field 'skeleton'"),
        (json.dumps({**CARD, "config": 3}), "'config' must be an object, got 3"),
        (json.dumps({**CARD, "config": {}}), "'config': has no field 'skeleton'"),
        (json.dumps({**CARD, "fps": 25}), "'fps' and 'config.fps' differ"),
        (json.dumps({**CARD, "joints": ["hip"]}), "field 'joints' must be"),
        (json.dumps({**CARD, "precision": "float8"}), "'precision' must be one of"),
        ("\x00", "not JSON"),
        *(
            (
                json.dumps({**CARD, "config": without(name)}),
                f"field 'config': has no field '{name}'",
            )
            for name in ("skeleton", "frames", "frame_stride", "fps")
        ),
        (json.dumps({**CARD, "skeleton": "robot"}), "human36m_17.*got 'robot'"),
        (json.dumps({**CARD, "skeleton": ["a"]}), r"must be one of.*got \['a'\]"),
    ):
        path.write_text(content)
        with pytest.raises(UserError, match=message):
            model_card.read(tmp_path)
