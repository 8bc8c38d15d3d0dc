"""SemGCN's non-local layer."""

import numpy as np
from support.layer_checks import features, randomize

from dgnet_tf.layers import GroupedNonLocal

PAIRS = [[0, 2], [1, 3, 4]]


def test_by_hand():
    # Two joints at 1 and 3, each its own group. With theta = phi = a = b = w = 1 scores
    # are sums: [[2, 4], [4, 6]]; with g = 10 they weigh 10 and 30, and 2 groups divide:
    # (20 + 120) / 2 = 70 and (40 + 180) / 2 = 110. The batch norm, once its scale is 1,
    # is the identity (but for epsilon): 1 + 70 and 3 + 110.
    layer = GroupedNonLocal([[0], [1]])
    layer.build((1, 1, 2, 1))
    for weight in (layer.theta, layer.phi, layer.a, layer.b, layer.w):
        weight.assign([[1.0]])
    layer.g.assign([[10.0]])
    layer.norm.gamma.assign([1.0])
    y = layer(np.array([[[[1.0], [3.0]]]], np.float32))
    np.testing.assert_allclose(y[0, 0], [[71.0], [113.0]], rtol=1e-4)


def test_the_grouped_non_local_layer_against_loops():
    layer = GroupedNonLocal(PAIRS)
    x = features(2, 2, 5, 4)
    layer(x)
    randomize(layer)
    weight = {
        w.name.split("/")[-1].split(":")[0]: np.asarray(w, np.float64)
        for w in layer.weights
    }
    norm = layer.norm
    expected = np.zeros_like(x, np.float64)
    for b, t in np.ndindex(2, 2):
        theta, phi, g = (
            x[b, t] @ weight[name] + weight[f"{name}_bias"]
            for name in ("theta", "phi", "g")
        )
        for i in range(5):
            y = np.zeros(2)
            for group in PAIRS:
                key, value = phi[group].max(axis=0), g[group].max(axis=0)
                score = theta[i] @ weight["a"][:, 0] + key @ weight["b"][:, 0]
                y += max(score, 0.0) * value / len(PAIRS)
            z = y @ weight["w"] + weight["w_bias"] - np.asarray(norm.moving_mean)
            z = z / np.sqrt(np.asarray(norm.moving_variance) + 1e-5)
            expected[b, t, i] = x[b, t, i] + z * norm.gamma + norm.beta
    np.testing.assert_allclose(layer(x), expected, rtol=1e-4, atol=1e-4)


def test_a_new_grouped_non_local_layer_is_the_identity():
    x = features(2, 2, 5, 4)
    np.testing.assert_array_equal(GroupedNonLocal(PAIRS)(x), x)
