"""Lifts many inputs in several processes; what is done already is left alone."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import traceback
from collections.abc import Callable, Sequence

from dgnet_tf.command_line import parallel, progress
from dgnet_tf.errors import UserError, file_error, one_line
from dgnet_tf.inference.engines import exported_files
from dgnet_tf.jobs import records
from dgnet_tf.jobs.inputs import Input

# Read by NumPy's libraries, by TensorFlow and by `exported_files.usable_cores`.
_THREADS = (
    *("DGNET_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
)
_MOST_NAMED = 20


@dataclasses.dataclass(frozen=True)
class Task:
    """One input and what is to be done with it.

    Attributes:
        one: the input.
        work: function of an input, picklable, that writes its results; it takes a
            function for lines to people, and returns the files.
        output: folder of the results.
        settings: digest, see `records`.
        suffixes: endings of the results.
    """

    one: Input
    work: Callable[[Input, Callable[[str], None]], Sequence[pathlib.Path]]
    output: pathlib.Path
    settings: str
    suffixes: tuple[str, ...]

    @property
    def is_done(self) -> bool:
        """Whether its results are there."""
        return records.is_done(self.output, self.one, self.settings, self.suffixes)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of a task: lines for people, and the error that ended it, if any."""

    lines: tuple[str, ...]
    error: str | None = None


def run(tasks: Sequence[Task], workers: int, show: Callable[[str], None]):
    """Does the tasks that are not done.

    Args:
        tasks: of one output folder and settings.
        workers: number of processes, which share the cores; with 1 this one works.
        show: takes lines for people.

    Raises:
        UserError: at the end, if some inputs could not be lifted; all are named.
    """
    if not tasks:
        show("No input is in this shard.")
    todo = [task for task in tasks if not task.is_done]
    if len(todo) < len(tasks):
        show(f"{len(tasks) - len(todo)} of {len(tasks)} inputs are done already.")
    workers = min(workers, len(todo))
    if workers > 1:
        threads = max(1, exported_files.usable_cores() // workers)
        for name in _THREADS:
            os.environ.setdefault(name, str(threads))
    failed = []
    outcomes = parallel.survivors(_do, todo, workers)
    for task, outcome in progress.each(outcomes, "lift", len(todo), "input"):
        if outcome is None:
            error = "its process ended unexpectedly, perhaps for lack of memory"
            outcome = Outcome((), error)
        for line in outcome.lines:
            show(f"{task.one.name}: {line}")
        if outcome.error is not None:
            show(f"{task.one.name}: failed: {outcome.error}")
            failed.append(task.one.name)
    if failed:
        named = ", ".join(sorted(failed)[:_MOST_NAMED])
        more = f" and {len(failed) - _MOST_NAMED} more" if failed[_MOST_NAMED:] else ""
        raise UserError(
            f"{len(failed)} of {len(tasks)} inputs could not be lifted: {named}{more}. "
            "The reasons stand above; the others are lifted."
        )
    if todo:
        show(f"Lifted {len(todo)} of {len(tasks)} inputs.")


def _do(task: Task) -> Outcome:
    lines: list[str] = []
    try:
        read = records.of_input(task.one)
        results = task.work(task.one, lines.append)
        records.write(task.output, task.one, read, task.settings, results)
        return Outcome(tuple(lines))
    except Fatal:
        raise
    except UserError as error:
        return Outcome(tuple(lines), str(error))
    except MemoryError:
        return Outcome(tuple(lines), "not enough memory")
    except Exception as error:
        found = file_error(error)
        if found is not None:
            name = found.filename or "file system"
            return Outcome(tuple(lines), one_line(f"{name}: {found.strerror or found}"))
        traceback.print_exc()  # A bug of ours, which must not stop the others.
        return Outcome(tuple(lines), one_line(f"{type(error).__name__}: {error}"))


class Fatal(UserError):
    """What ends all inputs alike, such as a model that is not there."""
