"""A signature of an exported model: function, description and warm-up request of it.

Refused, with an error that says why: other numbers of joints, coordinates or frames
than a signature has, no frame, batches of different sizes, and image sizes that are not
positive and finite. A keypoint that is NaN is no error, for in a batch of people it
would be everybody's: see `Tensor.missing`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tensor:
    """An input or output of a signature.

    Attributes:
        shape: its axes; those of any length by name, as in ("B", "frames", 17, 2).
        about: what it holds.
        dtype: of its values.
        unit: of its values.
        missing: of an output, what stands where there is no value.
        example: of an input, lengths of its axes -> what a warm-up request holds.
    """

    shape: Sequence[int | str]
    about: str
    dtype: str = "float32"
    unit: str | None = None
    missing: str | None = None
    example: Callable[[Sequence[int]], np.ndarray] | None = None

    def spec(self, name: str) -> tf.TensorSpec:
        """Returns what a function says of it."""
        shape = [None if isinstance(axis, str) else axis for axis in self.shape]
        return tf.TensorSpec(shape, self.dtype, name)

    def describe(self) -> dict:
        """Returns what a model card says of it, ready for JSON."""
        told = {
            name: getattr(self, name)
            for name in ("dtype", "shape", "unit", "about", "missing")
        }
        return {name: value for name, value in told.items() if value is not None}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Signature:
    """One signature; all that an export holds of it follows from here.

    Attributes:
        name: of the signature.
        inputs: by name; among them `keypoints` and `image_size`.
        outputs: by name.
        lift: a `signatures.Network` and the inputs by name -> the outputs by name, as
            tensors.
        joints: names of the keypoints' where they are a detector's.
    """

    name: str
    inputs: dict[str, Tensor]
    outputs: dict[str, Tensor]
    lift: Callable[..., dict]
    joints: Sequence[str] | None = None

    def describe(self) -> dict:
        """Returns what it takes and gives, ready for JSON."""
        told = {
            kind: {name: tensor.describe() for name, tensor in tensors.items()}
            for kind, tensors in (("inputs", self.inputs), ("outputs", self.outputs))
        }
        return {**told, "joints": self.joints} if self.joints else told

    def request(self, frames: int = 50) -> dict[str, np.ndarray]:
        """Returns inputs that it can answer: one person, who crosses the image.

        Args:
            frames: of the video, where the signature takes any number.
        """
        lengths = {"B": 1, "frames": frames}
        return {
            name: tensor.example([lengths.get(axis, axis) for axis in tensor.shape])
            for name, tensor in self.inputs.items()
        }

    def function(self, network) -> tf.types.experimental.ConcreteFunction:
        """Returns the function that takes and gives it, with the checks above."""
        specs = [tensor.spec(name) for name, tensor in self.inputs.items()]

        @tf.function(input_signature=specs, autograph=False)
        def serve(*given):
            inputs = dict(zip(self.inputs, given, strict=True))
            return self.lift(network, **self._checked(inputs))

        return serve.get_concrete_function()

    def _checked(self, inputs):
        """Checks in the graph, for TensorFlow Serving does not look at shapes."""
        inputs = {
            name: tf.ensure_shape(value, self.inputs[name].spec(name).shape)
            for name, value in inputs.items()
        }
        image_size = inputs["image_size"]
        shape, sizes = tf.shape(inputs["keypoints"]), tf.shape(image_size)
        claims = [
            (shape[1] > 0, "keypoints must have a frame, got shape", shape),
            (
                tf.equal(sizes[0], shape[0]),
                "image_size must have one row for each video of keypoints, got shape",
                sizes,
            ),
            (
                tf.reduce_all((image_size > 0) & (image_size < float("inf"))),
                "image_size must be width and height in pixels, positive and finite, "
                "got",
                image_size,
            ),
        ]
        if "confidence" in inputs:
            found = tf.shape(inputs["confidence"])
            same = tf.reduce_all(tf.equal(found, shape[:3]))
            message = "confidence must have one value for each of keypoints, got shape"
            claims.append((same, message, found))
        # Before anything else, which would fail with another, unclear error.
        with tf.control_dependencies(
            [tf.debugging.Assert(claim, [text, got]) for claim, text, got in claims]
        ):
            return {name: tf.identity(value) for name, value in inputs.items()}
