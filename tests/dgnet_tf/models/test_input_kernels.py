"""Trained weights in networks that take other inputs, or windows of other lengths."""

import numpy as np
import pytest
import tensorflow as tf
from support.models import weight_stand_ins as stand_ins

from dgnet_tf.models import input_kernels


def window(frames, size):
    """Keypoints (2, T, 17, 2) of people of that size, at places of their own."""
    rng = np.random.default_rng(3)
    offsets = rng.normal(size=(2, frames, 17, 2))
    offsets -= offsets.mean((1, 2), keepdims=True)
    r = np.sqrt((offsets**2).sum(-1, keepdims=True).mean((1, 2), keepdims=True))
    place = np.array([[0.3, -0.2], [-0.5, 0.1]])[:, None, None]
    return (place + size * offsets / r).astype(np.float32)


def pose(network, keypoints, confidence=1.0):
    channels = [keypoints]
    if network.get_config()["inputs"] == "xyc":
        channels.append(np.full_like(keypoints[..., :1], confidence))
    inputs = tf.constant(np.concatenate(channels, axis=-1))
    return network(inputs, training=False)["pose"].numpy()


@pytest.mark.parametrize("inputs", ["xy", "xyc"])
@pytest.mark.parametrize("input_frame", ["screen", "person_and_place"])
def test_an_adapted_network_lifts_people_of_the_usual_size_as_before(
    inputs, input_frame
):
    source = stand_ins.run(frames=4).model
    target = stand_ins.run(1, frames=8, inputs=inputs, input_frame=input_frame).model
    keypoints = window(8, size=0.19588)
    # In windows of 8 frames, too: no weight knows how many there are.
    same = stand_ins.run(2, frames=8).model
    input_kernels.adapt(source, same)
    expected = pose(same, keypoints)
    assert np.abs(pose(target, keypoints) - expected).max() > 1e-3
    input_kernels.adapt(source, target)
    np.testing.assert_allclose(pose(target, keypoints), expected, atol=1e-5)
    # Of another size only a network of screen coordinates takes the scale as it was.
    larger = window(8, size=0.4)
    difference = np.abs(pose(target, larger) - pose(same, larger)).max()
    assert (difference < 1e-5) == (input_frame == "screen")


def test_a_confidence_that_was_there_keeps_its_effect():
    source = stand_ins.run(frames=4, inputs="xyc").model
    target = stand_ins.run(
        1, frames=4, inputs="xyc", input_frame="person_and_place"
    ).model
    input_kernels.adapt(source, target)
    keypoints = window(4, size=0.19588)
    expected = pose(source, keypoints, confidence=0.2)
    np.testing.assert_allclose(
        pose(target, keypoints, confidence=0.2), expected, atol=1e-5
    )
    assert np.abs(expected - pose(source, keypoints)).max() > 1e-4


@pytest.mark.parametrize(
    ("wanted", "brought", "fits"),
    [
        (("xy", "screen"), ("xy", "screen"), True),
        (("xyc", "person_and_place"), ("xy", "screen"), True),
        (("xyc", "person"), ("xy", "person"), True),
        (("xy", "person"), ("xy", "screen"), False),
        (("xy", "screen"), ("xy", "person_and_place"), False),
        (("xy", "person_and_place"), ("xy", "person"), False),
        (("xy", "screen"), ("xyc", "screen"), False),
    ],
)
def test_inputs_are_added_and_never_taken_away(wanted, brought, fits):
    names = input_kernels.FIELDS
    found = input_kernels.fits(
        dict(zip(names, wanted, strict=True)), dict(zip(names, brought, strict=True))
    )
    assert found == fits
