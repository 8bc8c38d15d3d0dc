"""Trials scheduled by keras-tuner: in one process, or by a chief to workers.

Roles are keras-tuner's: with `KERASTUNER_ORACLE_IP` and `KERASTUNER_ORACLE_PORT` set,
the process whose `KERASTUNER_TUNER_ID` is `chief` serves the oracle, others run trials.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import time
from collections.abc import Callable

import keras_tuner
from keras_tuner.engine import base_tuner

from dgnet_tf.errors import UserError
from tuning.studies import oracles
from tuning.studies import study as studies

SCRATCH = "keras_tuner"
_VARIABLES = ("KERASTUNER_ORACLE_IP", "KERASTUNER_ORACLE_PORT", "KERASTUNER_TUNER_ID")


def role() -> str:
    """Returns "alone", "chief" or "worker".

    Raises:
        UserError: if keras-tuner's variables are set in part.
    """
    there = [name for name in _VARIABLES if os.environ.get(name)]
    if not there:
        return "alone"
    if len(there) < len(_VARIABLES):
        missing = next(name for name in _VARIABLES if name not in there)
        raise UserError(
            f"{there[0]} is set and {missing} is not. Set all of "
            f"{', '.join(_VARIABLES)}, or none to run alone."
        )
    return "chief" if "chief" in os.environ["KERASTUNER_TUNER_ID"] else "worker"


def run(
    workdir,
    study: studies.Study,
    oracle,
    work: Callable[[dict], dict],
    begin: Callable[[], None] = lambda: None,
):
    """Runs an oracle's trials until it has no more.

    Args:
        workdir: the study's folder; one process alone or a chief may hold it.
        study: what the folder must be of.
        oracle: what to run.
        work: a trial's values -> a row's result, see `rows.run_row`.
        begin: called once when the folder is held.

    Raises:
        UserError: if the folder is held or of another study, or the chief is lost.
        Exception: whatever `work` raises; it ends the study.
    """
    if role() == "worker":

        def checked(values):
            studies.start(workdir, study)
            return work(values)

        _search(workdir, oracle, checked)
        return
    with studies.locked(workdir):
        studies.start(workdir, study)
        begin()
        _search(workdir, oracle, work)


class _Trials(base_tuner.BaseTuner):
    """Runs trials by a function of their values."""

    def __init__(self, work, **kwargs):
        super().__init__(**kwargs)
        self.work = work
        self.asked = 0

    def pre_create_trial(self):
        """Waits before it asks again for what is not ready."""
        if self.asked:
            time.sleep(min(0.1 * self.asked, 5.0))
        self.asked += 1

    def on_trial_begin(self, trial):
        """Has got a trial."""
        self.asked = 0

    def run_trial(self, trial):
        """Runs one; a failed row is a failed trial, and a bug of ours is fatal."""
        try:
            result = self.work(dict(trial.hyperparameters.values))
        except Exception as error:
            raise keras_tuner.errors.FatalError(str(error)) from error
        if result["reason"]:
            raise keras_tuner.errors.FailedTrialError(result["reason"])
        return {oracles.OBJECTIVE: float(result["metrics"][oracles.OBJECTIVE])}


def _search(workdir, oracle, work):
    name = os.environ.get("KERASTUNER_TUNER_ID", "alone")
    scratch = pathlib.Path(workdir) / SCRATCH
    shutil.rmtree(scratch / name, ignore_errors=True)
    import grpc

    try:
        _Trials(work, oracle=oracle, directory=str(scratch), project_name=name).search()
    except keras_tuner.errors.FatalError as error:
        raise error.__cause__ from None
    except grpc.RpcError as error:
        raise UserError(
            f"The chief does not answer ({error}). Start chief and workers again; rows "
            "that are done are kept."
        ) from error
