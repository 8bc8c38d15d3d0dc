import math

import numpy as np
import pytest
import tensorflow as tf

from dgnet_tf.training import learning_rates

keras = tf.keras


def rates(name, steps, **options):
    schedule = learning_rates.make(name, 0.5, 0.01, 100, **options)
    return [float(schedule(step)) for step in steps]


def test_the_exponential_falls_by_the_same_share_in_each_step():
    found = rates("exponential", (0, 25, 50, 100))
    np.testing.assert_allclose(found, [0.5, 0.5 * 0.01**0.25, 0.05, 0.005], rtol=1e-5)


def test_the_cosine_starts_and_ends_at_the_same_rates_and_is_in_the_middle_between():
    found = rates("cosine", (0, 25, 50, 100))
    quarter = 0.005 + 0.495 * (1 + math.cos(math.pi / 4)) / 2
    np.testing.assert_allclose(found, [0.5, quarter, 0.2525, 0.005], rtol=1e-5)


@pytest.mark.parametrize("name", learning_rates.SCHEDULES)
def test_the_first_steps_rise_linearly_to_the_schedule(name):
    steps = (0, 4, 9, 10, 60)
    share = [0.1, 0.5, 1.0, 1.0, 1.0]
    expected = np.array(share) * rates(name, steps)
    found = rates(name, steps, warmup_steps=10)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_a_schedule_revives_from_its_configuration():
    schedule = learning_rates.make("cosine", 0.5, 0.01, 100, warmup_steps=10)
    schedules = keras.optimizers.schedules
    again = schedules.deserialize(schedules.serialize(schedule))
    assert [float(again(step)) for step in (3, 70)] == [
        float(schedule(step)) for step in (3, 70)
    ]


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="`name` must be one of .* got 'linear'"):
        learning_rates.make("linear", 0.5, 0.01, 100)
