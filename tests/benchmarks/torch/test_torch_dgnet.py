"""The PyTorch contestant computes what DGNet computes."""

import numpy as np
import pytest

import dgnet_tf
from benchmarks import networks

torch = pytest.importorskip("torch")


def test_it_has_the_papers_parameters():
    from benchmarks.torch import torch_dgnet

    model = torch_dgnet.DGNet()
    trained = sum(parameter.numel() for parameter in model.parameters())
    moving = [b for n, b in model.named_buffers() if n.endswith(("_mean", "_var"))]
    keras_model = dgnet_tf.DGNet()
    assert trained == sum(int(np.prod(w.shape)) for w in keras_model.trainable_weights)
    assert trained + sum(b.numel() for b in moving) == 2_667_467


@pytest.mark.parametrize("overrides", [{}, {"skeleton": "humaneva_15", "frames": 3}])
def test_with_the_same_weights_it_gives_the_same_poses(overrides):
    from benchmarks.torch import torch_weights

    sizes = {"channels": 16, "blocks": 2, "jit_compile": "off", "batch_size": 4}
    config = networks.config("small", **{**sizes, **overrides})
    keras_model = networks.build(config)
    rng = np.random.default_rng(0)
    for weight in keras_model.weights:
        value = np.asarray(weight)
        # Scales and variances stay positive.
        weight.assign(value * rng.uniform(0.8, 1.2, value.shape) + (value == 0) * 0.1)
    torch_model = networks.build_torch(config)
    torch_weights.copy(keras_model, torch_model)
    torch_model.eval()
    keypoints, _ = networks.batch(config)
    expected = keras_model(keypoints, training=False)
    with torch.no_grad():
        pose, blocks = torch_model(torch.from_numpy(keypoints))
    found = {"pose": pose, "block_1": blocks[0], "block_2": blocks[1]}
    for name, value in found.items():
        assert np.abs(expected[name]).max() > 0.05
        np.testing.assert_allclose(value.numpy(), expected[name], atol=1e-4)


def test_the_loss_is_the_same():
    from benchmarks.torch import torch_dgnet

    rng = np.random.default_rng(0)
    pose, block, target = rng.normal(size=(3, 2, 4, 17, 3)).astype(np.float32)
    squares = dgnet_tf.SumSquaredError()
    expected = squares(target, pose) + 0.1 * squares(target, block)
    tensors = [torch.from_numpy(array) for array in (pose, block, target)]
    found = torch_dgnet.loss(tensors[0], [tensors[1]], tensors[2], 0.1)
    np.testing.assert_allclose(float(found), float(expected), rtol=1e-5)
