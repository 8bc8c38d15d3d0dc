"""The training loss and the progress metric."""

import dataclasses
import json
import math

import numpy as np
import pytest
import tensorflow as tf
from support.layer_checks import features

from dgnet_tf import metrics
from dgnet_tf.config.config import Config
from dgnet_tf.errors import UserError
from dgnet_tf.training import losses
from dgnet_tf.training.keras_metrics import MPJPE
from dgnet_tf.training.losses import SumSquaredError, block_loss_weights

keras = tf.keras

TARGET, PREDICTED = features(3, 4, 17, 3), features(3, 4, 17, 3, seed=1)


def test_loss_by_hand_sums_joints_frames_and_axes_and_averages_examples():
    target = np.zeros((2, 2, 1, 3), np.float32)
    predicted = target.copy()
    predicted[0, 0, 0] = [1, 2, 3]  # 1 + 4 + 9 = 14
    predicted[0, 1, 0] = [0, 0, -2]  # 4
    predicted[1, 1, 0] = [1, 1, 0]  # 2; together (14 + 4 + 2) / 2 = 10
    assert SumSquaredError()(target, predicted).numpy() == 10


def test_loss_equals_the_loops_of_equations_15_and_16():
    totals = []
    for example in range(3):
        total = 0.0
        for t in range(4):
            for i in range(17):
                for axis in range(3):
                    error = PREDICTED[example, t, i, axis] - TARGET[example, t, i, axis]
                    total += float(error) ** 2
        totals.append(total)
    loss = SumSquaredError()(TARGET, PREDICTED)
    assert float(loss) == pytest.approx(sum(totals) / 3, rel=1e-5)
    assert SumSquaredError().call(TARGET, PREDICTED).shape == (3,)


def test_the_movement_term_by_hand():
    # Errors of one joint along x: 1, 3, 2. Their squares sum to 14, those of their
    # changes, 2 and -1, to 5.
    target = np.zeros((1, 3, 1, 3), np.float32)
    predicted = target.copy()
    predicted[0, :, 0, 0] = [1, 3, 2]
    assert SumSquaredError(velocity_weight=0.5)(target, predicted).numpy() == 16.5
    # A common offset is no movement.
    loss = SumSquaredError(velocity_weight=7.0)
    assert loss(target, target + 1).numpy() == SumSquaredError()(target, target + 1)


def test_the_term_of_lengths_by_hand():
    # The right knee alone is off, by (0, 3, 4) from a thigh and a shin of no length:
    # both bones are 5 too long. Position 25, lengths 2 * 25.
    target = np.zeros((1, 1, 17, 3), np.float32)
    predicted = target.copy()
    predicted[0, 0, 2] = [0, 3, 4]
    loss = SumSquaredError(bone_weight=0.1, skeleton="human36m_17")
    assert loss(target, predicted).numpy() == pytest.approx(25 + 0.1 * 50, rel=1e-5)
    # A turned body has its lengths.
    turned = TARGET[..., [1, 2, 0]]
    both = loss(TARGET, turned).numpy(), SumSquaredError()(TARGET, turned).numpy()
    assert both[0] == pytest.approx(both[1], rel=1e-5)


def test_lengths_of_nothing_have_a_gradient():
    predicted = tf.Variable(np.zeros((1, 1, 17, 3), np.float32))
    with tf.GradientTape() as tape:
        loss = SumSquaredError(bone_weight=1.0)(TARGET[:1, :1], predicted)
    assert np.isfinite(tape.gradient(loss, predicted)).all()


def test_a_configuration_has_the_papers_loss_unless_asked():
    found = losses.of(Config())
    assert type(found) is SumSquaredError
    assert (found.velocity_weight, found.bone_weight) == (0.0, 0.0)
    asked = Config(velocity_loss_weight=2.0, bone_loss_weight=3.0, skeleton="x")
    found = losses.of(asked)
    assert (found.velocity_weight, found.bone_weight) == (2.0, 3.0)
    assert found.skeleton == "x"
    with pytest.raises(UserError, match="--velocity_loss_weight=2 with --frames=1"):
        losses.of(dataclasses.replace(asked, frames=1))


def test_block_losses_weigh_lambda_and_the_network_one():
    weights = block_loss_weights(["block_1", "block_2", "pose"], 0.1)
    assert weights == {"block_1": 0.1, "block_2": 0.1, "pose": 1.0}


def test_metric_by_hand_is_in_millimetres():
    target = np.zeros((1, 1, 2, 3), np.float32)
    predicted = target.copy()
    predicted[0, 0, 1] = [0.03, 0, -0.04]  # 50 mm; the other joint 0
    metric = MPJPE()
    metric.update_state(target, predicted)
    assert float(metric.result()) == pytest.approx(25.0, rel=1e-6)


def test_metric_equals_the_loops_over_batches_of_any_size():
    metric = MPJPE()
    metric.update_state(TARGET[:2], PREDICTED[:2])
    metric.update_state(TARGET[2:], PREDICTED[2:])
    errors = [
        math.dist(PREDICTED[index], TARGET[index]) for index in np.ndindex(3, 4, 17)
    ]
    expected = 1000 * sum(errors) / len(errors)
    assert float(metric.result()) == pytest.approx(expected, rel=1e-5)
    own = 1000 * metrics.mpjpe(PREDICTED, TARGET).mean()
    assert float(metric.result()) == pytest.approx(own, rel=1e-5)
    metric.reset_state()
    assert float(metric.result()) == 0


def test_metric_accepts_half_precision_and_double_targets():
    metric = MPJPE()
    metric.update_state(
        tf.constant(TARGET, tf.float64), tf.constant(PREDICTED, tf.float16)
    )
    expected = 1000 * metrics.mpjpe(np.float16(PREDICTED), TARGET).mean()
    assert float(metric.result()) == pytest.approx(expected, rel=1e-5)


def test_both_survive_json():
    loss = SumSquaredError(velocity_weight=2.0, bone_weight=0.5, skeleton="humaneva_15")
    for thing, module in ((loss, keras.losses), (MPJPE(), keras.metrics)):
        text = json.dumps(module.serialize(thing))
        revived = module.deserialize(json.loads(text))
        assert type(revived) is type(thing)
        assert revived.get_config() == thing.get_config()
