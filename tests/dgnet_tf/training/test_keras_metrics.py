"""Keras metrics against the NumPy ones, in and out of training."""

import json

import numpy as np
import pytest
import tensorflow as tf

import dgnet_tf
from dgnet_tf import metrics
from dgnet_tf.training.keras_metrics import AUC, MPJPE, NMPJPE, PCK, PMPJPE

keras = tf.keras

# Keras metric: the NumPy function and its unit.
PAIRS = {
    PMPJPE: (metrics.p_mpjpe, 1000),
    NMPJPE: (metrics.n_mpjpe, 1000),
    PCK: (metrics.pck, 1),
    AUC: (metrics.auc, 1),
}


def poses(batch, seed=0):
    rng = np.random.default_rng(seed)
    target = rng.normal(0, 0.3, (batch, 4, 17, 3)).astype(np.float32)
    error = rng.normal(0, 0.08, target.shape).astype(np.float32)
    return target, target + error


@pytest.mark.parametrize("metric_class", PAIRS)
def test_batches_of_any_size_give_the_mean_over_frames(metric_class):
    function, unit = PAIRS[metric_class]
    target, predicted = poses(7)
    metric = metric_class()

    @tf.function
    def update(target, predicted):
        metric.update_state(target, predicted)

    for part in (slice(0, 2), slice(2, 7)):
        update(tf.constant(target[part]), tf.constant(predicted[part]))
    expected = unit * function(predicted, target).mean()
    assert 0 < expected
    assert float(metric.result()) == pytest.approx(expected, rel=1e-5)
    metric.reset_state()
    assert float(metric.result()) == 0


def test_p_mpjpe_refuses_a_reflection_and_forgives_a_similarity():
    target, _ = poses(1)
    turn = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]], np.float32)
    metric = PMPJPE()
    metric.update_state(target, 2.0 * target @ turn + 3.0)
    assert float(metric.result()) == pytest.approx(0.0, abs=1e-2)
    mirrored = target * np.array([-1, 1, 1], np.float32)
    metric.reset_state()
    metric.update_state(target, mirrored)
    expected = 1000 * metrics.p_mpjpe(mirrored, target).mean()
    assert expected > 50
    assert float(metric.result()) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("metric_class", PAIRS)
def test_training_steps_that_xla_compiles_can_hold_them(metric_class):
    function, unit = PAIRS[metric_class]
    target, predicted = poses(1)
    values = tf.function(metric_class()._values, jit_compile=True)(target, predicted)
    np.testing.assert_allclose(values, unit * function(predicted, target), rtol=1e-5)


def test_a_pose_in_one_point_has_defined_errors():
    target, _ = poses(1)
    for metric_class in (PMPJPE, NMPJPE):
        metric = metric_class()
        metric.update_state(target, np.zeros_like(target))
        function, unit = PAIRS[metric_class]
        expected = unit * function(np.zeros_like(target), target).mean()
        assert float(metric.result()) == pytest.approx(expected, rel=1e-5)


def test_errors_at_a_threshold_count_as_wrong():
    # Errors in binary fractions of a metre, so that float32 has them exactly.
    target = np.zeros((1, 1, 4, 3), np.float32)
    predicted = target.copy()
    predicted[0, 0, :, 1] = [0.125, 0.1249, 0.25, 0.0]
    metric = PCK(threshold_mm=125.0)
    metric.update_state(target, predicted)
    assert float(metric.result()) == 0.5
    at_150 = PCK()
    at_150.update_state(target, predicted)
    assert float(at_150.result()) == 0.75
    area = AUC()
    area.update_state(target[:, :, :1], predicted[:, :, :1])
    # 125 mm is below 130, ..., 150.
    assert float(area.result()) == pytest.approx(5 / 31, abs=1e-7)


def test_weighted_frames_count_by_their_weight():
    target, predicted = poses(2)
    weights = np.array([[1, 0, 0, 2], [0, 0, 0, 1]], np.float32)
    metric = PMPJPE()
    metric.update_state(target, predicted, sample_weight=weights)
    errors = 1000 * metrics.p_mpjpe(predicted, target)
    expected = (errors * weights).sum() / weights.sum()
    assert float(metric.result()) == pytest.approx(expected, rel=1e-5)


def test_half_precision_and_double_targets_are_accepted():
    target, predicted = poses(2)
    metric = PMPJPE()
    metric.update_state(
        tf.constant(target, tf.float64), tf.constant(predicted, tf.float16)
    )
    expected = 1000 * metrics.p_mpjpe(np.float16(predicted), target).mean()
    assert float(metric.result()) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("metric", [PMPJPE(), NMPJPE(), PCK(50.0), PCK(), AUC()])
def test_metrics_survive_json(metric):
    text = json.dumps(keras.metrics.serialize(metric))
    revived = keras.metrics.deserialize(json.loads(text))
    assert type(revived) is type(metric)
    assert revived.get_config() == metric.get_config()


def test_all_of_them_are_public_and_found_in_a_history():
    found = [getattr(dgnet_tf, name) for name in ("PMPJPE", "NMPJPE", "PCK", "AUC")]
    assert found == [PMPJPE, NMPJPE, PCK, AUC]
    target, _ = poses(6)
    keypoints = np.ascontiguousarray(target[..., :2])
    inputs = keras.Input((4, 17, 2), name="keypoints")
    outputs = keras.layers.Dense(3, name="pose")(inputs)
    model = keras.Model(inputs, outputs)
    model.compile("adam", "mse", metrics=[MPJPE(), *(each() for each in found)])
    history = model.fit(keypoints, target, batch_size=4, epochs=1, verbose=0).history
    assert {"mpjpe_mm", "p_mpjpe_mm", "n_mpjpe_mm", "pck", "auc"} <= set(history)
    scored = model.evaluate(
        keypoints, target, batch_size=4, verbose=0, return_dict=True
    )
    expected = 1000 * metrics.p_mpjpe(model.predict(keypoints, verbose=0), target)
    assert scored["p_mpjpe_mm"] == pytest.approx(expected.mean(), rel=1e-4)


def test_a_threshold_that_is_no_distance_is_refused():
    with pytest.raises(ValueError, match="`threshold_mm` must be above 0, got 0"):
        PCK(threshold_mm=0)
