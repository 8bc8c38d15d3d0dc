"""Weights as constants: the same numbers, without variables, in the same file."""

import numpy as np
import pytest
import tensorflow as tf

from dgnet_tf.exporting import constant_weights


@pytest.fixture
def function():
    kernels = [tf.Variable(tf.random.stateless_normal((3, 3), (0, i))) for i in (1, 2)]

    @tf.function(input_signature=[tf.TensorSpec((None, 3))], autograph=False)
    def compute(x):
        for kernel in kernels:
            x = tf.nn.relu(x @ tf.nn.softmax(kernel))
        return {"found": x}

    return compute


def exported(function):
    compute = constant_weights.without_variables(function)
    whole = tf.function(compute, input_signature=function.input_signature)
    return whole.get_concrete_function()


def test_it_computes_the_same_without_variables_and_what_they_alone_decide(function):
    x = tf.random.stateless_normal((5, 3), (3, 4))
    found = exported(function)
    np.testing.assert_allclose(found(x)["found"], function(x)["found"], rtol=1e-6)
    kinds = {node.op for node in found.graph.as_graph_def().node}
    assert not kinds & {"ReadVariableOp", "Softmax"}


def test_the_order_that_the_conversion_leaves_does_not_show(function, monkeypatch):
    optimize = constant_weights.tf_optimizer.OptimizeGraph

    def in_reverse(*arguments):
        graph = optimize(*arguments)
        nodes = list(graph.node)[::-1]
        del graph.node[:]
        graph.node.extend(nodes)
        return graph

    graphs = [exported(function).graph.as_graph_def()]
    monkeypatch.setattr(constant_weights.tf_optimizer, "OptimizeGraph", in_reverse)
    graphs.append(exported(function).graph.as_graph_def())
    assert len(graphs[0].node) > 6
    assert graphs[0] == graphs[1]
