import numpy as np
import pytest
import tensorflow as tf

from dgnet_tf.config import config
from dgnet_tf.errors import UserError
from dgnet_tf.training import fit, optimizers

keras = tf.keras


def test_weight_decay_shrinks_kernels_and_leaves_biases():
    x = keras.Input((1, 1, 4))
    model = keras.Model(x, {"pose": keras.layers.Dense(3, name="pose")(x)})
    kernel, bias = np.full((4, 3), 2.0, np.float32), np.full(3, 2.0, np.float32)
    model.set_weights([kernel, bias])
    chosen = config.make(learning_rate=0.1, learning_rate_decay=1, weight_decay=0.5)
    fit.compile_model(model, chosen, 10, False)
    keypoints, target = np.zeros((2, 1, 1, 4), np.float32), np.full((2, 1, 1, 3), 2.0)
    # The prediction is the bias, which is right: no gradient moves anything.
    model.fit(keypoints, {"pose": target}, verbose=0, epochs=2)
    found = model.get_weights()
    np.testing.assert_allclose(found[0], 2.0 * (1 - 0.1 * 0.5) ** 2, rtol=1e-5)
    np.testing.assert_array_equal(found[1], bias)


@pytest.mark.parametrize("name", ["rectified_adam", "stochastic_averaging"])
def test_weight_decay_is_adams_alone(name):
    with pytest.raises(UserError, match=f"--optimizer={name}: only adam"):
        optimizers.make(name, 0.1, 10, weight_decay=0.1)
