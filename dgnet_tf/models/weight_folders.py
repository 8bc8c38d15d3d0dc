"""Folders of trained weights: finding, reading and checking them.

Such a folder holds `model.weights.h5`, as `keras.Model.save_weights` writes it,
`preset.json`, which has all that is known of it, and `model_card.md` for people;
`lifter.tflite`, where TensorFlow Lite can hold the network, lifts without TensorFlow.
docs/weights.md explains the fields.
"""

from __future__ import annotations

import pathlib
import re

import pydantic
from pydantic import Field

from dgnet_tf.config import config as configuration
from dgnet_tf.errors import UserError, shortened
from dgnet_tf.files import listing, origins, provenance
from dgnet_tf.files.json_documents import JsonKind
from dgnet_tf.files.schemas import (
    Amount,
    Count,
    Number,
    Object,
    Scalar,
    Schema,
    Sha256,
    Text,
    text,
)
from dgnet_tf.models import network_arguments
from dgnet_tf.models.uncertainty import Calibrated

# The folders that the package ships, one of each name.
FOLDER = pathlib.Path(__file__).parents[1] / "presets"
FILE, WEIGHTS, CARD = "preset.json", "model.weights.h5", "model_card.md"
ENGINE = "lifter.tflite"
FORMAT = 1
DEFAULT = "mocap_human36m_17"  # What lifts where no model is named.
MAX_BYTES = 12_000_000  # Of a shipped `model.weights.h5`.

_NAME = re.compile(r"[a-z0-9][a-z0-9_]*")


class _File(Schema):
    bytes: Count
    sha256: Sha256


class _Weights(_File):
    dtype: Text = ""
    parameters: Count = 0


class _Network(Schema):
    name: Text = Field(alias="class")
    arguments: dict[Text, Scalar]  # Keras revives objects.


class _Score(Schema):
    """What `weight_scores.collect` gives."""

    dataset: Text
    split: Text
    subjects: list[Text] = []
    frames: Count | None = None
    views: Count | None = None
    options: Object = {}
    actions: list[Text] | None = None
    metrics: dict[Text, Amount] = {}
    mpjpe_mm_interval: tuple[Amount | None, Amount | None] = (None, None)
    mean_pose_mpjpe_mm: Amount | None = None


class _Document(Schema):
    """The fields of `preset.json`; those with a default are not in older ones."""

    name: text(_NAME.pattern, "lower-case letters, digits and underscores")
    version: Count
    config: configuration.schema()
    weights: _Weights
    training: origins.Training
    scores: list[_Score]
    licence: list[Text]
    limits: list[Text]
    package: Text = ""
    network: _Network = None
    engine: _File = None
    acknowledgement: Text | None = None
    probe: list[tuple[Number, Number, Number]] = []
    uncertainty: Calibrated | None = None

    @pydantic.model_validator(mode="after")
    def _agrees(self):
        if self.uncertainty is not None and "skeleton" in self.config:
            self.uncertainty.check_joints(self.config["skeleton"])
        return self


def names() -> list[str]:
    """Returns the names of the weights that this installation ships."""
    return [path.parent.name for path in listing.found(FOLDER, f"*/{FILE}")]


def known() -> str:
    """Returns those names for a message."""
    return f"This installation ships {', '.join(names()) or 'no weights'}"


def is_name(text: str) -> bool:
    """Whether a text can name weights: lower-case letters, digits, underscores."""
    return bool(_NAME.fullmatch(text))


def exists(weights) -> bool:
    """Whether `weights` is a shipped name or a folder of trained weights."""
    return str(weights) in names() or (pathlib.Path(weights) / FILE).is_file()


def find(weights) -> pathlib.Path:
    """Returns the folder of a shipped name, or of a path; `./NAME` is the folder.

    Raises:
        UserError: if it is neither.
    """
    if str(weights) in names():
        return FOLDER / str(weights)
    folder = pathlib.Path(weights)
    if (folder / FILE).is_file():
        return folder
    raise UserError(
        f"{weights}: is neither the name of shipped weights nor a folder with "
        f"{FILE}. {known()}; `python -m dgnet_tf.save_preset` makes such folders."
    )


