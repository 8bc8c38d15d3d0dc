"""Training: what it leaves behind, resuming, divergence, precision, bad input."""

import csv
import json

import numpy as np
import pytest
import tensorflow as tf
from support import record_sets

from dgnet_tf.config import config
from dgnet_tf.data import manifest
from dgnet_tf.data.windows import load_windows
from dgnet_tf.errors import UserError
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models import runs
from dgnet_tf.training import fit, run_folder

# One operation of each unit: what is trained does not matter here.
UNITS = {"spatial_unit": "dsg", "temporal_unit": "dtg"}
TINY = {"channels": 8, "blocks": 1, "epochs": 3, "steps_per_epoch": 2, **UNITS}


def tiny(**overrides):
    return config.make("smoke", **{**TINY, **overrides})


@pytest.fixture(scope="module")
def data(walkers):
    return walkers


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    """A finished training, as it returned, and its folder; to be read only."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    return fit.train(tiny(), data, folder, progress=False), folder


def weights(run):
    return [np.asarray(w) for w in run.model.get_weights()]


class Killed(Exception):
    """Stands for the end of the process."""


def kill_after(monkeypatch, epoch):
    """Ends training as soon as that epoch's checkpoint is written."""
    save = fit.callbacks.Checkpoints.on_epoch_end

    def save_and_die(self, number, logs=None):
        save(self, number, logs)
        if number == epoch:
            raise Killed

    monkeypatch.setattr(fit.callbacks.Checkpoints, "on_epoch_end", save_and_die)


@pytest.mark.slow
def test_what_a_training_returns_is_what_its_folder_holds(trained):
    run, folder = trained
    again = runs.load(folder)
    assert again.config == run.config
    x = np.random.default_rng(0).normal(size=(2, 4, 17, 2)).astype(np.float32)
    np.testing.assert_array_equal(
        run.model(x, training=False)["pose"], again.model(x, training=False)["pose"]
    )


def test_a_run_holds_what_it_was_made_with_and_loads(tiny_data, tiny_run):
    found = {path.name for path in tiny_run.iterdir()}
    assert found == {
        *("config.json", "versions.json", "training.json", "history.csv"),
        *("model.keras", "checkpoints", "tensorboard"),
    }
    again = runs.load(tiny_run)
    assert (again.config.skeleton, again.config.fps) == ("human36m_17", 50.0)
    assert (again.config.channels, again.config.epochs) == (4, 3)
    versions = json.loads((tiny_run / "versions.json").read_text())
    made_from = json.loads((tiny_run / "training.json").read_text())
    assert made_from["command"].startswith("python ")
    assert made_from["data"]["dataset"] == "synthetic"
    splits = manifest.read(tiny_data).splits
    assert made_from["data"]["splits"]["train"] == {
        "sequences": splits["train"].sequences,
        "frames": splits["train"].frames,
        "seconds": splits["train"].seconds,
        "subjects": list(splits["train"].subjects),
    }
    assert versions["tensorflow"] == tf.__version__
    with open(tiny_run / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["epoch"]) for row in rows] == [0, 1, 2]
    assert all(float(row["val_pose_mpjpe_mm"]) > 0 for row in rows)


@pytest.fixture(scope="module", params=["float32", "mixed_float16", "mixed_bfloat16"])
def precise(request, data, tmp_path_factory):
    """A finished training of a hundred steps in each precision, and its folder."""
    folder = tmp_path_factory.mktemp("precise") / "run"
    overrides = {"epochs": 4, "steps_per_epoch": 25, "learning_rate": 0.02}
    # Each operation once: a gradient may overflow in any of them.
    units = {"spatial_unit": "fsg,dsg", "temporal_unit": "ftg,dtg"}
    chosen = tiny(precision=request.param, **overrides, **units)
    return fit.train(chosen, data, folder, progress=False), folder


@pytest.mark.slow
def test_training_lowers_the_error(precise):
    _, folder = precise
    with open(folder / "history.csv", newline="") as file:
        errors = [float(row["pose_mpjpe_mm"]) for row in csv.DictReader(file)]
    assert errors[-1] < 0.7 * errors[0]


