"""Functions that hold a network's weights as constants, not as variables.

What depends on weights alone, such as kernels side by side and the softmax of a bone's
weight, is then computed once at export and not at every call.
"""

from __future__ import annotations

import tensorflow as tf
from tensorflow.core.protobuf import config_pb2
from tensorflow.python.framework import convert_to_constants
from tensorflow.python.grappler import tf_optimizer
from tensorflow.python.training import saver


def without_variables(function):
    """Returns what computes the same as a `tf.function` with one signature.

    It takes the tensors of that signature in their order, and gives the same outputs
    by name. Each `tf.function` that calls it holds a copy of the weights: let one
    call it, and the others call that one.
    """
    traced = function.get_concrete_function()
    constant = convert_to_constants.convert_variables_to_constants_v2(traced)
    inputs = [tensor.name for tensor in constant.inputs]
    outputs = [tensor.name for tensor in constant.outputs]
    meta_graph = saver.export_meta_graph(
        graph_def=constant.graph.as_graph_def(), graph=constant.graph
    )
    kept = meta_graph.collection_def["train_op"].node_list.value
    kept.extend((*inputs, *outputs))
    options = config_pb2.ConfigProto()
    rewriting = options.graph_options.rewrite_options
    rewriting.min_graph_nodes = -1  # However small.
    rewriting.optimizers.append("constfold")
    graph = tf_optimizer.OptimizeGraph(options, meta_graph)
    # The caller's tensors take their places. The rest comes in an order that follows
    # addresses in memory; by names, the same network makes the same file.
    nodes = [node for node in graph.node if node.op != "Placeholder"]
    del graph.node[:]
    graph.node.extend(sorted(nodes, key=lambda node: node.name))

    def compute(*given):
        places = dict(zip(inputs, given, strict=True))
        found = tf.graph_util.import_graph_def(graph, places, outputs, name="")
        return dict(zip(sorted(traced.structured_outputs), found, strict=True))

    return compute
