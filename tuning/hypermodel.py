"""DG-Net as a keras-tuner `HyperModel`."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import keras_tuner
import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.config import config as configuration
from dgnet_tf.config.config import Config
from dgnet_tf.data import manifest
from dgnet_tf.data.augmentation import augmentation
from dgnet_tf.data.windows import load_windows, steps_per_epoch
from dgnet_tf.models import runs
from dgnet_tf.training import compilation
from dgnet_tf.training import fit as training
from tuning import search_space


class HyperModel(keras_tuner.HyperModel):
    """Builds and fits DG-Nets over `search_space.SPACE`.

    Args:
        data_dir: converted data set to train on; None if the tuner's `search` is
            given data.
        preset: of `dgnet_tf.config`, what is not searched.
        tune: fields to search; by default all.
        **overrides: configuration fields other than the preset's. Without
            `data_dir`, `skeleton` is one of them (by default human36m_17), and the
            length of the training follows from `steps_per_epoch` and `epochs`.

    Raises:
        UserError: for a preset, field or data set that is not one.
        ValueError: if neither data nor `steps_per_epoch` give the length of a training.

    Example:
        >>> tuner = keras_tuner.RandomSearch(
        ...     HyperModel("data/mine", preset="small"),
        ...     objective=keras_tuner.Objective("val_pose_mpjpe_mm", "min"),
        ...     max_trials=20,
        ... )
        >>> tuner.search()
    """

    def __init__(
        self,
        data_dir=None,
        preset: str = "small",
        tune: Sequence[str] | None = None,
        **overrides,
    ):
        super().__init__(name="dgnet")
        self.data_dir = data_dir
        self.data = None if data_dir is None else manifest.read(data_dir)
        if self.data is not None:
            overrides |= {"skeleton": self.data.skeleton, "fps": self.data.fps}
        overrides.setdefault("skeleton", "human36m_17")
        self.base = configuration.make(preset, **overrides)
        if self.data is None and not self.base.steps_per_epoch:
            raise ValueError(
                "`steps_per_epoch` must be given where `data_dir` is not, got 0."
            )
        self.tune = tune

    def config(self, hp) -> Config:
        """Returns the configuration of a trial, declaring the space on `hp`."""
        return search_space.declare(
            hp,
            self.base,
            self.tune,
            joints=len(skeletons.get(self.base.skeleton).joints),
            overlap=self.data and self.data.record_overlap,
        )

    def declare_hyperparameters(self, hp):
        """Declares the space without building a network."""
        self.config(hp)

    def build(self, hp):
        """Returns the trial's network, compiled."""
        config = self.config(hp)
        model = runs.build_model(config)
        steps = self._steps(config) * config.epochs
        compiled = compilation.compiles(config, steps)
        training.compile_model(model, config, steps, compiled)
        return model

    def fit(self, hp, model, *args, **kwargs):
        """Fits on the data given to `search`, or on the data set's windows.

        Args:
            hp: the trial's values.
            model: from `build`.
            *args, **kwargs: `model.fit`'s. A `tf.data.Dataset` may yield keypoints
                (B, T, N, 2) and positions (B, T, N, 3); each output then gets the
                positions as its target. Without any data the data set's splits
                "train" and "validation" are used.

        Returns:
            What `model.fit` returns.
        """
        config = self.config(hp)
        if not args and "x" not in kwargs:
            if self.data is None:
                raise ValueError(
                    "`data_dir` must be given, or data to `search`; got neither."
                )
            kwargs = {**self._own_data(config, model), **kwargs}
        else:
            if any(isinstance(x, tf.data.Dataset) for x in (*args, kwargs.get("x"))):
                kwargs.setdefault("shuffle", False)  # Keras warns that it cannot.
            args = [_with_targets(value, model) for value in args]
            for name in ("x", "validation_data"):
                if name in kwargs:
                    kwargs[name] = _with_targets(kwargs[name], model)
        validation = kwargs.get("validation_data")
        if isinstance(validation, tf.data.Dataset):
            steps = max(0, int(validation.cardinality()))  # Below 0: unknown.
            compilation.keep_validation_plain(model, steps * config.epochs)
        return model.fit(*args, **kwargs)

    def _steps(self, config):
        return config.steps_per_epoch or steps_per_epoch(
            self.data, config.frames, config.batch_size
        )

    def _own_data(self, config, model):
        windows = {
            "frames": config.frames,
            "frame_stride": config.frame_stride,
            "batch_size": config.batch_size,
            "inputs": config.inputs,
            "targets": sorted(model.output_names),
        }
        train = load_windows(
            self.data_dir,
            "train",
            seed=config.seed,
            epochs=config.epochs,
            steps=self._steps(config),
            **dataclasses.asdict(augmentation.of(config)),
            **windows,
        )
        return {
            "x": train,
            "validation_data": load_windows(self.data_dir, "validation", **windows),
            "epochs": config.epochs,
            "steps_per_epoch": self._steps(config),
            "shuffle": False,
        }


def _with_targets(data, model):
    """Gives each output the positions as its target, where there is one tensor."""
    if not isinstance(data, tf.data.Dataset):
        return data
    spec = data.element_spec
    if not isinstance(spec, tuple) or isinstance(spec[1], dict):
        return data
    names = sorted(model.output_names)
    return data.map(lambda x, y, *rest: (x, dict.fromkeys(names, y), *rest))
