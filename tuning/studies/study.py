"""The study folder: its settings, locks and the files of each row.

    study.json                          base configuration, data, scored split
    lock                                while a process runs the study, see `locks`
    tables/<table>.json                 rows asked for, by id
    rows/<row-id>/seed<k>/run/          run folder of `dgnet_tf.training.train`
    rows/<row-id>/seed<k>/evaluation/   report.json and report.md
    rows/<row-id>/seed<k>/result.json   written last: where it is, the row is done
    rows/<row-id>/seed<k>/result-<variant>.json   the same training scored otherwise:
                                        another estimate, or noise on the keypoints
    rows/<row-id>/seed<k>/evaluation-noise<n>px/   its report under noise; with a
                                        correlation -noise<n>px_correlation<c>
    comparison.json                     networks that a comparison asked for
    latency.json                        their latencies, measured side by side
    search.json                         a search's algorithm and fields
    proposals.json                      what a search's oracle asked for
    keras_tuner/                        keras-tuner's own state; rebuilt at each start
    logs/                               output of `--gpus`' processes

A row's id is a readable part and a digest of its configuration, without the seed, and
its data. Rows of several tables with one configuration are one row.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import pathlib
import re

from dgnet_tf.config import config as configuration
from dgnet_tf.config.config import Config
from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError, shortened
from dgnet_tf.evaluation.balance import XYZ
from dgnet_tf.files import json_documents, locks
from tuning.studies import documents
from tuning.studies.noise import NONE, Noise

STUDY, TABLES, ROWS = "study.json", "tables", "rows"


@dataclasses.dataclass(frozen=True)
class Study:
    """What all rows of a study folder share.

    Attributes:
        base: configuration that rows change; its seed is the first one.
        data: digest of the data set.
        dataset: its name.
        split: split that is scored.
    """

    base: Config
    data: str
    dataset: str
    split: str


def data_digest(data: manifest.Manifest) -> str:
    """Returns the digest of a data set's manifest, which has those of its files."""
    return hashlib.sha256(manifest.dumps(data).encode()).hexdigest()


def row_id(study: Study, config: Config, data: str) -> str:
    """Names a row: fields that differ from the study's base, and a digest.

    Args:
        study: the study.
        config: of the row; its seed does not count.
        data: digest of the row's data set.
    """
    base, fields = (dataclasses.asdict(c) for c in (study.base, config))
    changed = [
        f"{name}-{value if value != '' else 'none'}"
        for name, value in fields.items()
        if name != "seed" and value != base[name]
    ]
    # Only what is not a default, so that a field added later changes no id.
    defaults = dataclasses.asdict(Config())
    told = {
        name: value
        for name, value in fields.items()
        if name != "seed" and value != defaults[name]
    }
    text = json.dumps({"config": told, "data": data}, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:10]
    slug = re.sub(r"[^a-z0-9._-]+", "_", "-".join(changed).lower())[:80]
    return f"{slug or 'base'}-{digest}"


def seed_folder(folder, row: str, seed: int) -> pathlib.Path:
    """Returns the folder of a row's training with one seed."""
    return pathlib.Path(folder) / ROWS / row / f"seed{seed}"


def result_path(
    folder, row: str, seed: int, estimate: str = XYZ, noise: Noise = NONE
) -> pathlib.Path:
    """Returns the path of a row's result with one seed."""
    variant = "" if estimate == XYZ else f"-{estimate}"
    name = f"result{variant}{_noise(noise)}.json"
    return seed_folder(folder, row, seed) / name


def evaluation_folder(folder, row: str, seed: int, noise: Noise = NONE) -> pathlib.Path:
    """Returns the folder of a row's evaluation with one seed."""
    return seed_folder(folder, row, seed) / f"evaluation{_noise(noise)}"


def _noise(noise):
    return f"-noise{noise.name}" if noise else ""


def read_result(
    folder, row: str, seed: int, estimate: str = XYZ, noise: Noise = NONE
) -> dict | None:
    """Returns a row's result with one seed; None if it is not done."""
    found = documents.RESULT.find(result_path(folder, row, seed, estimate, noise))
    if found is not None:
        found["config"] = configuration.completed(found["config"])
    return found


def start(folder, study: Study):
    """Makes a study folder, or checks that it is of the same study.

    Raises:
        UserError: if the folder is of another study; the message names what differs.
    """
    path = pathlib.Path(folder) / STUDY
    if not path.is_file():
        content = {"version": documents.VERSION, **dataclasses.asdict(study)}
        json_documents.write(path, content)
        return
    there, asked = dataclasses.asdict(read(folder)), dataclasses.asdict(study)
    pairs = [(name, there[name], asked[name]) for name in ("dataset", "data", "split")]
    pairs += [
        (name, there["base"][name], asked["base"][name]) for name in asked["base"]
    ]
    changed = [
        f"{name} was {shortened(a)}, is {shortened(b)}"
        for name, a, b in pairs
        if a != b
    ]
    if changed:
        raise UserError(
            f"{folder}: holds another study ({'; '.join(changed)}). Give the flags "
            "that it was started with, or name another --workdir."
        )


def read(folder) -> Study:
    """Reads a study folder's `study.json`.

    Raises:
        UserError: if it is missing or not one.
    """
    path = pathlib.Path(folder) / STUDY
    content = documents.STUDY.read(path)
    del content["version"]
    with documents.STUDY.building(path):
        return Study(base=configuration.make("paper", **content.pop("base")), **content)


def locked(folder):
    """Holds the study folder for one process; the lock goes with the process.

    Raises:
        Held: if another process holds it.
    """
    busy = (
        f"{folder}: {{holder}} runs a study there. Wait for it, or name another "
        "--workdir."
    )
    return locks.holding(folder, busy)
