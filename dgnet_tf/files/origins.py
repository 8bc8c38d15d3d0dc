"""`training.json` and `versions.json` of a run: what it was trained on, and by what."""

from __future__ import annotations

from dgnet_tf.files.json_documents import JsonKind
from dgnet_tf.files.schemas import Amount, Count, Object, Rate, Schema, Text

Versions = dict[Text, Text]


class _Split(Schema):
    sequences: Count
    frames: Count
    seconds: Amount
    subjects: list[Text]


class _Data(Schema):
    """What `manifest.summary` gives."""

    dataset: Text
    skeleton: Text
    fps: Rate
    options: Object
    sources: dict[Text, Text]
    splits: dict[Text, _Split]
    licence: Text = ""


class _Weights(Schema):
    """What `fine_tuning.origin` gives."""

    name: Text
    version: Count
    sha256: Text
    licence: list[Text]


class Training(Schema):
    """The fields of `training.json`; those of a preset's `training` are among them."""

    command: Text | None = None
    data: _Data | None = None
    weights: _Weights | None = None


_ADVICE = "Take it from the run's own folder, or remove it."
TRAINING = JsonKind("what a training wrote", _ADVICE, schema=Training)
VERSIONS = JsonKind("what a training wrote", _ADVICE, schema=Versions)