@pytest.mark.slow
def test_mixed_precision_keeps_float32_weights_and_outputs(precise):
    run, _ = precise
    assert tf.keras.mixed_precision.global_policy().name == "float32"
    x = tf.zeros((1, 4, 17, 2))
    assert run.model(x)["pose"].dtype == tf.float32
    assert {w.dtype for w in weights(run)} == {np.dtype(np.float32)}
    scaled = "LossScale" in type(run.model.optimizer).__name__
    assert scaled == (run.config.precision == "mixed_float16")


@pytest.mark.slow
def test_a_killed_training_ends_with_the_weights_of_an_unbroken_one(
    data, tmp_path, monkeypatch
):
    chosen = tiny(
        noise_px=2.0,
        pose_balance=0.5,
        neighbor_softness=1.0,
        velocity_loss_weight=1.0,
        bone_loss_weight=0.1,
        random_cameras=0.5,
        body_scale=0.1,
        missing_share=0.1,
        weight_average=0.9,
        learning_rate_schedule="cosine",
        warmup_steps=3,
        weight_decay=0.01,
    )
    unbroken = fit.train(chosen, data, tmp_path / "unbroken", progress=False)
    with monkeypatch.context() as patch:
        kill_after(patch, epoch=0)
        with pytest.raises(Killed):
            fit.train(chosen, data, tmp_path / "killed", progress=False)
    assert not (tmp_path / "killed" / "model.keras").exists()
    with pytest.raises(UserError, match="not finished"):
        runs.load(tmp_path / "killed")
    resumed = fit.train(chosen, data, tmp_path / "killed", progress=False)
    for a, b in zip(weights(unbroken), weights(resumed), strict=True):
        np.testing.assert_array_equal(a, b)
    histories = [
        (tmp_path / name / "history.csv").read_text() for name in ("unbroken", "killed")
    ]
    assert histories[0] == histories[1]
    # A finished run is left as it is: the averages, not the weights of the last step.
    again = fit.train(chosen, data, tmp_path / "killed", progress=False)
    for a, b in zip(weights(unbroken), weights(again), strict=True):
        np.testing.assert_array_equal(a, b)


