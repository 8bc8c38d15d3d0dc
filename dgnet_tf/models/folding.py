"""Folds batch normalisation into the weights of a trained network."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from dgnet_tf.layers import GatedGraphModule, SpatialNonLocal
from dgnet_tf.models.architectures import PEERS
from dgnet_tf.models.dgnet import DGNet

keras = tf.keras


def fold(model, precision: str | None = None):
    """Returns the network with its batch norms folded, for inference.

    A trained batch norm is y s + t for each channel, with s = gamma /
    sqrt(variance + epsilon) and t = beta - mean s. Graph convolutions are linear up to
    it, so s goes into their kernels, and t becomes their bias.

    A peer keeps its batch norms, and is only given the precision, a dtype policy as
    "mixed_bfloat16" or None for the model's own. What is neither is returned as it is.
    """
    if isinstance(model, PEERS) and precision:
        same = type(model)(**model.get_config(), dtype=precision)
        same.set_weights(model.get_weights())
        return same
    if not isinstance(model, DGNet):
        return model
    policy = precision or model.get_layer("input_graph").dtype_policy
    config = model.get_config()
    folded = DGNet(**{**config, "batch_norm": False}, dtype=policy)
    if not config["batch_norm"]:
        folded.set_weights(model.get_weights())
        return folded
    for layer in folded.layers:
        source = model.get_layer(layer.name)
        if layer.name == "input_graph":
            _fold_conv(source, layer, model.get_layer("input_norm"))
        elif layer.name.startswith("dg_block_"):
            for old, new in zip(source.chain, layer.chain, strict=True):
                _fold_module(old, new)
        else:
            layer.set_weights(source.get_weights())
    return folded


def _fold_module(source, target):
    if isinstance(source, SpatialNonLocal):
        scale, shift = _scale_and_shift(source.norm)
        for name in ("theta", "phi", "g"):
            getattr(target, name).assign(getattr(source, name))
        target.w.assign(source.w * scale)
        target.bias.assign(shift)
        return
    if isinstance(source, GatedGraphModule):
        _fold_module(source.ungated, target.ungated)
        _fold_module(source.gated, target.gated)
        target.gate.assign(source.gate)
        return
    _fold_conv(source.conv_1, target.conv_1, source.norm_1)
    _fold_conv(source.conv_2, target.conv_2, source.norm_2)


def _fold_conv(source, target, norm):
    scale, shift = _scale_and_shift(norm)
    kernels = {id(getattr(source, name)) for name in source.kernel_names}
    others = [weight for weight in target.weights if weight is not target.bias]
    for old, new in zip(source.weights, others, strict=True):
        new.assign(old * scale if id(old) in kernels else old)
    target.bias.assign(shift)


def _scale_and_shift(norm):
    """Returns s and t of a batch norm, (C,) each."""
    gamma, beta, mean, variance = (
        np.asarray(tf.convert_to_tensor(weight), np.float64)
        for weight in (norm.gamma, norm.beta, norm.moving_mean, norm.moving_variance)
    )
    scale = gamma / np.sqrt(variance + norm.epsilon)
    return scale.astype(np.float32), (beta - mean * scale).astype(np.float32)
