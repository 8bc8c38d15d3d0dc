"""Keras-tuner oracles: a table's rows in order, or a search's proposals.

keras-tuner writes its own state in place, so that a killed process may leave half a
file. Here the state is rebuilt at each start: an oracle asks for the same trials
again under the same seed, and those that are done answer from their results.
"""

from __future__ import annotations

import pathlib
import warnings
from collections.abc import Sequence

import keras_tuner
import threadpoolctl
from sklearn.exceptions import ConvergenceWarning

from dgnet_tf.errors import shortened
from dgnet_tf.files import json_documents
from tuning.studies import documents

OBJECTIVE = "mpjpe_mm"
# Names among a trial's values that are no part of the space.
SEED, EPOCHS = "seed", "tuner/epochs"
# keras-tuner gives up after three failures in a row; rows may fail in any number.
_NEVER = 10**9


class TableOracle(keras_tuner.Oracle):
    """Runs a list of jobs once each, in order.

    Args:
        jobs: dicts of one set of names; a trial's values.
    """

    def __init__(self, jobs: Sequence[dict]):
        self.jobs = list(jobs)
        hp = keras_tuner.HyperParameters()
        for name in self.jobs[0] if self.jobs else ():
            hp.Choice(name, list(dict.fromkeys(job[name] for job in self.jobs)))
        super().__init__(
            objective=keras_tuner.Objective(OBJECTIVE, "min"),
            hyperparameters=hp,
            max_consecutive_failed_trials=_NEVER,
            seed=1,
        )
        self.verbose = 0

    def populate_space(self, trial_id):
        """Returns the next job."""
        number = int(trial_id)
        if number >= len(self.jobs):
            return {"status": "STOPPED", "values": None}
        return {"status": "RUNNING", "values": dict(self.jobs[number])}


class _PaperFirst:
    """Mixed into an oracle: base first, then its proposals, then a confirmation.

    Trial 0 is the base configuration. After all trials the best one and the base are
    run again under further seeds: who is best of many is so by luck, too, and only
    seeds that did not choose it can tell.

    Args:
        trials: number of trials, the base configuration's among them.
        confirm_seeds: further seeds for the best and the base.
        first_seed: the seed of all trials.
        folder: where `proposals.json` lies.
        **settings: of the oracle.
    """

    # Whether a proposal of an earlier start may take the place of a new one.
    repeats_proposals = True

    def __init__(self, trials, confirm_seeds, first_seed, folder, **settings):
        super().__init__(
            objective=keras_tuner.Objective(OBJECTIVE, "min"),
            max_consecutive_failed_trials=_NEVER,
            **settings,
        )
        self.max_trials = None  # Counted here.
        self.verbose = 0
        self.number = trials
        self.confirm = [first_seed + 1 + i for i in range(confirm_seeds)]
        self._path = pathlib.Path(folder) / "proposals.json"
        self._proposals = None

    def populate_space(self, trial_id):
        """Returns trial 0, a proposal, or a trial of the confirmation."""
        if int(trial_id) == 0:
            return {"status": "RUNNING", "values": self.first_values()}
        if int(trial_id) >= self.number:
            return self._confirmation()
        response = super().populate_space(trial_id)
        if response["status"] == "STOPPED":
            return self._confirmation()
        if not self.repeats_proposals or response["status"] != "RUNNING":
            return response
        return {"status": "RUNNING", "values": self._remembered(trial_id, response)}

    def first_values(self):
        """Returns the base configuration's values."""
        return {hp.name: hp.default for hp in self.get_space().space}

    def is_full(self, values) -> bool:
        """Returns whether a trial has the whole budget."""
        return True

    def _remembered(self, trial_id, response):
        # Several workers end in another order each time, and what is proposed
        # depends on who has ended: what was asked for once is asked for again.
        if self._proposals is None:
            self._proposals = documents.PROPOSALS.find(self._path) or {}
        values = self._proposals.get(trial_id)
        if values is None:
            values = response["values"]
            if self._duplicate(values):
                values = self._random_values() or values
            self._proposals[trial_id] = values
            json_documents.write(self._path, self._proposals)
            return values
        space = self.get_space().space
        fit = all(_fits(hp, values.get(hp.name)) for hp in space)
        if not fit or len(values) != len(space):
            reason = f"trial {trial_id!r} is not of this search: {shortened(values)}"
            raise documents.PROPOSALS.error(self._path, reason)
        return values

    def _confirmation(self):
        if any(SEED not in t.hyperparameters.values for t in self._ongoing()):
            return {"status": "IDLE", "values": None}
        done = [
            trial
            for trial in self.trials.values()
            if trial.status == "COMPLETED"
            and SEED not in trial.hyperparameters.values
            and self.is_full(trial.hyperparameters.values)
        ]
        first = self.first_values()
        best = min(done, key=lambda trial: trial.score, default=None)
        if best is None or best.hyperparameters.values == first:
            return {"status": "STOPPED", "values": None}
        jobs = [
            {**values, SEED: seed}
            for seed in self.confirm
            for values in (first, best.hyperparameters.values)
        ]
        asked = sum(SEED in t.hyperparameters.values for t in self.trials.values())
        if asked >= len(jobs):
            return {"status": "STOPPED", "values": None}
        return {"status": "RUNNING", "values": jobs[asked]}

    def _ongoing(self):
        return list(self.ongoing_trials.values())


