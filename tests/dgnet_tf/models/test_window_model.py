"""What the networks of windows share: their input, their policy and their revival."""

import pytest
import tensorflow as tf

from dgnet_tf.models.window_model import (
    WindowModel,
    constructor_arguments,
    layer_policy,
    window_input,
)

keras = tf.keras


class Constant(WindowModel):
    """Puts each joint at the same place."""

    def __init__(self, skeleton="human36m_17", frames=2, place=0.5, **kwargs):
        keypoints = window_input(skeleton, frames=frames)
        pose = keras.layers.Dense(
            3,
            kernel_initializer="zeros",
            bias_initializer=keras.initializers.Constant(place),
            name="pose",
            dtype=layer_policy(kwargs),
        )
        arguments = {"skeleton": skeleton, "frames": frames, "place": place}
        super().__init__(keypoints, {"pose": pose(keypoints)}, arguments, **kwargs)


def test_a_model_revives_from_its_arguments():
    model = Constant(frames=3, place=0.25, name="ours")
    config = model.get_config()
    assert config == {
        "skeleton": "human36m_17", "frames": 3, "place": 0.25, "name": "ours"
    }  # fmt: skip
    again = Constant.from_config(config)
    assert type(again) is Constant and again.get_config() == config
    pose = again(tf.ones([1, 3, 17, 2]))["pose"]
    assert pose.shape == (1, 3, 17, 3) and float(pose[0, 2, 16, 0]) == 0.25


class Closing(WindowModel):
    """Has an argument that an inner function uses."""

    def __init__(self, second=2, first=1, **kwargs):
        arguments = constructor_arguments(locals())
        keypoints = window_input("human36m_17", frames=(lambda: second)())
        super().__init__(keypoints, {"pose": keypoints}, arguments, **kwargs)


class Closed(Closing):
    """Has no arguments of its own."""

    def __init__(self):
        super().__init__(second=3, name="closed")


def test_a_constructors_arguments_are_in_the_order_of_its_signature():
    config = Closing(first=0, name="ours").get_config()
    assert list(config.items()) == [("second", 2), ("first", 0), ("name", "ours")]
    assert Closed().get_config() == {"second": 3, "first": 1, "name": "closed"}


def test_arguments_that_there_are_not_are_refused():
    with pytest.raises(TypeError, match="unheard"):
        Constant(unheard=1)


def test_the_input_is_of_the_skeleton_and_sizes_are_positive():
    assert window_input("humaneva_15", frames=4, blocks=1).shape == (None, 4, 15, 2)
    with pytest.raises(ValueError, match="`frames` must be a positive integer, got 0"):
        window_input("humaneva_15", frames=0)
    with pytest.raises(ValueError, match="`blocks` must be .* got 1.5"):
        window_input("humaneva_15", frames=4, blocks=1.5)
    with pytest.raises(ValueError, match="robot"):
        window_input("robot", frames=4)


def test_layers_have_the_policy_asked_for_or_the_global_one():
    arguments = {"dtype": "mixed_bfloat16", "name": "ours"}
    assert layer_policy(arguments) == "mixed_bfloat16" and list(arguments) == ["name"]
    assert layer_policy({}) == keras.mixed_precision.global_policy()
    layer = Constant(dtype="mixed_bfloat16").get_layer("pose")
    assert layer.compute_dtype == "bfloat16"
