"""Trainings that start from trained weights."""

import dataclasses
import json

import numpy as np
import pytest
from absl import flags
from support import record_sets
from support.models import weight_stand_ins as stand_ins

from dgnet_tf.config import config
from dgnet_tf.config import flags as config_flags
from dgnet_tf.config.config_field import ARCHITECTURES
from dgnet_tf.data import flags as data_flags
from dgnet_tf.errors import UserError
from dgnet_tf.exporting import model_card
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models import runs, weight_folders
from dgnet_tf.training import fine_tuning, fit


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return stand_ins.write(tmp_path_factory.mktemp("presets"))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    splits = {"train": record_sets.takes(40)}
    return record_sets.write(tmp_path_factory.mktemp("data"), splits)


@pytest.fixture(scope="module")
def asked(data):
    def from_flags(*arguments):
        values = flags.FlagValues()
        config_flags.define(values)
        data_flags.define_data(values)
        values(["train", "--preset=smoke", f"--data={data}", *arguments])
        return fine_tuning.from_flags(values)

    return from_flags


def tensors(model):
    return [np.asarray(weight) for weight in model.get_weights()]


def test_the_network_comes_from_the_weights_and_the_rest_from_the_flags(asked, made):
    folder, run = made
    found = asked(f"--weights={folder}", "--learning_rate=0.5", "--blocks=1")
    # The smoke preset's own sizes, 16 channels and 2 blocks, give way.
    assert (found.channels, found.blocks) == (4, 1)
    assert (found.learning_rate, found.weights) == (0.5, str(folder))
    assert found.epochs == config.make("smoke").epochs
    network = {name: getattr(run.config, name) for name in fine_tuning.NETWORK}
    assert dataclasses.asdict(found).items() >= network.items()
    assert asked(f"--weights={folder}", "--overlap=once").overlap == "once"


def test_flags_of_another_network_are_one_error(asked, made):
    with pytest.raises(UserError) as error:
        asked(f"--weights={made[0]}", "--channels=64", "--blocks=9", "--seed=3")
    assert "(blocks 9 instead of 1; channels 64 instead of 4)" in str(error.value)
    with pytest.raises(UserError, match="input_frame 'person' instead of 'screen'"):
        asked(f"--weights={made[0]}", "--input_frame=person")
    with pytest.raises(UserError, match="neither the name of shipped weights"):
        asked("--weights=unheard")


def test_windows_may_be_longer_and_inputs_more_than_the_weights_had(asked, made):
    folder, run = made
    chosen = asked(
        f"--weights={folder}", "--frames=9", "--input_frame=person_and_place"
    )
    assert (chosen.frames, chosen.input_frame) == (9, "person_and_place")
    model = runs.build_model(dataclasses.replace(chosen, skeleton="human36m_17"))
    fine_tuning.load_into(model, chosen)
    different = [
        (old.shape, new.shape)
        for old, new in zip(tensors(run.model), tensors(model), strict=True)
        if not np.array_equal(old, new)
    ]
    assert different == [((2, 4), (5, 4))] * 2


def test_the_seed_belongs_to_a_network_that_draws_its_connections(
    asked, made, tmp_path
):
    content = weight_folders.read(made[0])
    content["config"] |= {"connection": "random", "weighting": "none"}
    del content["network"]
    folder = tmp_path
    (folder / weight_folders.FILE).write_text(json.dumps(content))
    assert asked(f"--weights={folder}").seed == 0
    with pytest.raises(UserError, match="seed 3 instead of 0"):
        asked(f"--weights={folder}", "--seed=3")


def test_a_field_that_older_weights_lack_has_its_default(asked, made, tmp_path):
    content = weight_folders.read(made[0])
    del content["config"]["residual_gamma"], content["config"]["keypoint_smoothing"]
    (tmp_path / weight_folders.FILE).write_text(json.dumps(content))
    found = asked(f"--weights={tmp_path}")
    assert (found.residual_gamma, found.keypoint_smoothing) == (0.2, 0)
    with pytest.raises(UserError, match="residual_gamma 0.5 instead of 0.2"):
        asked(f"--weights={tmp_path}", "--residual_gamma=0.5")


