"""Figure 5: train on one group of actions, test on all of them.

A job of training runs, one for each group and network, each in a run folder of its own.
Started again, it skips what is finished and goes on with what was killed.
"""

from __future__ import annotations

import dataclasses
import pathlib
import re
from collections.abc import Callable, Sequence

import tensorflow as tf

from dgnet_tf.command_line import progress as progress_bars
from dgnet_tf.config import action_names
from dgnet_tf.config.config import Config
from dgnet_tf.data import actions, manifest
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import run_reports
from dgnet_tf.files import json_documents, provenance, schemas
from dgnet_tf.models import runs
from dgnet_tf.training import fit, run_folder

JOB = "job.json"


class _Job(schemas.Schema):
    data_sha256: schemas.Sha256


_KIND = json_documents.JsonKind(
    "a job's description",
    "Name another --output.",
    schema=_Job,
)


@dataclasses.dataclass(frozen=True)
class Group:
    """Actions that are trained on together, and what they are called."""

    name: str
    actions: tuple[str, ...]

    @property
    def folder(self) -> str:
        """Name of its runs' folders."""
        return re.sub(r"\W+", "_", self.name).strip("_")[:60] or "group"


@dataclasses.dataclass(frozen=True)
class Result:
    """One training's test."""

    group: Group
    architecture: str
    workdir: pathlib.Path
    frames: int  # that were trained on, each once
    report: dict  # on all actions


def parse_groups(text: str, known: Sequence[str]) -> tuple[Group, ...]:
    """Takes "walk,slow walk; running=run" apart; "" is a group for each action.

    Groups are separated by semicolons, their actions by commas; a name before "=" is
    what tables and folders call the group, by default its actions. What stands in
    double quotes is not taken apart. `known` are the actions that there are.

    Raises:
        UserError: on an empty group, an unknown action, or two groups of one name.
    """
    if not text.strip():
        groups = [Group(name, (name,)) for name in sorted(known)]
    else:
        groups = []
        # At the semicolons that an even number of quotes follows.
        for part in re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', text):
            name, is_named, names = part.partition("=")
            if not is_named or '"' in name:
                name, names = "", part
            members = action_names.parse(names)
            if not members:
                raise UserError(f"--groups={text}: a group is empty: {part.strip()!r}.")
            groups.append(Group(name.strip() or " + ".join(members), members))
    for group in groups:
        for name in group.actions:
            if name not in known:
                raise UserError(
                    f"--groups: no action {name!r} to train on. There are: "
                    f"{action_names.join(known)}. Names that have a comma stand in "
                    "double quotes."
                )
    folders = [group.folder.lower() for group in groups]
    for group in groups:
        if folders.count(group.folder.lower()) > 1:
            raise UserError(
                f"--groups: two groups are called {group.name!r}, or nearly so. Name "
                "them: --groups='first=walk;second=run'."
            )
    return tuple(groups)


def run(
    config: Config,
    data_dir,
    folder,
    *,
    groups: str = "",
    architectures: Sequence[str] = ("dgnet", "baseline"),
    split: str = "test",
    flip: bool = True,
    progress: bool = True,
    finished=lambda results: None,
    configure: Callable[[str], Config] | None = None,
) -> list[Result]:
    """Trains and tests every group with every architecture, in this order.

    Args:
        config: of each training, but for `actions` and `architecture`.
        data_dir: converted data set.
        folder: of the job; the runs are `runs/<architecture>/<group>`.
        groups: see `parse_groups`.
        architectures: names of networks, see `config_field.ARCHITECTURES`.
        split: to test on, with the mirrored estimate if `flip`.
        flip, progress: see above; show progress bars.
        finished: called with all results so far after each test.
        configure: gives an architecture's configuration, for those whose sizes are
            not the others'; by default `config` for all.

    Raises:
        UserError: if groups or data do not fit, or the folder holds a job on other
            data.
    """
    if config.actions:
        raise UserError("--actions: is set for each group; use --groups.")
    folder, data = pathlib.Path(folder), manifest.read(data_dir)
    counted = actions.count(data_dir, data, "train")
    chosen = parse_groups(groups, list(counted))
    manifest.shard_paths(data_dir, data, split, verify=False)
    _start(folder, data_dir)
    results, jobs = [], progress_bars.Jobs("training", len(chosen) * len(architectures))
    for group in chosen:
        for architecture in architectures:
            workdir = folder / "runs" / architecture / group.folder
            own = dataclasses.replace(
                configure(architecture) if configure else config,
                architecture=architecture,
                actions=action_names.join(group.actions),
            )
            frames = sum(counted[name] for name in group.actions)
            with jobs.job():
                train_or_skip(own, data_dir, workdir, progress)
                report = run_reports.find_or_make(
                    workdir, data_dir, split, flip=flip, seed=config.seed
                )
            results.append(Result(group, architecture, workdir, frames, report))
            finished(results)
    return results


def train_or_skip(config: Config, data_dir, workdir, progress: bool = True):
    """Trains, unless the folder holds the finished run.

    Raises:
        UserError: if it holds a run of another configuration, and as
            `training.train`.
    """
    data = manifest.read(data_dir)
    filled = dataclasses.replace(config, skeleton=data.skeleton, fps=data.fps)
    run_folder.check(workdir, filled)
    if (pathlib.Path(workdir) / runs.MODEL).is_file():
        return
    print(f"Training {workdir}", flush=True)
    try:
        fit.train(config, data_dir, workdir, progress=progress)
    finally:
        # Else every network of the job stays in memory.
        tf.keras.backend.clear_session()


def _start(folder, data_dir):
    """Writes down what the job's runs are trained on, or compares it."""
    digest = provenance.sha256(pathlib.Path(data_dir) / manifest.FILE_NAME)
    path = folder / JOB
    if not path.is_file():
        json_documents.write(path, {"data_sha256": digest})
    elif _KIND.read(path)["data_sha256"] != digest:
        raise UserError(
            f"{folder}: holds runs trained on other data than {data_dir}. Name another "
            "--output."
        )
