"""Refuses graphs that TensorFlow Serving cannot run.

Its servers have no XLA compiler switched on (its GPU image has none at all), no Python
and no operations but TensorFlow's own.
"""

from __future__ import annotations

import pathlib

from tensorflow.core.protobuf import saved_model_pb2

_COMPILED = ("_XlaMustCompile", "_XlaCompile", "_XlaScope")
_PYTHON = ("PyFunc", "PyFuncStateless", "EagerPyFunc")


def problems(path) -> list[str]:
    """Returns what in a SavedModel's folder a server cannot run, one line each."""
    message = saved_model_pb2.SavedModel()
    message.ParseFromString((pathlib.Path(path) / "saved_model.pb").read_bytes())
    found = []
    for graph in (meta_graph.graph_def for meta_graph in message.meta_graphs):
        found += _of_nodes("the graph", graph.node)
        for function in graph.library.function:
            name = function.signature.name
            found += [f"{name}: {a}" for a in _COMPILED if _is_set(function.attr, a)]
            found += _of_nodes(name, function.node_def)
    return found


def _of_nodes(where, nodes):
    found = []
    for node in nodes:
        found += [
            f"{where}: {a} of {node.name}" for a in _COMPILED if _is_set(node.attr, a)
        ]
        # Names of custom operations have a package before the sign.
        op = node.op
        if op in _PYTHON or ">" in op or op.lstrip("_").startswith("Xla"):
            found.append(f"{where}: operation {node.op}")
    return found


def _is_set(attributes, name):
    # A function that says it must not be compiled holds the attribute, too.
    return name in attributes and (attributes[name].b or bool(attributes[name].s))
