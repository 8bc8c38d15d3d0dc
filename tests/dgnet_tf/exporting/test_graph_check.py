"""Graphs that a server cannot run are found."""

import pytest
import tensorflow as tf

from dgnet_tf.exporting import graph_check

SPEC = [tf.TensorSpec([None], tf.float32, name="x")]


def problems(folder, function):
    tf.saved_model.save(tf.Module(), str(folder), signatures=function)
    return graph_check.problems(folder)


def test_plain_operations_are_fine(tmp_path):
    @tf.function(input_signature=SPEC)
    def plain(x):
        tf.debugging.Assert(tf.size(x) > 0, [x])
        return {"y": tf.map_fn(lambda v: 2 * v, x)}

    assert problems(tmp_path / "model", plain) == []


def test_a_compiled_function_inside_another_is_found(tmp_path):
    compiled = tf.function(lambda x: 2 * x, jit_compile=True)

    @tf.function(input_signature=SPEC)
    def outer(x):
        return {"y": tf.map_fn(compiled, x)}

    found = problems(tmp_path / "model", outer)
    assert found and all("_XlaMustCompile" in line for line in found)


def test_python_in_the_graph_is_found(tmp_path):
    @tf.function(input_signature=SPEC)
    def calls_python(x):
        return {"y": tf.py_function(lambda v: v, [x], tf.float32)}

    found = problems(tmp_path / "model", calls_python)
    assert [line.split(": ")[1] for line in found] == ["operation EagerPyFunc"]


@pytest.mark.parametrize("name", ["XlaReduce", "_XlaRun", "Addons>Rotate", "PyFunc"])
def test_operations_that_only_some_machines_have_are_found(tmp_path, name):
    from tensorflow.core.protobuf import saved_model_pb2

    message = saved_model_pb2.SavedModel()
    function = message.meta_graphs.add().graph_def.library.function.add()
    function.signature.name = "body"
    function.node_def.add(name="node", op=name)
    (tmp_path / "saved_model.pb").write_bytes(message.SerializeToString())
    assert graph_check.problems(tmp_path) == [f"body: operation {name}"]
