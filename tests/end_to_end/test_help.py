"""The help of every command: each flag says what it means."""

import importlib
import pathlib
import re

import pytest

from dgnet_tf.data import manifest

ROOT = pathlib.Path(__file__).parents[2]
COMMANDS = sorted(
    f"{package}.{path.stem}"
    for package in ("benchmarks", "dgnet_tf", "preprocessing", "serving", "tuning")
    for path in (ROOT / package).glob("[!_]*.py")
    if "command_line.run(" in path.read_text(encoding="utf-8")
)
# Words that carry no meaning of their own.
SMALL = {"a", "an", "the", "of", "its", "to", "and", "or", "in", "for"}


def meaning(flag) -> str:
    """The text that a command gives, without what absl adds to it."""
    text = re.sub(r"^<[^>]*>: ", "", flag.help)
    return text.removesuffix(";\n    repeat this option to specify a list of values")


def words(text) -> set[str]:
    """The words that mean something, in the singular."""
    found = re.findall(r"[a-z0-9]+", text.lower().replace("_", " "))
    return {word.rstrip("s") for word in found} - SMALL


def complaint(name, text) -> str:
    """Returns what a flag's help text lacks; "" for nothing."""
    if not text.endswith("."):
        return f"--{name} does not end with a full stop: {text!r}"
    if len(words(text) - words(name)) < 2:
        return f"--{name} says no more than its name: {text!r}"
    return ""


def test_the_commands_are_found():
    assert {"dgnet_tf.train", "preprocessing.convert", "tuning.search"} < set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_flag_has_a_meaning(command):
    values = importlib.import_module(command).FLAGS
    found = [complaint(name, meaning(values[name])) for name in values]
    assert not any(found), "\n".join(filter(None, found))


def test_splits_are_those_of_data_sets():
    found = [
        importlib.import_module(command).FLAGS["split"].parser.enum_values
        for command in ("dgnet_tf.evaluate", "dgnet_tf.paper", "tuning.compare")
    ]
    assert found == [list(manifest.SPLITS)] * 3


@pytest.mark.parametrize(
    "name, text",
    [
        ("split", "Split."),
        ("version", "Of the weights."),
        ("data", "Folder of a data set"),
        ("workdir", ""),
        ("units", "The units of it."),
    ],
)
def test_texts_without_a_meaning_are_told(name, text):
    assert complaint(name, text)
