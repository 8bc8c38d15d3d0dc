"""Trains a configuration on a converted data set with `model.fit`."""

from __future__ import annotations

import dataclasses
import pathlib

import tensorflow as tf

from dgnet_tf.config import action_names
from dgnet_tf.config import config as configuration
from dgnet_tf.config.config import Config
from dgnet_tf.data import actions as chosen_actions
from dgnet_tf.data import manifest
from dgnet_tf.data.augmentation import augmentation
from dgnet_tf.data.windows import load_windows, steps_per_epoch
from dgnet_tf.errors import UserError
from dgnet_tf.files import epoch_history
from dgnet_tf.models import runs
from dgnet_tf.models.architectures import precision
from dgnet_tf.training import (
    callbacks,
    compilation,
    fine_tuning,
    learning_rates,
    losses,
    optimizers,
    run_folder,
    strategies,
)
from dgnet_tf.training.keras_metrics import MPJPE
from dgnet_tf.training.soft_neighbors import Hardening
from dgnet_tf.training.weight_average import WeightAverage

keras = tf.keras


def train(config: Config, data_dir, workdir, progress: bool = True) -> runs.Run:
    """Trains, or goes on with a training that was killed.

    An interrupted training that is started again ends with the weights of an
    unbroken one: checkpoints hold the optimiser's state, and an epoch's windows,
    their order and augmentation depend on the seed and the epoch's number alone.

    Args:
        config: what to train.
        data_dir: converted data set with a split "train"; a split "validation" is
            scored after each epoch, all of its actions.
        workdir: the run's folder: `config.json`, `versions.json`, `training.json`,
            `history.csv`, `checkpoints/`, `tensorboard/` and, at the end,
            `model.keras`.
        progress: show a progress bar.

    Returns:
        The trained run.

    Raises:
        UserError: if data, configuration and folder do not fit together, another
            process trains there, or the training diverges.
    """
    data = manifest.read(data_dir)
    config = dataclasses.replace(config, skeleton=data.skeleton, fps=data.fps)
    origin = fine_tuning.origin(config, workdir)
    # Also the check that there is a training split, before anything is written.
    manifest.shard_paths(data_dir, data, "train", verify=False)
    actions, counted = action_names.parse(config.actions), None
    if actions:
        counted = chosen_actions.frames(data_dir, data, "train", actions)
    steps = config.steps_per_epoch or steps_per_epoch(
        data, config.frames, config.batch_size, counted=counted
    )
    workdir = pathlib.Path(workdir)
    if config.weight_average and config.optimizer == "stochastic_averaging":
        raise UserError(
            f"--weight_average={config.weight_average:g} with "
            "--optimizer=stochastic_averaging: both average the weights. Leave one of "
            "them out."
        )
    losses.of(config)  # Before anything is made: do its terms fit?
    all_steps = steps * config.epochs
    jit_compile = compilation.compiles(config, all_steps, announce=progress)
    strategy = strategies.make(config.strategy, config.batch_size)
    with (
        precision(config.precision),
        strategies.scope(strategy),
        strategies.own_folder(strategy, workdir) as own_workdir,
        run_folder.held(own_workdir),
    ):
        # Before the folder is made: what does not fit leaves nothing behind.
        keras.utils.set_random_seed(config.seed)
        model = runs.build_model(config)
        if origin:  # Before there are averages of the weights.
            fine_tuning.load_into(model, config)
        optimizer = compile_model(model, config, all_steps, jit_compile)
        sizes = ("frames", "frame_stride", "batch_size", "inputs")
        windows = {name: getattr(config, name) for name in sizes}
        windows["targets"] = sorted(model.output_names)
        validation = validation_steps = None
        if "validation" in data.splits:
            held_out = data.splits["validation"].frames // config.frames
            validation = load_windows(
                data_dir,
                "validation",
                # XLA would compile once more for the last, smaller batch.
                drop_remainder=bool(strategy) or held_out >= config.batch_size,
                **windows,
            )
            validation_steps = int(validation.cardinality())
            compilation.keep_validation_plain(model, validation_steps * config.epochs)
            validation = strategies.share_out(strategy, validation)
        run_folder.check(workdir, config)
        average, averaged = None, []
        if config.weight_average:
            average = WeightAverage(model, config.weight_average, steps)
            averaged = average.variables
        hardening = None
        if config.neighbor_softness and not origin:  # Trained weights have their tau.
            hardening = Hardening(
                model, config.neighbor_softness_decay, steps, steps * config.epochs
            )
        ending = [callback for callback in (average, hardening) if callback]
        checkpoints = callbacks.Checkpoints(
            own_workdir / "checkpoints", model, workdir / "checkpoints", averaged
        )
        strategies.check_agreement(
            strategy,
            flags=configuration.dumps(config),
            data=manifest.dumps(data),
            weights=str(origin),
            checkpoints=checkpoints.newest() or "none",
        )
        first_epoch = checkpoints.restore()
        if first_epoch < config.epochs:
            training = load_windows(
                data_dir,
                "train",
                actions=actions,
                seed=config.seed,
                epochs=config.epochs,
                first_epoch=first_epoch,
                steps=steps,
                **dataclasses.asdict(augmentation.of(config)),
                **windows,
            )
            # Only now: data that do not fit have left nothing behind.
            run_folder.start(own_workdir, config, data, origin)
            progress = progress and strategies.is_chief(strategy)
            watch = callbacks.Watch(steps, config.epochs, first_epoch, progress)
            watching = [
                watch,
                *ending,
                callbacks.History(own_workdir / epoch_history.FILE, first_epoch),
                keras.callbacks.TensorBoard(own_workdir / "tensorboard"),
                checkpoints,
            ]
            with watch.bar:  # Closed, too, where training fails.
                model.fit(
                    strategies.share_out(strategy, training),
                    validation_data=validation,
                    validation_steps=validation_steps,
                    initial_epoch=first_epoch,
                    epochs=config.epochs,
                    steps_per_epoch=steps,
                    shuffle=False,
                    verbose=0,
                    callbacks=callbacks.Callbacks(watching, model),
                )
        else:
            for callback in ending:
                callback.finish()
        optimizers.finish(optimizer, model)
        run_folder.save_model(own_workdir, model)
    return runs.Run(config, model)


