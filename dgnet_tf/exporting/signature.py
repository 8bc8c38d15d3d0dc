"""A signature of an exported model: function, description and warm-up request of it.

Refused, with an error that says why: other numbers of joints, coordinates or frames
than a signature has, no frame, and batches of different sizes. A keypoint or an image
size that is none is no error, for in a batch of people it would be everybody's: that
person's positions are what `Tensor.missing` says, and finite or NaN whatever comes in.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from dgnet_tf.keypoints.detections import MAX_PIXEL


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tensor:
    """An input or output of a signature.

    Attributes:
        dtype, unit: of its values.
        shape: its axes; those of any length by name, as in ("B", "frames", 17, 2).
        about: what it holds.
        missing: of an output, what stands where there is no value.
        example: of an input, lengths of its axes -> what a warm-up request holds.
    """

    dtype: str = "float32"
    shape: Sequence[int | str]
    unit: str | None = None
    about: str
    missing: str | None = None
    example: Callable[[Sequence[int]], np.ndarray] | None = None

    def spec(self, name: str) -> tf.TensorSpec:
        """Returns its form in a graph."""
        shape = [None if isinstance(axis, str) else axis for axis in self.shape]
        return tf.TensorSpec(shape, self.dtype, name)

    def describe(self) -> dict:
        """Returns all but the example, ready for JSON."""
        found = {key: value for key, value in vars(self).items() if value is not None}
        found.pop("example", None)
        return found


@dataclasses.dataclass(frozen=True, kw_only=True)
class Signature:
    """One signature; all that an export holds of it follows from here.

    Attributes:
        name: of the signature.
        inputs: by name; among them `keypoints` and `image_size`.
        outputs: by name.
        lift: tensors of the inputs by name -> tensors of the outputs by name.
        joints: names of the keypoints' where they are a detector's.
    """

    name: str
    inputs: dict[str, Tensor]
    outputs: dict[str, Tensor]
    lift: Callable[..., dict]
    joints: Sequence[str] | None = None

    def describe(self) -> dict:
        """Returns what it takes and gives, ready for JSON."""
        found = {
            "inputs": {name: one.describe() for name, one in self.inputs.items()},
            "outputs": {name: one.describe() for name, one in self.outputs.items()},
        }
        return {**found, "joints": self.joints} if self.joints else found

    def request(self, frames: int = 50) -> dict[str, np.ndarray]:
        """Returns inputs of one person; `frames` of them where any number will do."""
        lengths = {"B": 1, "frames": frames}
        return {
            name: one.example([lengths.get(axis, axis) for axis in one.shape])
            for name, one in self.inputs.items()
        }

    def function(self) -> tf.types.experimental.ConcreteFunction:
        """Returns the function that takes and gives it, with the checks above."""
        return self.checked.get_concrete_function()

    @functools.cached_property
    def checked(self) -> tf.function:
        """That function before it is traced, the same for all that call it."""
        specs = [one.spec(name) for name, one in self.inputs.items()]

        @tf.function(input_signature=specs, autograph=False)
        def serve(*given):
            pairs = zip(specs, given, strict=True)
            inputs = {s.name: tf.ensure_shape(one, s.shape) for s, one in pairs}
            claims = _claims(**inputs)
            # Before anything else, which would fail with another, unclear error.
            with tf.control_dependencies([tf.debugging.Assert(*one) for one in claims]):
                inputs = {name: tf.identity(one) for name, one in inputs.items()}
            inputs |= _possible(**inputs)
            found = self.lift(**inputs)
            positions = found["positions"]
            finite = tf.where(tf.math.is_finite(positions), positions, np.nan)
            return {**found, "positions": finite}

        return serve


def _possible(keypoints, image_size, **others):
    """Puts NaN in the place of pixels and image sizes that nobody's can be."""
    # NaN is none, either.
    near = tf.reduce_all(tf.abs(keypoints) <= MAX_PIXEL, axis=-1, keepdims=True)
    real = (image_size >= 1) & (image_size <= MAX_PIXEL)
    real = tf.reduce_all(real, axis=-1, keepdims=True)
    return {
        "keypoints": tf.where(near, keypoints, np.nan),
        "image_size": tf.where(real, image_size, np.nan),
    }


def _claims(keypoints, image_size, confidence=None):
    """What is checked in the graph, for TensorFlow Serving does not look at shapes."""
    shape, sizes = tf.shape(keypoints), tf.shape(image_size)
    frame = "keypoints must have a frame, got shape"
    row = "image_size must have one row for each video of keypoints, got shape"
    one = "confidence must have one value for each of keypoints, got shape"
    yield shape[1] > 0, [frame, shape]
    yield tf.equal(sizes[0], shape[0]), [row, sizes]
    if confidence is not None:
        found = tf.shape(confidence)
        yield tf.reduce_all(tf.equal(found, shape[:3])), [one, found]
