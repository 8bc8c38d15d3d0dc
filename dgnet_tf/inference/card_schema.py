"""What the model card of an export holds; read without TensorFlow."""

from __future__ import annotations

import pathlib
from typing import Literal

import pydantic

from dgnet_tf import skeletons
from dgnet_tf.config import config as configuration
from dgnet_tf.config.fields import FIELDS
from dgnet_tf.files.json_documents import JsonKind
from dgnet_tf.files.schemas import Number, Object, Rate, Schema, Text, whole
from dgnet_tf.models.uncertainty import Calibrated

# In the folder of a SavedModel's version.
PATH = pathlib.Path("assets.extra") / "model_card.json"


class _Card(Schema):
    """The fields that something reads; those with a default are not in older cards."""

    skeleton: Literal[tuple(skeletons.SKELETONS)]
    fps: Rate
    joints: list[Text] = []
    config: configuration.schema("skeleton", "frames", "frame_stride", "fps")
    flip: bool = True
    precision: Literal[FIELDS["precision"].choices] = "float32"
    min_confidence: Number = 0
    stream_frames: whole(1, 10**6) = 1
    signatures: Object = {}
    uncertainty: Calibrated | None = None

    @pydantic.model_validator(mode="after")
    def _agrees(self):
        names = list(skeletons.get(self.skeleton).joints)
        if self.config["skeleton"] != self.skeleton:
            raise ValueError("fields 'skeleton' and 'config.skeleton' differ")
        if self.config["fps"] != self.fps:
            raise ValueError("fields 'fps' and 'config.fps' differ")
        if self.joints and self.joints != names:
            raise ValueError("field 'joints' must be the joints of field 'skeleton'")
        if self.uncertainty is not None:
            self.uncertainty.check_joints(self.skeleton)
        return self


CARD = JsonKind(
    "a model card of this package",
    "Export the run again.",
    schema=_Card,
)