def _fits(hp, value) -> bool:
    """Whether a value is one of a hyperparameter's."""
    if type(value) is not type(hp.default):
        return False
    if hasattr(hp, "min_value"):
        return hp.min_value <= value <= hp.max_value
    return value in hp.values


class RandomOracle(_PaperFirst, keras_tuner.oracles.RandomSearchOracle):
    """Draws evenly from the space."""


class BayesianOracle(_PaperFirst, keras_tuner.oracles.BayesianOptimizationOracle):
    """Models the error by a Gaussian process, and asks where it may be least."""

    def populate_space(self, trial_id):
        """Returns a trial; a process fitted to few trials warns, which is no news."""
        # Products are so small that threads cost more than they give: a third of the
        # time on one.
        with warnings.catch_warnings(), threadpoolctl.threadpool_limits(1):
            warnings.simplefilter("ignore", ConvergenceWarning)
            return super().populate_space(trial_id)


class HyperbandOracle(_PaperFirst, keras_tuner.oracles.HyperbandOracle):
    """Trains many configurations briefly and the better ones longer.

    Trial 0 has the whole budget. A promoted configuration is retrained, since
    its learning rate falls over another number of epochs.
    """

    repeats_proposals = False  # Promotions refer to trials by number.

    def first_values(self):
        """Returns the base configuration's values, for all epochs."""
        return {**super().first_values(), EPOCHS: self.max_epochs}

    def is_full(self, values) -> bool:
        """Returns whether a trial has all epochs."""
        return values.get(EPOCHS) == self.max_epochs


ALGORITHMS = ("bayesian", "hyperband", "random")


def make(algorithm: str, trials: int, *, seed: int, epochs: int, **settings):
    """Returns a search's oracle.

    Args:
        algorithm: one of `ALGORITHMS`.
        trials: number of trials, the base configuration's among them.
        seed: of all trials; same seed and results, same proposals.
        epochs: of a full training, for Hyperband.
        **settings: `confirm_seeds`, `folder` and `hyperparameters`.
    """
    # keras-tuner takes seed 0 for none.
    settings |= {"trials": trials, "first_seed": seed, "seed": seed + 1}
    if algorithm == "random":
        return RandomOracle(**settings)
    if algorithm == "hyperband":
        return HyperbandOracle(max_epochs=epochs, hyperband_iterations=None, **settings)
    # A third of the trials at random: keras-tuner's default, three for each field,
    # would leave the model none. One seed's error is noisy, hence alpha.
    return BayesianOracle(
        num_initial_points=max(3, trials // 3), alpha=1e-2, **settings
    )
