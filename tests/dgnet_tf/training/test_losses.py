"""The training loss and the progress metric."""

import json
import math

import numpy as np
import pytest
import tensorflow as tf
from support.layer_checks import features

from dgnet_tf import metrics
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
    for thing, module in ((SumSquaredError(), keras.losses), (MPJPE(), keras.metrics)):
        text = json.dumps(module.serialize(thing))
        revived = module.deserialize(json.loads(text))
        assert type(revived) is type(thing)
        assert revived.get_config() == thing.get_config()
