"""The HyperModel with a keras-tuner of one's own, on our data and on others'."""

import keras_tuner
import numpy as np
import pytest
import tensorflow as tf
from support import tuning_stand_ins
from support.marks import KERAS_2

import tuning
from dgnet_tf.errors import UserError
from dgnet_tf.training import compilation

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner.*"),
    pytest.mark.filterwarnings("ignore:Even though the .*run_functions_eagerly"),
]
TINY = {"channels": 4, "blocks": 1, "epochs": 1, "steps_per_epoch": 2}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tuning_stand_ins.data(tmp_path_factory.mktemp("hypermodel") / "data")


def tuner(hypermodel, folder, trials=1):
    return keras_tuner.RandomSearch(
        hypermodel,
        objective=keras_tuner.Objective("val_pose_mpjpe_mm", "min"),
        max_trials=trials,
        directory=str(folder),
    )


@pytest.mark.slow
def test_a_tuner_of_ones_own_searches_the_data_set(data, tmp_path):
    hypermodel = tuning.HyperModel(data, "smoke", ["blocks"], batch_size=4, **TINY)
    found = tuner(hypermodel, tmp_path)
    with tuning_stand_ins.eagerly():
        found.search(verbose=0)
    (trial,) = found.oracle.get_best_trials()
    assert trial.status == "COMPLETED" and np.isfinite(trial.score)
    assert set(trial.hyperparameters.values) == {"blocks"}
    assert hypermodel.config(trial.hyperparameters).channels == 4


def test_data_of_ones_own_gives_each_output_its_target(tmp_path):
    hypermodel = tuning.HyperModel(preset="smoke", tune=["weighting"], **TINY)
    rng = np.random.default_rng(0)
    windows = tf.data.Dataset.from_tensor_slices(
        (rng.normal(size=(4, 4, 17, 2)), rng.normal(size=(4, 4, 17, 3)))
    ).batch(2)
    hp = keras_tuner.HyperParameters()
    options = {"validation_data": windows, "verbose": 0}
    with tuning_stand_ins.eagerly():
        model = hypermodel.build(hp)
        history = hypermodel.fit(hp, model, windows, **options)
    assert {"val_pose_mpjpe_mm", "val_loss"} <= set(history.history)
    assert len(history.history["loss"]) == 1


@pytest.mark.skipif(KERAS_2, reason="slower than the plain graph there")
@pytest.mark.parametrize("short", [0, 1])
def test_xla_compiles_trials_of_many_steps_but_not_their_validation(short, monkeypatch):
    sizes = {**TINY, "steps_per_epoch": compilation.LEAST_STEPS - short}
    hypermodel = tuning.HyperModel(
        preset="smoke", tune=["blocks"], jit_compile="auto", **sizes
    )
    hp = keras_tuner.HyperParameters()
    model = hypermodel.build(hp)
    assert model.jit_compile == (not short)
    made, seen = [], []
    make = model.make_test_function
    monkeypatch.setattr(
        model, "make_test_function", lambda: made.append(model.jit_compile) or make()
    )
    monkeypatch.setattr(model, "fit", lambda *args, **kwargs: seen.append(kwargs))
    windows = tf.data.Dataset.from_tensors(
        (tf.zeros((1, 4, 17, 2)), tf.zeros((1, 4, 17, 3)))
    )
    hypermodel.fit(hp, model, windows, validation_data=windows)
    assert len(seen) == 1 and made == [False] * (not short)


def test_the_space_follows_the_data(data):
    hp = keras_tuner.HyperParameters()
    tuning.HyperModel(data, "smoke").declare_hyperparameters(hp)
    ranges = {h.name: h for h in hp.space}
    # Records overlap by 6 frames.
    assert ranges["frames"].max_value == 6
    assert ranges["frame_stride"].values == [1]


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(ValueError, match="`steps_per_epoch` must be given"):
        tuning.HyperModel(preset="paper")
    with pytest.raises(UserError, match="dataset.json: not found"):
        tuning.HyperModel(tmp_path)
    hypermodel = tuning.HyperModel(preset="smoke", **TINY)
    with pytest.raises(ValueError, match="`data_dir` must be given, or data"):
        hypermodel.fit(keras_tuner.HyperParameters(), None)
    with pytest.raises(AttributeError, match="no attribute 'HyperModels'"):
        tuning.HyperModels  # noqa: B018


def test_values_of_another_search_are_refused():
    found = keras_tuner.HyperParameters()
    tuning.HyperModel(preset="smoke", tune=["spatial_neighbors"], **TINY).config(found)
    other = tuning.HyperModel(preset="smoke", tune=["temporal_neighbors"], **TINY)
    with pytest.raises(
        UserError, match=r"have \['spatial_neighbors'\].*`project_name`"
    ):
        other.config(found)
    both = ["spatial_neighbors", "temporal_neighbors"]
    wider = tuning.HyperModel(preset="smoke", tune=both, **TINY).config(found)
    assert (wider.spatial_neighbors, wider.temporal_neighbors) == (3, 4)
