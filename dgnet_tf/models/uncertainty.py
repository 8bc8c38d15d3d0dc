"""How far off a trained network's joints are expected to be, in millimetres.

A frame's pose is the mean of several estimates, of overlapping windows and of the
mirrored keypoints. By how much they disagree says how sure the network is; people it
was not trained on say how many millimetres that stands for, see
`evaluation.uncertainties.calibration`. A run keeps what was found in
`uncertainty.json`, trained weights and exported files in the field `uncertainty` of
their description.
"""

from __future__ import annotations

import dataclasses
import pathlib

import numpy as np
import pydantic

from dgnet_tf import skeletons
from dgnet_tf.files import json_documents, provenance
from dgnet_tf.files.schemas import Amount, Object, Schema, Sha256, Text

FILE = "uncertainty.json"
_MM = 1000.0
# Options under which the estimates, and so their disagreement, are the same to what a
# calibration can tell.
_ANY = ("precision",)


class _People(Schema):
    dataset: Text
    split: Text
    subjects: list[Text]


class Calibrated(Schema):
    """What a calibration found; the field `uncertainty` of trained weights."""

    base_mm: list[Amount]
    slope: list[Amount]
    missing_mm: list[Amount]
    half: Amount
    nine_tenths: Amount
    options: Object
    people: _People

    @pydantic.model_validator(mode="after")
    def _has_joints(self):
        joints = {len(self.base_mm), len(self.slope), len(self.missing_mm)}
        if len(joints) > 1:
            raise ValueError("must have 'base_mm', 'slope' and 'missing_mm' of a joint")
        return self

    def check_joints(self, skeleton: str):
        """Raises ValueError unless it is of that skeleton's joints."""
        joints = len(skeletons.get(skeleton).joints)
        if len(self.base_mm) != joints:
            raise ValueError(
                f"field 'uncertainty.base_mm' must have {joints} numbers, as the "
                f"skeleton has joints, got {len(self.base_mm)}"
            )


class _Document(Calibrated):
    model_sha256: Sha256
    command: Text = ""


_KIND = json_documents.JsonKind(
    "a calibrated uncertainty",
    "Write it again with `python -m dgnet_tf.evaluate --calibrate_uncertainty`, or "
    "remove it.",
    schema=_Document,
)


@dataclasses.dataclass(frozen=True)
class Uncertainty:
    """The expected error of joints whose estimates disagree by d millimetres.

    It is sqrt(base² + (slope d)² + missing² (1 - confidence)), of each joint, and grows
    with the disagreement and with what was not seen of the joint.

    Attributes:
        base_mm: (N,) where all estimates agree.
        slope: (N,) millimetres for each of d, where they disagree widely.
        missing_mm: (N,) of a joint whose keypoint was missing.
        half: half of the errors are below the expected one times this.
        nine_tenths: nine out of ten are below the expected one times this.
        options: of inference under which it holds, `InferenceOptions.chosen`.
        people: data set, split and names of the people that it was calibrated on.
    """

    base_mm: list[float]
    slope: list[float]
    missing_mm: list[float]
    half: float
    nine_tenths: float
    options: dict
    people: dict

    @classmethod
    def of(cls, content: dict | None) -> Uncertainty | None:
        """Reads it from a field `uncertainty`, which is checked; None of None."""
        if content is None:
            return None
        return cls(**{one.name: content[one.name] for one in dataclasses.fields(cls)})

    def content(self) -> dict:
        """Returns it as JSON holds it."""
        return dataclasses.asdict(self)

    def holds_for(self, options: dict) -> bool:
        """Whether it holds under these options of inference."""
        return all(
            options.get(name, value) == value
            for name, value in self.options.items()
            if name not in _ANY
        )

    def millimetres(self, disagreement: np.ndarray, confidence=None) -> np.ndarray:
        """Returns the expected errors (F, N), float32.

        Args:
            disagreement: (F, N) metres, see `Engine.lift_measured`.
            confidence: (F, N) of the keypoints, 0 of a missing one; None where all were
                seen.
        """
        squares = np.square(_MM * np.asarray(self.slope) * disagreement)
        squares += np.square(self.base_mm)
        if confidence is not None:
            unseen = 1.0 - np.clip(confidence, 0.0, 1.0)
            squares += unseen * np.square(self.missing_mm)
        return np.sqrt(squares).astype(np.float32)


def of_run(workdir) -> Uncertainty | None:
    """Returns what was calibrated of a finished run; None where nothing was.

    Raises:
        UserError: if the file is damaged, or of other weights than the run's.
    """
    path = pathlib.Path(workdir) / FILE
    content = _KIND.find(path)
    if content is None:
        return None
    if content["model_sha256"] != _digest(workdir):
        raise _KIND.error(path, "it is of other weights than the run's")
    return Uncertainty.of(content)


def keep(workdir, found: Uncertainty) -> pathlib.Path:
    """Writes it into a finished run; returns the path."""
    path = pathlib.Path(workdir) / FILE
    more = {"model_sha256": _digest(workdir), "command": provenance.command()}
    json_documents.write(path, {**found.content(), **more})
    return path


def _digest(workdir) -> str:
    return provenance.sha256(pathlib.Path(workdir) / "model.keras")
