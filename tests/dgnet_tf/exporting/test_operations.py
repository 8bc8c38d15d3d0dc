"""Exports use operations that engines other than TensorFlow have, and no more.

OpenVINO and TensorFlow.js refuse MatrixDiagV3 and MatrixDiagPartV3, which `tf.linalg`
takes for diagonals and `tf.eye`. What is to be added here must run in OpenVINO.
"""

import pytest
from support.marks import slow_but
from tensorflow.core.protobuf import saved_model_pb2

from dgnet_tf.config import config as configuration
from dgnet_tf.exporting import window_graph
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models import runs

ARITHMETIC = {
    *("Abs", "AddV2", "DivNoNan", "FloorDiv", "FloorMod", "Log", "Maximum", "Minimum"),
    *("Add", "Mul", "Neg", "Pow", "RealDiv", "Rsqrt", "Sqrt", "Square", "Sub"),
}
LOGIC = {
    *("All", "Any", "Equal", "Greater", "GreaterEqual", "IsFinite", "Less"),
    *("LessEqual", "LogicalAnd", "SelectV2"),
}
SUMS = {
    *("ArgMin", "Cumsum", "Mean", "Min", "Prod", "Sum", "UnsortedSegmentMax"),
    *("BatchMatMulV2", "BiasAdd", "MatMul"),
    "FusedBatchNormV3",  # Keras 2's, where it cannot be folded; engines know it.
}
ACTIVATIONS = {"LeakyRelu", "Relu", "Sigmoid", "Softmax", "Tanh"}
SHAPES = {
    *("BroadcastTo", "ConcatV2", "EnsureShape", "ExpandDims", "GatherV2", "OneHot"),
    *("OnesLike", "Pack", "Pad", "Range", "Reshape", "Shape", "Split", "SplitV"),
    *("Squeeze", "StridedSlice", "Transpose", "Unpack", "ZerosLike"),
}
PLUMBING = {
    *("Assert", "Cast", "Const", "Identity", "NoOp", "PartitionedCall"),
    *("Placeholder", "ReadVariableOp", "StatefulPartitionedCall", "StopGradient"),
}
# The chunks of a long video.
LOOP = {
    *("TensorListFromTensor", "TensorListGetItem", "TensorListReserve"),
    *("StatelessWhile", "TensorListSetItem", "TensorListStack", "While"),
}
WINDOW = ARITHMETIC | LOGIC | SUMS | ACTIVATIONS | SHAPES | PLUMBING
ALLOWED = WINDOW | LOOP

DEFAULT = {}
NETWORKS = [
    DEFAULT,
    {"connection": "precomputed", "weighting": "embedded_gaussian"},
    {"connection": "full", "weighting": "none", "normalization": "mean"},
    {"connection": "random", "score_activation": "tanh", "semantic": False},
    {"neighbor_softness": 0.5, "input_frame": "person_and_place"},
    {"spatial_unit": "fsg+dsg", "temporal_unit": "ftg+dtg", "input_frame": "person"},
    {"inputs": "xyc", "keypoint_smoothing": 2, "overlap": "center"},
    {"precision": "mixed_bfloat16", "overlap": "interior", "frame_stride": 2},
    {"architecture": "martinez"},
    {"architecture": "semgcn", "overlap": "once"},
    {"architecture": "stgcn"},
    {"architecture": "tcn", "overlap": "center"},
]


def operations(graph, functions=None):
    """Names the operations of a graph and of its functions."""
    functions = graph.library.function if functions is None else functions
    nodes = [graph.node, *(function.node_def for function in functions)]
    return {node.op for some in nodes for node in some}


def test_all_signatures_of_a_savedmodel(tiny_export):
    message = saved_model_pb2.SavedModel()
    message.ParseFromString((tiny_export / "1" / "saved_model.pb").read_bytes())
    (graph,) = (one.graph_def for one in message.meta_graphs)
    functions = [
        function
        for function in graph.library.function
        if "traced_save" not in function.signature.name
        and "traced_restore" not in function.signature.name
    ]
    assert len(functions) == len(graph.library.function) - 2
    found = operations(type(graph)(), functions)
    assert found - ALLOWED == set()
    assert {"Softmax", "ArgMin", "StatelessWhile", "UnsortedSegmentMax"} <= found


@pytest.mark.parametrize("fields", slow_but(DEFAULT, NETWORKS), ids=str)
def test_every_kind_of_network_and_option(fields):
    sizes = {"channels": 4, "blocks": 1, "skeleton": "human36m_17", "fps": 50.0}
    config = configuration.make("smoke", **{**sizes, **fields})
    model, options = runs.build_model(config), InferenceOptions.of(config)
    window = window_graph.window_function(model, options)
    video = whole_videos.serving_function(model, options)
    for function, allowed in ((window, WINDOW), (video, ALLOWED)):
        graph = function.get_concrete_function().graph.as_graph_def()
        assert operations(graph) - allowed == set()
