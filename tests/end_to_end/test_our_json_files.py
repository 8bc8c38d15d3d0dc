"""Each JSON document of ours, wrong in any field, is read as it is or refused.

The documents are those that an earlier version wrote, and a search's. Damage of other
kinds, and what is made of documents, is in `fuzzing`.
"""

import copy
import json
import pathlib
import random
import tarfile

import hypothesis
import pytest
from hypothesis import strategies
from support.written_before import write

from dgnet_tf.config import config
from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import report
from dgnet_tf.exporting import model_card
from dgnet_tf.files import origins
from dgnet_tf.jobs import records
from dgnet_tf.models import weight_folders
from dgnet_tf.reproduction import cross_action
from tuning.studies import documents, study

ROW = "study/rows/base-9d6dacb979/seed0"
CARD = "exports/saved_model/1"
# Path in the archive: how it is read, and which of its fields anything may stand in.
READERS = {
    "data/dataset.json": (lambda path: manifest.read(path.parent), {"options"}),
    "runs/dgnet/config.json": (config.read, set()),
    "runs/dgnet/training.json": (origins.TRAINING.read, {"options"}),
    "runs/dgnet/versions.json": (origins.VERSIONS.read, set()),
    "weights/before/preset.json": (
        lambda path: weight_folders.read(path.parent),
        {"options", "history", "seed", "versions"},
    ),
    f"{CARD}/assets.extra/model_card.json": (
        lambda path: model_card.read(path.parents[1]),
        {"root", "units", "axes", "training", "metrics", "licence", "export"}
        | {"versions", "signatures"},
    ),
    "reports/report.json": (
        lambda path: report.read(path, report.SHOWN),
        {"valid_frames", "p_mpjpe_mm", "metric", "intervals_action_mean"}
        | {"metrics_action_mean"},
    ),
    "study/study.json": (lambda path: study.read(path.parent), set()),
    "study/tables/graphs.json": (documents.TABLE.read, {"table"}),
    f"{ROW}/result.json": (documents.RESULT.read, {"row", "split"}),
    "compared/comparison.json": (documents.COMPARISON.read, set()),
    "compared/latency.json": (documents.LATENCY.read, {"versions"}),
    "figure5/job.json": (cross_action._KIND.read, set()),
    "search.json": (documents.SEARCH.read, set()),
    "proposals.json": (documents.PROPOSALS.read, {"0001"}),
    ".lifted/clip.json": (records.RECORD.read, set()),
}
WRITTEN_HERE = {
    "search.json": {"version": 1, "algorithm": "random", "tune": ["blocks"]},
    "proposals.json": {"0001": {"blocks": 3, "learning_rate": 0.01}},
    ".lifted/clip.json": {
        "input": "0" * 64,
        "settings": "f" * 64,
        "results": {"clip.npz": 1234},
    },
}
MANY = hypothesis.settings(
    max_examples=60, derandomize=True, database=None, deadline=None
)
# A value of each kind of JSON, and beyond what any field can be.
OTHERS = (None, True, 3, 2.5, "x", [], {}, [[]], {"x": 1}, "x" * 200_000)
BEYOND = (10**18, -1, -1e308, 1e308, float("nan"), float("inf"), -0.5, "../x", "a\nb")


@pytest.fixture(scope="module")
def contents():
    """Returns {path in the archive: content}."""
    found = copy.deepcopy(WRITTEN_HERE)
    archive = pathlib.Path(write.__file__).with_name("default.tar.xz")
    with tarfile.open(archive) as members:
        for member in members:
            if member.name in READERS:
                found[member.name] = json.load(members.extractfile(member))
    assert found.keys() == READERS.keys()
    return found


def read(name, content, folder):
    """Reads a document; None where it is refused, in one line that names the file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    # As Python writes it, NaN and surrogates too.
    path.write_text(json.dumps(content), encoding="utf-8")
    try:
        return READERS[name][0](path)
    except UserError as error:
        message = str(error)
        assert str(path) in message and "\n" not in message
        assert len(message) < 1200 + len(str(path))
        return None


def leaves(value, path=()):
    """Yields the path to each value that is no list or object."""
    if not isinstance(value, list | dict):
        yield path
        return
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, below in items:
        yield from leaves(below, (*path, key))


def replaced(content, path, value):
    """Returns a copy with another value at a path."""
    content = copy.deepcopy(content)
    node = content
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return content


def kind(value):
    """Returns what JSON calls a value's type; a whole number does for a fraction."""
    return {int: float}.get(type(value), type(value))


@pytest.mark.parametrize("name", READERS)
def test_what_an_earlier_version_wrote_is_read(contents, tmp_path, name):
    assert read(name, contents[name], tmp_path) is not None


@pytest.mark.parametrize("name", READERS)
def test_a_value_of_another_type_is_refused_in_every_field(contents, tmp_path, name):
    free = READERS[name][1]
    found = [p for p in leaves(contents[name]) if not free & set(p)]
    rng = random.Random(0)
    for path in rng.sample(found, min(len(found), 40)):
        value = contents[name]
        for key in path:
            value = value[key]
        # Null stands for what is not known, a number or a command.
        nullable = value is None or kind(value) is float or path[-1] == "command"
        for other in OTHERS:
            if kind(other) is kind(value) and type(value) is not int:
                continue
            if isinstance(other, int) and type(value) is int and other is not True:
                continue
            if nullable and (other is None or value is None):
                continue
            changed = replaced(contents[name], path, other)
            assert read(name, changed, tmp_path) is None, (path, other)


@pytest.mark.parametrize("name", READERS)
def test_whatever_stands_in_a_field_is_read_or_refused(contents, tmp_path, name):
    places = list(leaves(contents[name]))

    @MANY
    @hypothesis.given(
        strategies.sampled_from(places), strategies.sampled_from((*OTHERS, *BEYOND))
    )
    def check(path, value):
        read(name, replaced(contents[name], path, value), tmp_path)

    check()
