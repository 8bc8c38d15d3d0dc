"""Copies a DGNet's weights into its PyTorch counterpart."""

from __future__ import annotations

import numpy as np
import torch


def copy(keras_model, torch_model):
    """Copies all weights, moving statistics included.

    Args:
        keras_model: a `dgnet_tf.DGNet` of default structure, of any size.
        torch_model: a `torch_dgnet.DGNet` of the same sizes.
    """
    with torch.no_grad():
        _convolution(keras_model.get_layer("input_graph"), torch_model.input_graph)
        _norm(keras_model.get_layer("input_norm"), torch_model.input_norm)
        embedding = keras_model.get_layer("joint_embedding").embedding
        _fill(torch_model.joint_embedding, embedding)
        for i, block in enumerate(torch_model.blocks, start=1):
            chain = keras_model.get_layer(f"dg_block_{i}").chain
            for source, module in zip(chain, block, strict=True):
                if hasattr(module, "conv_1"):
                    for part in ("1", "2"):
                        _convolution(
                            getattr(source, f"conv_{part}"),
                            getattr(module, f"conv_{part}"),
                        )
                        _norm(
                            getattr(source, f"norm_{part}"),
                            getattr(module, f"norm_{part}"),
                        )
                else:
                    _convolution(source, module)
                    _norm(source.norm, module.norm)
        heads = [*torch_model.block_heads, torch_model.head]
        names = [*(f"block_{i + 1}" for i in range(len(heads) - 1)), "pose"]
        for name, head in zip(names, heads, strict=True):
            _fill(head.weight, keras_model.get_layer(name).kernel, transpose=True)
            _fill(head.bias, keras_model.get_layer(name).bias)


def _convolution(source, module):
    """Copies what both sides keep under the same names."""
    for name in ("theta", "theta_self", "phi", "g", "w", "w_x", "w_f", "w_b"):
        _linear(source, module, name)
    for name in ("u_x", "u_f", "u_b"):
        _linear(source, module, name)
    if hasattr(module, "edges"):
        _fill(module.edges, source.edges)
    for name in ("gamma", "alpha", "beta"):
        if hasattr(module, name):
            score, layer = getattr(module, name), getattr(source, name)
            _fill(score.query.weight, layer.query, transpose=True)
            _fill(score.query.bias, np.reshape(layer.offset, (1,)))
            _fill(score.key.weight, layer.key, transpose=True)


def _linear(source, module, name):
    if hasattr(module, name):
        _fill(getattr(module, name).weight, getattr(source, name), transpose=True)


def _norm(source, module):
    _fill(module.weight, source.gamma)
    _fill(module.bias, source.beta)
    _fill(module.running_mean, source.moving_mean)
    _fill(module.running_var, source.moving_variance)


def _fill(parameter, value, transpose=False):
    value = np.asarray(value)
    parameter.copy_(torch.from_numpy(np.array(value.T if transpose else value)))