def test_the_stride_gives_way_to_what_records_hold(asked, tmp_path, capsys):
    folder, _ = stand_ins.write(tmp_path, stand_ins.run(frame_stride=3))
    # Records overlap by 6 frames, and windows have 4.
    assert asked(f"--weights={folder}").frame_stride == 2
    said = capsys.readouterr().err
    assert "stride of 3 need 9. Training at stride 2; convert again" in said
    assert "--record_overlap=9 for 3." in said
    # What was asked for stays, and so do strides that fit or for which nothing does.
    assert asked(f"--weights={folder}", "--frame_stride=3").frame_stride == 3
    for frames in ("1", "3", "8"):
        assert asked(f"--weights={folder}", f"--frames={frames}").frame_stride == 3
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
def test_every_argument_of_a_network_is_taken_over(architecture):
    model = stand_ins.run(architecture=architecture).model
    fields = {field.name for field in dataclasses.fields(config.Config)}
    # Not of the trained weights' shape or meaning: the data's, and the training's.
    others = {"skeleton", "seed", "dropout"}
    assert fields & set(model.get_config()) - others <= set(fine_tuning.NETWORK)


class Killed(Exception):
    """Stands for the end of the process."""


@pytest.mark.slow
def test_a_training_starts_from_the_weights_and_goes_on_from_its_own(
    asked, made, data, tmp_path, monkeypatch
):
    folder, run = made
    chosen = asked(
        f"--weights={folder}", "--epochs=2", "--steps_per_epoch=1",
        "--learning_rate=1e-12",
    )  # fmt: skip
    callbacks, left = fit.callbacks, []
    save = callbacks.Checkpoints.on_epoch_end

    def save_and_die(self, epoch, logs=None):
        save(self, epoch, logs)
        left.append(tensors(self.model))
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(callbacks.Checkpoints, "on_epoch_end", save_and_die)
        with pytest.raises(Killed):
            fit.train(chosen, data, tmp_path, progress=False)
    changed = [
        np.abs(after - before).max() > 1e-6
        for before, after in zip(tensors(run.model), left[0], strict=True)
    ]
    # No step moves a weight that far: only batch norms' statistics are others.
    statistics = ["moving" in weight.name for weight in run.model.weights]
    assert changed == statistics and 0 < sum(statistics) < len(statistics)

    monkeypatch.setattr(
        callbacks.History,
        "on_epoch_begin",
        lambda self, epoch, logs=None: left.append(tensors(self.model)),
    )
    resumed = fit.train(chosen, data, tmp_path, progress=False)
    for a, b in zip(left[0], left[1], strict=True):
        np.testing.assert_array_equal(a, b)
    assert len(left) == 2
    told = json.loads((tmp_path / runs.TRAINING).read_text())["weights"]
    content = weight_folders.read(folder)
    assert told == {
        "name": stand_ins.NAME,
        "version": 3,
        "sha256": content["weights"]["sha256"],
        "licence": content["licence"],
    }
    card = model_card.of_saved_model(
        resumed.config, InferenceOptions.of(resumed.config), workdir=tmp_path
    )
    assert card["training"]["weights"] == told
    start = f"The training started from the weights {stand_ins.NAME}: "
    assert start + "Thanks to all who walked." in card["licence"]


def test_a_run_is_not_finished_from_other_weights(asked, made, tmp_path):
    folder, _ = made
    chosen = dataclasses.replace(
        asked(f"--weights={folder}"), skeleton="human36m_17", fps=50.0
    )
    origin = fine_tuning.origin(chosen, tmp_path)
    (tmp_path / runs.TRAINING).write_text(json.dumps({"weights": origin}))
    assert fine_tuning.origin(chosen, tmp_path) == origin
    other = origin | {"sha256": "00"}
    (tmp_path / runs.TRAINING).write_text(json.dumps({"weights": other}))
    with pytest.raises(UserError, match="started from other weights of the name"):
        fine_tuning.origin(chosen, tmp_path)
    (tmp_path / runs.TRAINING).write_text("[")
    with pytest.raises(
        UserError, match="training.json: not what a training wrote: not JSON"
    ):
        fine_tuning.origin(chosen, tmp_path)


def test_configurations_and_data_that_do_not_fit_are_refused(asked, made, tmp_path):
    chosen = dataclasses.replace(
        asked(f"--weights={made[0]}"), skeleton="human36m_17", fps=50.0
    )
    assert fine_tuning.origin(dataclasses.replace(chosen, weights=""), tmp_path) is None
    with pytest.raises(UserError, match="channels 8 instead of 4"):
        fine_tuning.origin(dataclasses.replace(chosen, channels=8), tmp_path)
    with pytest.raises(UserError, match="lift human36m_17, the data set has human"):
        fine_tuning.origin(
            dataclasses.replace(chosen, skeleton="humaneva_15"), tmp_path
        )