def compile_model(model, config: Config, steps: int, jit_compile: bool):
    """Compiles a model with the configuration's optimiser, losses and metric.

    `steps` are those of the whole training; `jit_compile` lets XLA compile one. Returns
    the optimiser.
    """
    name, rate = config.learning_rate_schedule, config.learning_rate
    schedule = learning_rates.make(
        name, rate, config.learning_rate_decay, steps, config.warmup_steps
    )
    optimizer = optimizers.make(config.optimizer, schedule, steps, config.weight_decay)
    if config.weight_decay:
        # Biases and scales are few and have no reason to be small.
        vectors = [v for v in model.trainable_variables if len(v.shape) < 2]
        optimizer.exclude_from_weight_decay(var_list=vectors)
    names = sorted(model.output_names)
    metric = MPJPE()
    if len(names) == 1:  # Keras then leaves the output out of its name.
        metric = MPJPE(name=f"pose_{metric.name}")
    model.compile(
        optimizer,
        loss={name: losses.of(config) for name in names},
        loss_weights=losses.block_loss_weights(names, config.block_loss_weight),
        metrics={"pose": [metric]},
        jit_compile=jit_compile,
    )
    if not tf.distribute.has_strategy():
        _make_variables(model)
    return optimizer


def _make_variables(model):
    # Keras leaves the variables of optimiser, losses and metrics to the first step, and
    # a step that makes variables is traced twice.
    optimizers.build(model.optimizer, model)
    windows = tf.zeros((1, *model.input_shape[1:]))
    found = model(windows, training=False)
    model.compute_loss(windows, found, found)
    model.compute_metrics(windows, found, found, None)
    model.reset_metrics()