def check_free(folder: pathlib.Path, overwrite: bool):
    """Raises UserError where weights, without `overwrite`, or other files are there."""
    if not folder.exists():
        return
    if not (folder / FILE).is_file():
        raise UserError(
            f"{folder}: is there and holds no {FILE}; it is not replaced. Choose "
            "another folder."
        )
    if not overwrite:
        raise UserError(
            f"{folder}: exists already. Choose another name, or replace it with "
            "--overwrite=true, in Python `overwrite=True`."
        )


def default() -> str:
    """Returns `DEFAULT`, or raises UserError where it is not shipped."""
    if DEFAULT not in names():
        raise UserError(
            f"No model is named, and the weights {DEFAULT} that would lift then are "
            "not in this installation. Name an exported model, a run or weights "
            f"with --model. {known()}."
        )
    return DEFAULT


def read(folder) -> dict:
    """Reads `preset.json`; UserError if missing, damaged or of another format."""
    path = pathlib.Path(folder) / FILE
    kind = JsonKind(
        "a description of trained weights",
        _again(path),
        "Name a folder made by `python -m dgnet_tf.save_preset`.",
        _Document,
        ("format", FORMAT),
    )
    content = kind.read(path)
    derived = network(content["config"])
    found = content.setdefault("network", derived)
    with kind.building(path):
        _check_agreement(content["config"], derived, found)
    if (weights := path.with_name(WEIGHTS)).is_file():
        for sizes in (content["config"], found["arguments"]):
            check_size(weights, sizes.get("blocks"), sizes.get("channels"))
    return content


def check_size(path, blocks, channels):
    """Refuses a file of weights that is far too small for its network.

    It is asked before the network is built, which takes the memory that its sizes say.
    Each block has more than one matrix of channels by channels.

    Raises:
        UserError: if it has not a byte for each number of such a matrix.
    """
    sizes = [size for size in (blocks, channels) if type(size) is int]
    if len(sizes) == 2 and (least := blocks * channels**2) > path.stat().st_size:
        raise UserError(
            f"{path}: has {path.stat().st_size} bytes, but a network of {blocks} "
            f"blocks of {channels} channels has more than {least} numbers. The files "
            "do not belong together; copy them again."
        )


def _check_agreement(config, derived, found):
    """Raises ValueError where `network` is not what a field of `config` asks for."""
    pairs = {"class": (derived["class"], found["class"])}
    if "architecture" not in config:
        del pairs["class"]
    for name in config.keys() & found["arguments"].keys():
        wanted = derived["arguments"].get(name)
        pairs[f"arguments.{name}"] = wanted, found["arguments"][name]
    for name, (wanted, value) in sorted(pairs.items()):
        if wanted != value:
            raise ValueError(
                f"field 'network.{name}' must be {shortened(wanted)}, as field "
                f"'config' asks for, got {shortened(value)}"
            )


def network(config: dict) -> dict:
    """Returns the field `network`: class and arguments of a configuration's network."""
    found = network_arguments.derive(config)
    found["arguments"]["dtype"] = config.get("precision", "float32")
    return found


def weights_file(folder) -> pathlib.Path:
    """Returns the path of a folder's weights, compared with its `preset.json`.

    Raises:
        UserError: if the file is missing, or is not the one that was written.
    """
    return _compared(pathlib.Path(folder) / WEIGHTS, read(folder)["weights"])


def engine_file(folder) -> pathlib.Path | None:
    """Returns the path of a folder's `lifter.tflite`, compared with `preset.json`.

    None where the folder has none.

    Raises:
        UserError: if the file is missing, or is not the one that was written.
    """
    written = read(folder).get("engine")
    return written and _compared(pathlib.Path(folder) / ENGINE, written)


def _compared(path, written) -> pathlib.Path:
    if not path.is_file():
        raise UserError(f"{path}: not found. {_again(path)}")
    found = {"bytes": path.stat().st_size, "sha256": provenance.sha256(path)}
    for name, value in found.items():
        if written[name] != value:
            raise UserError(
                f"{path}: has {name} {value} where {FILE} says {written[name]}; it is "
                f"damaged or was replaced. {_again(path)}"
            )
    return path


def is_shipped(path) -> bool:
    """Whether a folder or file of weights is the package's own."""
    return pathlib.Path(path).is_relative_to(FOLDER)


def _again(path) -> str:
    if is_shipped(path):
        return "Install the package again."
    return "Copy the folder again, or write it again with save_preset."
