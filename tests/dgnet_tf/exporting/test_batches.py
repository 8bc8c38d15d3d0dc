"""One person's poses are the same to the last bit whatever others of a batch hold."""

import numpy as np
import pytest
import tensorflow as tf

from dgnet_tf.exporting import saved_model
from dgnet_tf.lifting import lifter as lifting

SIZE = (1920, 1080)
NAMES = ["serving_default", "coco_17", "stream", "stream_coco_17"]
# What a person may hold: of all joints and frames, or of one.
VALUES = [np.nan, np.inf, -np.inf, 3e38, -1e30, 1e-40, 0.0]


@pytest.fixture(scope="module")
def served(tiny_export):
    return saved_model.load_signatures(tiny_export)[0]


def people(function):
    """Inputs of three people."""
    rng = np.random.default_rng(0)
    shapes = {
        name: [
            3 if axis == 0 else axis or 12 for axis in (0, *spec.shape.as_list()[1:])
        ]
        for name, spec in function.structured_input_signature[1].items()
    }
    inputs = {name: rng.uniform(0.1, 1, shape) for name, shape in shapes.items()}
    inputs["keypoints"] *= 1000
    inputs["image_size"][:] = SIZE
    return {name: value.astype(np.float32) for name, value in inputs.items()}


def lift(function, inputs):
    outputs = function(**{name: tf.constant(value) for name, value in inputs.items()})
    return outputs["positions"].numpy()


@pytest.mark.parametrize("name", NAMES)
def test_others_of_a_batch_may_hold_anything(served, name):
    function = served[name]
    inputs = people(function)
    expected = lift(function, inputs)
    assert np.isfinite(expected).all() and np.ptp(expected) > 0
    cases = [("keypoints", (1, *[slice(None)] * 3), value) for value in VALUES]
    cases += [("keypoints", (1, 2, 5, 0), value) for value in VALUES]
    cases += [("image_size", 1, value) for value in (1.0, 1e6, *VALUES)]
    if "confidence" in inputs:
        cases += [("confidence", 1, value) for value in (0.0, np.nan, np.inf)]
        cases += [("confidence", (1, slice(1, None)), 0.0)]
    for field, place, value in cases:
        changed = {name: array.copy() for name, array in inputs.items()}
        changed[field][place] = value
        found = lift(function, changed)
        message = f"{field}{place} = {value}"
        np.testing.assert_array_equal(found[[0, 2]], expected[[0, 2]], message)


def test_a_stream_gives_everybody_what_they_would_have_alone(tiny_export):
    lifter = lifting.Lifter.load(tiny_export)
    rng = np.random.default_rng(0)
    frames = rng.uniform(100, 1000, (9, 17, 2))
    alone, crowd = (lifter.stream(SIZE, layout="coco_17") for _ in range(2))
    for number, keypoints in enumerate(frames):
        others = {"far": keypoints * 900, "still": frames[0], "comes": keypoints[::-1]}
        others["gone"] = np.full((17, 2), np.nan)
        if number % 3:
            del others["comes"]
        together = crowd.push({"anna": keypoints, **others})
        np.testing.assert_array_equal(together["anna"], alone.push(keypoints))
        assert "gone" not in together


def test_the_lifter_gives_everybody_what_they_would_have_alone(tiny_export):
    lifter = lifting.Lifter.load(tiny_export)
    rng = np.random.default_rng(0)
    keypoints = rng.uniform(100, 1000, (3, 20, 17, 2))
    keypoints[1, 1:] = np.nan  # Seen in one frame.
    keypoints[2, :, 9] *= 900
    options = {"layout": "coco_17", "image_size": SIZE}
    together = lifter.lift(keypoints, **options)[0].positions
    alone = lifter.lift(keypoints[0], **options).positions
    np.testing.assert_array_equal(together, alone)
