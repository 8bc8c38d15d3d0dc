"""Trials of the search space, scored on the validation split."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Sequence

import keras_tuner

from dgnet_tf.command_line import progress as progress_bars
from dgnet_tf.config.config import Config
from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError, shortened
from dgnet_tf.files import json_documents
from tuning import search_space
from tuning.ablations import runner
from tuning.hypermodel import HyperModel
from tuning.searching.findings import SEARCH, SPLIT
from tuning.studies import documents, oracles, rows, scheduling
from tuning.studies import study as studies


def run(
    base: Config,
    data_dir,
    workdir,
    trials: int,
    *,
    algorithm: str = "bayesian",
    tune: Sequence[str] | None = None,
    confirm_seeds: int = 2,
    progress: bool = True,
):
    """Searches; see `oracles` for the order of trials.

    Args:
        base: trial 0, and what is not searched.
        data_dir: converted data set with a split "validation".
        workdir: the study's folder.
        trials: number of trials, the confirmation's not counted.
        algorithm: one of `oracles.ALGORITHMS`.
        tune: fields to search; by default `search_space.names(base.architecture)`.
        confirm_seeds: further seeds of the best trial and of the base.
        progress: show progress bars.

    Raises:
        UserError: if the data have no validation split or too small an overlap, or
            the folder is of another study or search.
    """
    data = manifest.read(data_dir)
    if SPLIT not in data.splits:
        raise UserError(
            f"{data_dir}: has no validation split, and a search never looks at the "
            "test split. Convert again with --validation_subjects."
        )
    runner.check(base, str(data_dir), data, SPLIT)
    digest = studies.data_digest(data)
    study = studies.Study(base, digest, data.dataset, SPLIT)
    tune = search_space.names(base.architecture) if tune is None else list(tune)
    hypermodel = _hypermodel(base, data_dir, tune)
    space = keras_tuner.HyperParameters()
    hypermodel.config(space)
    oracle = oracles.make(
        algorithm,
        trials,
        seed=base.seed,
        epochs=base.epochs,
        confirm_seeds=confirm_seeds,
        folder=workdir,
        hyperparameters=space,
    )

    # The confirmation's trials are run unless the base is best.
    expected = trials + 2 * confirm_seeds
    alone = scheduling.role() == "alone"
    shown = progress_bars.Jobs("trial", expected if alone else None, timed=alone)

    def work(values):
        config = trial_config(hypermodel, values)
        row = studies.row_id(study, config, digest)
        print(f"trial: {row}, seed {config.seed}", flush=True)
        with shown.job():
            result = rows.run_row(
                workdir, row, config, data_dir, SPLIT, progress=progress
            )
        print(f"trial: {rows.in_words(result)}", flush=True)
        return result

    rows.grow_memory()
    settings = {"version": documents.VERSION, "algorithm": algorithm, "tune": tune}
    scheduling.run(
        workdir, study, oracle, work, begin=lambda: _begin(workdir, settings)
    )


def trial_config(hypermodel: HyperModel, values: dict) -> Config:
    """Returns a trial's configuration."""
    hp = keras_tuner.HyperParameters()
    hp.values = dict(values)
    config = hypermodel.config(hp)
    return dataclasses.replace(
        config,
        # As in a study's base: the training fills in what comes from the data.
        skeleton="",
        fps=0.0,
        epochs=values.get(oracles.EPOCHS, config.epochs),
        seed=values.get(oracles.SEED, config.seed),
    )


def _hypermodel(base, data_dir, tune):
    given = dataclasses.asdict(base)
    for name in ("skeleton", "fps"):  # From the data.
        del given[name]
    return HyperModel(data_dir, "paper", tune, **given)


def _begin(workdir, settings):
    path = pathlib.Path(workdir) / SEARCH
    there = documents.SEARCH.find(path) or settings
    changed = [
        f"{name} was {shortened(there.get(name))}, is {value!r}"
        for name, value in settings.items()
        if there.get(name) != value
    ]
    if changed:
        raise UserError(
            f"{workdir}: holds another search ({'; '.join(changed)}). Give the flags "
            "that it was started with, or name another --workdir."
        )
    json_documents.write(path, settings)
