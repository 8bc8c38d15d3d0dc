"""Training a configuration on a converted data set with `model.fit`."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib

import tensorflow as tf

from dgnet_tf import callbacks, manifest, optimizers, runs
from dgnet_tf.config import Config
from dgnet_tf.errors import UserError
from dgnet_tf.losses import MPJPE, SumSquaredError, block_loss_weights
from dgnet_tf.windows import load_windows, steps_per_epoch

keras = tf.keras


def train(config: Config, data_dir, workdir, progress: bool = True) -> runs.Run:
    """Trains, or goes on with a training that was killed.

    An interrupted training that is started again ends with the weights of an
    unbroken one: checkpoints hold the optimiser's state, and an epoch's windows,
    their order and augmentation depend on the seed and the epoch's number alone.

    Args:
        config: what to train.
        data_dir: converted data set with a split "train"; a split "validation" is
            scored after each epoch.
        workdir: the run's folder: `config.json`, `versions.json`, `history.csv`,
            `checkpoints/`, `tensorboard/` and, at the end, `model.keras`.
        progress: show a progress bar.

    Returns:
        The trained run.

    Raises:
        UserError: if data, configuration and folder do not fit together, or the
            training diverges.
    """
    data = manifest.read(data_dir)
    config = dataclasses.replace(config, skeleton=data.skeleton, fps=data.fps)
    # Also the check that there is a training split, before anything is written.
    manifest.shard_paths(data_dir, data, "train", verify=False)
    steps = config.steps_per_epoch or steps_per_epoch(
        data, config.frames, config.batch_size
    )
    workdir = pathlib.Path(workdir)
    with _precision(config.precision), _strategy(config.strategy) as compiled_by_xla:
        # Before the folder is made: what does not fit leaves nothing behind.
        keras.utils.set_random_seed(config.seed)
        model = runs.build_model(config)
        optimizer = optimizers.make(
            config.optimizer,
            config.learning_rate,
            config.learning_rate_decay,
            steps * config.epochs,
        )
        names = sorted(model.output_names)
        model.compile(
            optimizer,
            loss={name: SumSquaredError() for name in names},
            loss_weights=block_loss_weights(names, config.block_loss_weight),
            metrics={"pose": [MPJPE()]},
            jit_compile=compiled_by_xla and _jit_compile(config.jit_compile),
        )
        windows = {
            "frames": config.frames,
            "frame_stride": config.frame_stride,
            "batch_size": config.batch_size,
            "targets": names,
        }
        validation = None
        if "validation" in data.splits:
            held_out = data.splits["validation"].frames // config.frames
            validation = load_windows(
                data_dir,
                "validation",
                # XLA would compile once more for the last, smaller batch.
                drop_remainder=held_out >= config.batch_size,
                **windows,
            )
        runs.check(workdir, config)
        checkpoints = callbacks.Checkpoints(workdir / "checkpoints", model)
        first_epoch = checkpoints.restore()
        if first_epoch < config.epochs:
            training = load_windows(
                data_dir,
                "train",
                seed=config.seed,
                epochs=config.epochs,
                first_epoch=first_epoch,
                steps=steps,
                flip=config.flip,
                noise_px=config.noise_px,
                **windows,
            )
            # Only now: data that do not fit have left nothing behind.
            runs.start(workdir, config)
            watchers = [
                callbacks.StopOnNaN(),
                callbacks.History(workdir / "history.csv", first_epoch),
                keras.callbacks.TensorBoard(workdir / "tensorboard"),
            ]
            if progress:
                watchers.append(
                    callbacks.ProgressBar(steps * config.epochs, steps * first_epoch)
                )
            model.fit(
                training,
                validation_data=validation,
                initial_epoch=first_epoch,
                epochs=config.epochs,
                steps_per_epoch=steps,
                shuffle=False,
                verbose=0,
                callbacks=[*watchers, checkpoints],
            )
            optimizers.finish(optimizer, model)
    runs.save_model(workdir, model)
    return runs.Run(config, model)


def _jit_compile(choice):
    if choice == "auto":
        # Measured on two cores: faster than the plain graph with Keras 3, slower
        # with TensorFlow 2.15.
        return not tf.__version__.startswith("2.15")
    return choice == "on"


@contextlib.contextmanager
def _precision(policy):
    before = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy(policy)
    try:
        yield
    finally:
        keras.mixed_precision.set_global_policy(before)


@contextlib.contextmanager
def _strategy(name):
    """Enters a strategy's scope; yields whether XLA may compile the step."""
    if name == "none":
        yield True
        return
    devices = tf.config.list_logical_devices("GPU")
    if len(devices) < 2:
        # Logical CPU devices stand in for GPUs where somebody made several.
        devices = tf.config.list_logical_devices("CPU")
    if len(devices) < 2:
        raise UserError(
            f"--strategy={name} needs at least two devices, TensorFlow sees "
            f"{len(devices)}. Use --strategy=none."
        )
    with tf.distribute.MirroredStrategy([d.name for d in devices]).scope():
        # MirroredStrategy with XLA fails on both stacks.
        yield False
