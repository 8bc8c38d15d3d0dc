"""What `report.json` holds; reports of old versions lack what has a default."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import pydantic

from dgnet_tf.config import config as configuration
from dgnet_tf.evaluation import balance, root_scores, scoring
from dgnet_tf.files.origins import Versions
from dgnet_tf.files.schemas import (
    Amount,
    Count,
    Name,
    Object,
    Rate,
    Schema,
    Seed,
    Text,
    number,
)
from dgnet_tf.inference import options


def _has_mpjpe(means):
    if means.get("mpjpe_mm") is None:
        raise ValueError("has no 'mpjpe_mm'")
    return means


Means = dict[Text, Amount | None]  # {metric: mean}; None where there is nothing.
Scores = Annotated[Means, pydantic.AfterValidator(_has_mpjpe)]
_Groups = dict[Text, Scores]


class Interval(Schema):
    """A 95 % bootstrap interval."""

    low: Amount
    high: Amount
    videos: Count
    resamples: Count = 0


_Intervals = dict[Text, Interval | None]


class _Estimate(Schema):
    consumes: Text = ""
    metrics: Scores
    intervals: _Intervals = {}


class _HumanEva(Schema):
    cells: dict[Text, Means]
    average: Amount | None


class _MpiInf3dhp(Schema):
    per_sequence: dict[Text, Means]
    per_setting: dict[Text, Means]
    all: Means


class _Protocols(Schema):
    humaneva: _HumanEva = None
    mpi_inf_3dhp: _MpiInf3dhp = None


class _Ids(Schema):
    subject: Text
    action: Text
    take: Text


class _Video(_Ids):
    """A row of `scoring.videos`."""

    cameras: list[Text]
    frames: Count
    steps: Count = 0
    triples: Count = 0
    sums: Scores

    @pydantic.model_validator(mode="after")
    def _are_counted(self):
        for metric in self.sums:
            counted = scoring.COUNTED_BY.get(metric)
            if counted and counted not in self.model_fields_set:
                raise ValueError(f"has no field {counted!r}")
        return self


class _WorstClip(_Ids):
    camera: Text
    first_frame: Count
    frames: Count
    mpjpe_mm: Amount


class _WorstJoint(Schema):
    joint: Text
    mpjpe_mm: Amount


def _has_sizes(model):
    for name in ("parameters", "multiply_adds_per_frame"):
        value = model.get(name)
        if value is not None and (type(value) is not int or value < 0):
            raise ValueError(f"field {name!r} must be a whole number from 0 on")
    return model


class _RootMeans(Schema):
    skate_mm: Amount | None
    root_mm: Amount | None
    drift_mm: Amount | None


class _RootCamera(Schema):
    floors: Count
    frame: _RootMeans
    floor: _RootMeans


class _Root(Schema):
    views: Count
    true_skate_mm: Amount | None
    cameras: dict[Literal[root_scores.CAMERAS], _RootCamera]


class _Sureness(Schema):
    """A row of `uncertainties.scores.of`."""

    frames: Count = 0
    mean_error_mm: Amount
    mean_expected_mm: Amount
    below_half: number(0, 1)
    below_nine_tenths: number(0, 1)
    rank_correlation: number(-1, 1)
    rank_correlation_by_joint: number(-1, 1) = 0
    missing: _Sureness | None = None


class _Uncertainty(_Sureness):
    half: Amount
    nine_tenths: Amount
    people: Object = {}
    trials: dict[Text, _Sureness] | None = None


class _Options(Schema):
    noise_px: Amount = 0
    noise_correlation: number(0, 0.99) = 0
    seed: Seed = 0
    actions: list[Text] | None = None
    balanced: bool = False
    scored: Text = ""
    skeleton: Text = ""
    joints: Count = 0
    root_counted: bool = True
    joints_14: list[Text] | None = None
    fps: Rate = 1
    model: Annotated[configuration.schema(), pydantic.AfterValidator(_has_sizes)] = {}
    versions: Versions = {}
    data_sha256: Text = ""
    model_sha256: Text = ""
    frames_without_fitted_root: Count = 0

    @pydantic.model_validator(mode="before")
    @classmethod
    def _are_of_inference(cls, content):
        for name, option in options.OPTIONS.items():
            if isinstance(content, dict) and content.get(name) is not None:
                option["known"].check(content[name])
        return content


class Report(Schema):
    """The fields of `report.json`."""

    dataset: Name
    split: Name
    frames: Count = 0
    views: Count = 0
    metrics: Scores
    metrics_action_mean: Scores = {}
    intervals: _Intervals = {}
    intervals_action_mean: _Intervals = {}
    baselines: dict[Text, Scores] = {}
    estimates: dict[Literal[tuple(balance.CONSUMES)], _Estimate] = {}
    protocols: _Protocols = {}
    per_action: _Groups = {}
    per_subject: _Groups = {}
    per_camera: _Groups = {}
    per_joint: _Groups = {}
    per_subject_action: dict[Text, _Groups] = {}
    per_sequence: list[_Video] = []
    counted_by: dict[Text, Literal["frames", "steps", "triples"]] = {}
    root: _Root = None
    uncertainty: _Uncertainty = None
    worst_joints: list[_WorstJoint] = []
    worst_clips: list[_WorstClip] = []
    options: _Options

    @pydantic.model_validator(mode="after")
    def _agrees(self):
        """Raises ValueError where the videos' rows are not those of the means."""
        rows = self.per_sequence
        ids = {(row.subject, row.action, row.take) for row in rows}
        if len(ids) < len(rows):
            raise ValueError("field 'per_sequence' has a video twice")
        for metric, mean in self.metrics.items() if rows else ():
            sums = [row.sums.get(metric) for row in rows]
            counted = scoring.COUNTED_BY.get(metric)  # None of a later version's.
            if mean is None or None in sums or counted is None:
                continue
            count = sum(getattr(row, counted) for row in rows)
            if not math.isclose(sum(sums), mean * count, rel_tol=1e-6):
                raise ValueError(
                    f"field 'metrics.{metric}' must be the mean of 'per_sequence'"
                )
        return self
