"""The JSON files of a study's folder, see `study`: what each of them holds."""

from __future__ import annotations

import functools
from typing import Annotated, Literal

import pydantic
from pydantic import Field

from dgnet_tf.config import config as configuration
from dgnet_tf.evaluation import balance
from dgnet_tf.evaluation.report_schema import Interval, Scores
from dgnet_tf.files.json_documents import JsonKind
from dgnet_tf.files.origins import Versions
from dgnet_tf.files.schemas import (
    Amount,
    Count,
    Json,
    Name,
    Number,
    Schema,
    Seed,
    Text,
    number,
    text,
    whole,
)

VERSION = 1
# Part of a path; empty for a row that cannot run.
_Row = text(r"(?!\.)[^/\\\x00-\x1f]{0,200}", "the id of a row")
_Config = configuration.schema()
_Seeds = Annotated[list[Seed], Field(min_length=1)]


class _Versioned(Schema):
    version: whole(VERSION, VERSION) = VERSION


class _Study(_Versioned):
    base: _Config
    data: Text
    dataset: Name
    split: Name


class _Result(_Versioned):
    """What `rows.run_row` writes."""

    status: Literal["finished", "failed"]
    reason: Text
    seed: Seed
    config: _Config
    estimate: Literal[tuple(balance.CONSUMES)] = balance.XYZ
    noise_px: Amount = 0
    noise_correlation: Amount = 0
    parameters: Count = 0
    frames: Count = 0
    metrics: Scores = {}
    interval: Interval | None = None
    mean_pose: Scores | None = None
    versions: Versions = {}
    seconds: Amount | None = None

    @pydantic.model_validator(mode="after")
    def _is_whole(self):
        if (self.status == "failed") != bool(self.reason):
            raise ValueError("fields 'status' and 'reason' contradict each other")
        for name in ("parameters", "metrics", "mean_pose", "seconds"):
            if self.status == "finished" and name not in self.model_fields_set:
                raise ValueError(f"has no field {name!r}")
        return self


class _TableRow(Schema):
    title: Text
    id: _Row
    absent: Text


class _Table(_Versioned):
    seeds: _Seeds
    rows: list[_TableRow]


class _Network(Schema):
    name: Text
    title: Text
    id: Name
    frames_seen: Count
    config: _Config


class _Comparison(_Versioned):
    seeds: _Seeds
    noises_px: Annotated[list[Amount], Field(min_length=1)]
    noise_correlations: list[number(0, 1)] = []  # None: all noise is white.
    networks: Annotated[list[_Network], Field(min_length=1)]

    @pydantic.model_validator(mode="after")
    def _fit(self):
        if len(self.noise_correlations) not in (0, len(self.noises_px)):
            raise ValueError(
                "fields 'noises_px' and 'noise_correlations' must be as long as each "
                "other"
            )
        return self


class _Latency(_Versioned):
    calls: Count
    load_average: Amount
    cores: Count
    device: Text
    networks: dict[Text, dict[Text, Number]]


class _Search(_Versioned):
    algorithm: Text
    tune: list[Text]


_Number = text(r"\d{1,9}", "the number of a trial")
_AGAIN = "Remove it, and give the study's command again."
_record = functools.partial(JsonKind, "what a study wrote", _AGAIN)

STUDY = JsonKind(
    "a study",
    "Name the folder of a study made by `python -m tuning.run_ablations`, "
    "`tuning.search` or `tuning.compare`.",
    schema=_Study,
    version=("version", VERSION),
)
RESULT, TABLE, COMPARISON, LATENCY, SEARCH = (
    _record(schema=one) for one in (_Result, _Table, _Comparison, _Latency, _Search)
)
PROPOSALS = _record(schema=dict[_Number, dict[Text, Json]])