def test_two_averages_of_the_weights_are_refused(data, tmp_path):
    chosen = tiny(weight_average=0.9, optimizer="stochastic_averaging")
    with pytest.raises(UserError, match="--weight_average=0.9 .* both average"):
        fit.train(chosen, data, tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_a_killed_training_in_mixed_float16_keeps_its_loss_scale(
    data, tmp_path, monkeypatch
):
    chosen = tiny(precision="mixed_float16", epochs=2)
    unbroken = fit.train(chosen, data, tmp_path / "unbroken", progress=False)
    with monkeypatch.context() as patch:
        kill_after(patch, epoch=0)
        with pytest.raises(Killed):
            fit.train(chosen, data, tmp_path / "killed", progress=False)
    resumed = fit.train(chosen, data, tmp_path / "killed", progress=False)
    for a, b in zip(weights(unbroken), weights(resumed), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.slow
def test_a_seed_gives_its_weights_and_another_gives_others(data, tmp_path, trained):
    first, _ = trained
    same, other = (
        fit.train(tiny(seed=s), data, tmp_path / str(s), progress=False)
        for s in (first.config.seed, first.config.seed + 1)
    )
    for a, b in zip(weights(first), weights(same), strict=True):
        np.testing.assert_array_equal(a, b)
    pairs = zip(weights(first), weights(other), strict=True)
    assert any(not np.array_equal(a, b) for a, b in pairs)


@pytest.mark.slow
def test_a_step_is_traced_once(data, monkeypatch):
    chosen, traced = tiny(skeleton="human36m_17"), []
    model = runs.build_model(chosen)
    fit.compile_model(model, chosen, 2, jit_compile=False)
    counted = tf.nest.flatten(model.get_metrics_result())
    assert counted and not any(float(value) for value in counted)
    step = model.train_step
    monkeypatch.setattr(model, "train_step", lambda b: traced.append(1) or step(b))
    windows = load_windows(data, targets=sorted(model.output_names), batch_size=2)
    model.fit(windows.take(2), epochs=2, shuffle=False, verbose=0)
    assert traced == [1]


def test_a_finished_run_is_not_trained_again(tiny_data, tiny_run):
    first = runs.load(tiny_run)
    again = fit.train(first.config, tiny_data, tiny_run, progress=False)
    for a, b in zip(weights(first), weights(again), strict=True):
        np.testing.assert_array_equal(a, b)
    epochs = (tiny_run / "history.csv").read_text().splitlines()
    assert len(epochs) == 1 + 3


def test_a_folder_of_another_configuration_is_refused(tiny_data, tiny_run):
    with pytest.raises(UserError, match="channels was 4, is 12"):
        fit.train(tiny(channels=12), tiny_data, tiny_run, progress=False)


def test_a_folder_that_another_process_trains_in_is_refused_untouched(
    tiny_data, tmp_path
):
    with run_folder.held(tmp_path):
        with pytest.raises(UserError, match=r"process \d+ on .* trains there"):
            fit.train(tiny(), tiny_data, tmp_path, progress=False)
        assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_a_run_that_was_killed_while_it_was_begun_is_completed(tmp_path):
    chosen = tiny()
    run_folder.start(tmp_path, chosen)
    (tmp_path / "versions.json").unlink()  # The configuration is written first.
    run_folder.start(tmp_path, chosen)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "config.json",
        "versions.json",
    ]


@pytest.mark.slow
def test_a_diverging_training_says_what_to_change(data, tmp_path, monkeypatch):
    # Squared targets of 1e25 m overflow float32. No configuration may ask for so much.
    monkeypatch.setattr(fit.learning_rates, "make", lambda *arguments: 1e30)
    folder = record_sets.write(tmp_path / "data", {"train": record_sets.takes(40, 40)})
    chosen = tiny(steps_per_epoch=20, batch_size=2)
    with pytest.raises(UserError, match=r"diverged.*--learning_rate"):
        fit.train(chosen, folder, tmp_path / "run", progress=False)
    assert not (tmp_path / "run" / "model.keras").exists()


def test_data_without_a_training_split_leaves_no_folder(tmp_path):
    folder = record_sets.write(tmp_path / "data", {"test": record_sets.takes(20)})
    with pytest.raises(UserError, match="no split 'train'"):
        fit.train(tiny(), folder, tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "overrides,message",
    [
        ({"frames": 4, "frame_stride": 12}, "--record_overlap=36"),
        ({"spatial_neighbors": 18}, "`neighbors` must be at most"),
        ({"spatial_unit": "fsg,gcn"}, "`spatial_unit` must be one of"),
        ({"strategy": "mirrored"}, "at least two devices"),
        ({"neighbor_softness": 1.0, "connection": "full"}, "`softness` has no effect"),
        (
            {"velocity_loss_weight": 1.0, "frames": 1},
            "nothing moves in a window of one",
        ),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_written(
    overrides, message, data, tmp_path
):
    with pytest.raises(UserError, match=message):
        fit.train(tiny(**overrides), data, tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()


def test_windows_that_do_not_fit_leave_no_folder_without_validation_either(tmp_path):
    folder = record_sets.write(tmp_path / "data", {"train": record_sets.takes(40, 40)})
    with pytest.raises(UserError, match="--record_overlap=36"):
        fit.train(tiny(frame_stride=12), folder, tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()


def test_addons_optimizers_train_or_name_what_to_install(data, tmp_path):
    for name in ("rectified_adam", "stochastic_averaging"):
        # Enough steps for several averages, which then differ from the last weights.
        chosen = tiny(optimizer=name, epochs=1, steps_per_epoch=12)
        if tf.__version__.startswith("2.15"):
            run = fit.train(chosen, data, tmp_path / name, progress=False)
            assert all(np.isfinite(w).all() for w in weights(run))
            # A finished run is left as it is, averages too.
            again = fit.train(chosen, data, tmp_path / name, progress=False)
            for a, b in zip(weights(run), weights(again), strict=True):
                np.testing.assert_array_equal(a, b)
        else:
            with pytest.raises(UserError, match=r"requirements-addons\.txt"):
                fit.train(chosen, data, tmp_path / name, progress=False)
            assert not (tmp_path / name).exists()


@pytest.mark.slow
def test_evaluation_sees_the_model_that_training_returned(trained):
    run, _ = trained
    serve = whole_videos.serving_function(
        run.model, InferenceOptions.of(run.config, flip=False)
    )
    keypoints = np.full((5, 17, 2), 300.0, np.float32)
    positions = whole_videos.lift_view(serve, keypoints, np.array([1000.0, 1000.0]), 4)
    assert positions.shape == (5, 17, 3)
    assert np.abs(positions[:, 0]).max() == 0.0
