"""A study's rows under several seeds, each trained once and scored in several ways."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from dgnet_tf.command_line import progress as progress_bars
from dgnet_tf.config.config import Config
from tuning.studies import oracles, rows, scheduling
from tuning.studies.study import Study


@dataclasses.dataclass(frozen=True)
class JobRow:
    """A row to train.

    Attributes:
        title: for the lines that are printed.
        config: its configuration; the seed is each job's own.
        data_dir: its data set.
        scored: for each score the arguments of `rows.run_row` that ask for it, the
            network's own pose on clean keypoints first.
    """

    title: str
    config: Config
    data_dir: str
    scored: Sequence[Mapping[str, object]]


def run_rows(
    workdir,
    study: Study,
    name: str,
    planned: Mapping[str, JobRow],
    seeds: Sequence[int],
    begin: Callable[[], None],
    progress: bool = True,
):
    """Trains and scores what is not done, a seed of all rows before the next one.

    A study that is stopped early has all rows under its first seeds. A row that
    cannot be trained is recorded with the reason, see `rows.run_row`.

    Args:
        workdir: the study's folder.
        study: what the folder must be of.
        name: stands before the printed lines.
        planned: rows by id.
        seeds: of the training runs.
        begin: called once when the folder is held.
        progress: show progress bars.

    Raises:
        UserError: as `scheduling.run`.
    """
    jobs = [{"row": row, "seed": seed} for seed in seeds for row in planned]
    alone = scheduling.role() == "alone"  # Else others do some of them.
    shown = progress_bars.Jobs(name, len(jobs), timed=alone)

    def work(job):
        one = planned[job["row"]]
        place = f"{name} {jobs.index(job) + 1}/{len(jobs)}"
        print(f"{place}: {one.title}, seed {job['seed']}", flush=True)
        config = dataclasses.replace(one.config, seed=job["seed"])
        # All scores in the training's own job: two workers share no run folder.
        with shown.job(jobs.index(job) + 1):
            results = [
                rows.run_row(
                    *(workdir, job["row"], config, one.data_dir, study.split),
                    **variant,
                    progress=progress,
                )
                for variant in one.scored
            ]
        found = dict.fromkeys(map(rows.in_words, results))
        print(f"{place}: {', '.join(found)}", flush=True)
        return results[0]

    rows.grow_memory()
    scheduling.run(workdir, study, oracles.TableOracle(jobs), work, begin)
