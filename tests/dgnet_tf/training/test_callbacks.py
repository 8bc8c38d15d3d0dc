"""What `model.fit` does besides fitting: when figures are read, what is shown."""

import numpy as np
import pytest
import tensorflow as tf

from dgnet_tf.errors import UserError
from dgnet_tf.training import callbacks

keras = tf.keras


def small_model(loss="mse", optimizer="sgd"):
    x = keras.Input((2,))
    model = keras.Model(x, keras.layers.Dense(1)(x))
    model.compile(optimizer, loss)
    return model


def fit(model, watchers, steps, epochs=1, scale=1.0):
    x = np.full((4 * steps, 2), scale, np.float32)
    batches = tf.data.Dataset.from_tensor_slices((x, x[:, :1])).batch(4).repeat()
    model.fit(
        batches,
        steps_per_epoch=steps,
        epochs=epochs,
        callbacks=callbacks.Callbacks(watchers, model),
        verbose=0,
        shuffle=False,
    )


def watchers(folder, model, steps=4, progress=False):
    return [
        callbacks.Watch(steps, 1, 0, progress),
        callbacks.History(folder / "history.csv", 0),
        keras.callbacks.TensorBoard(folder / "tensorboard"),
        callbacks.Checkpoints(folder / "checkpoints", model, folder / "checkpoints"),
    ]


def test_no_step_waits_for_its_figures(tmp_path, monkeypatch):
    model = small_model()
    told = callbacks.Callbacks(watchers(tmp_path, model), model)
    told.on_train_begin()
    told.on_epoch_begin(0)

    class OnTheDevice(dict):
        def items(self):
            raise AssertionError("read")

    for step in range(30):
        told.on_train_batch_end(step, OnTheDevice(loss=tf.constant(1.0)))
        told.on_test_batch_end(step, OnTheDevice(loss=tf.constant(1.0)))
    with pytest.raises(AssertionError, match="read"):
        # What Keras does on either stack with figures that it reads.
        told.on_epoch_end(0, OnTheDevice(loss=tf.constant(1.0)))


def test_figures_are_looked_at_every_20_steps_and_after_each_epoch(monkeypatch):
    steps = []
    monkeypatch.setattr(
        callbacks.Watch, "_look", lambda self, figures, step: steps.append(step)
    )
    fit(small_model(), [callbacks.Watch(45, 2, 0, False)], 45, epochs=2)
    assert steps == [20, 40, 45] * 2


def test_tensorboard_holds_one_figure_for_each_epoch(tmp_path):
    model = small_model()
    fit(model, watchers(tmp_path, model, steps=3), 3)
    (path,) = (tmp_path / "tensorboard").rglob("*tfevents*")
    found = {
        value.tag: event.step
        for event in tf.compat.v1.train.summary_iterator(str(path))
        for value in event.summary.value
    }
    assert found["epoch_loss"] == 0
    assert not [tag for tag in found if tag.startswith("batch")]


def test_the_bar_counts_the_steps_of_all_epochs():
    watch = callbacks.Watch(30, 3, 1, True)
    model = small_model()
    x = np.ones((4, 2), np.float32)
    batches = tf.data.Dataset.from_tensors((x, x[:, :1])).repeat()
    model.fit(
        batches,
        steps_per_epoch=30,
        initial_epoch=1,
        epochs=3,
        callbacks=callbacks.Callbacks([watch], model),
        verbose=0,
        shuffle=False,
    )
    assert (watch.bar.n, watch.bar.initial, watch.bar.total) == (90, 30, 90)
    assert watch.shown["epoch"] == "3/3" and watch.bar.postfix == "epoch=3/3"


def test_the_bar_shows_epoch_and_errors():
    watch = callbacks.Watch(30, 3, 1, True)
    watch.on_epoch_begin(1)
    watch._look({"loss": 1.0, "pose_mpjpe_mm": 61.23, "val_pose_mpjpe_mm": 70.0}, 20)
    assert watch.bar.postfix == "epoch=2/3, MPJPE mm=61.2, validation mm=70.0"
    watch.bar.close()


@pytest.mark.parametrize("steps,seen_at", [(3, 3), (50, 20)])
def test_a_loss_that_overflows_ends_training_within_20_steps(steps, seen_at):
    watch = callbacks.Watch(steps, 1, 0, False)
    with pytest.raises(UserError, match=rf"at step {seen_at} of epoch 0.*0\.01 there"):
        fit(small_model(), [watch], steps, scale=1e30)


def test_the_learning_rate_of_an_addons_schedule_is_named():
    tfa = pytest.importorskip("tensorflow_addons", reason="needs TensorFlow Addons")
    schedule = keras.optimizers.schedules.ExponentialDecay(0.5, 10, 0.1)
    model = small_model(optimizer=tfa.optimizers.RectifiedAdam(schedule))
    with pytest.raises(UserError, match=r"--learning_rate \(it is 0\.25 there"):
        fit(model, [callbacks.Watch(3, 1, 0, False)], 3, scale=1e30)


def test_checkpoints_of_other_folders_are_not_deleted(tmp_path):
    model = small_model()
    elsewhere = tmp_path / "elsewhere.index"
    elsewhere.touch()
    folder = tmp_path / "run" / "checkpoints"
    folder.mkdir(parents=True)
    names = ["../../elsewhere", "1", "2"]
    lines = [f'all_model_checkpoint_paths: "{name}"' for name in names]
    text = "\n".join(['model_checkpoint_path: "2"', *lines])
    (folder / "checkpoint").write_text(text)
    with pytest.raises(UserError, match="names .*elsewhere, which lies in another"):
        callbacks.Checkpoints(folder, model, folder)
    (folder / "checkpoint").write_text(text.replace("../../elsewhere", "0"))
    callbacks.Checkpoints(folder, model, folder).on_epoch_end(3)
    assert elsewhere.exists() and (folder / "ckpt-4.index").exists()


def test_what_a_process_left_that_was_killed_while_it_saved_is_removed(tmp_path):
    """A checkpoint has data that come first, an index, and its name in a list."""
    model, folder = small_model(), tmp_path / "checkpoints"
    fit(model, watchers(tmp_path, model), steps=1, epochs=3)
    whole = sorted(path.name for path in folder.iterdir())
    assert {name.partition(".")[0] for name in whole} == {
        "checkpoint",
        "ckpt-2",
        "ckpt-3",
    }
    unfinished = folder / "ckpt-4_temp"
    unfinished.mkdir()
    for name in ("ckpt-4_temp/part.tempstate1", "ckpt-4.data-00000-of-00001"):
        (folder / name).touch()
    for name in ("ckpt-1.index", "checkpoint.tmp7f"):
        (folder / name).touch()
    again = callbacks.Checkpoints(folder, small_model(), folder)
    assert again.restore() == 3
    assert sorted(path.name for path in folder.iterdir()) == whole
