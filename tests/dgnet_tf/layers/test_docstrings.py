"""A reader of the paper opens one file for a layer: what its docstring must hold."""

import doctest
import inspect
import re

import pytest
import tensorflow as tf

from dgnet_tf import layers
from dgnet_tf.layers.graph_conv import GraphConv

keras = tf.keras

SECTIONS = ("Args:", "Call arguments:", "Returns:", "Example:", "Reference:")


def sections(layer):
    """Returns a docstring's head and its sections, by title."""
    text = inspect.getdoc(getattr(layers, layer))
    head, *parts = re.split(rf"^({'|'.join(SECTIONS)})$", text, flags=re.MULTILINE)
    return {"head": head, **dict(zip(parts[::2], parts[1::2], strict=True))}


@pytest.mark.parametrize("layer", layers.__all__)
def test_the_example_runs(layer):
    example = doctest.DocTestParser().get_doctest(
        sections(layer)["Example:"], {"tf": tf, **vars(layers)}, layer, None, None
    )
    assert len(example.examples) == 2
    assert example.examples[-1].want
    results = doctest.DocTestRunner().run(example)
    assert results == doctest.TestResults(failed=0, attempted=2)


@pytest.mark.parametrize("layer", layers.__all__)
def test_it_has_every_section_in_order(layer):
    assert list(sections(layer)) == ["head", *SECTIONS]


@pytest.mark.parametrize("layer", layers.__all__)
def test_every_argument_is_there_with_its_default(layer):
    kind = getattr(layers, layer)
    arguments = {}
    for owner in (GraphConv, kind):
        if issubclass(kind, owner) and "__init__" in vars(owner):
            arguments.update(inspect.signature(owner).parameters)
    told = dict(
        re.findall(r"^    (\**\w+): (.*(?:\n     .*)*)", sections(layer)["Args:"], re.M)
    )
    if kind is layers.BatchNorm:  # Keras' own; it says which matter.
        assert list(told) == ["**kwargs"]
        return
    named = [*(arguments.keys() - {"self", "kwargs"}), "**kwargs"]
    assert sorted(told) == sorted(named)
    for name, parameter in arguments.items():
        if parameter.default is not inspect.Parameter.empty:
            default = str(parameter.default).removesuffix(".0")
            quoted = f'"{default}"' if isinstance(parameter.default, str) else default
            text = " ".join(told[name].split())
            assert f"Default {quoted}" in text, name


@pytest.mark.parametrize("layer", layers.__all__)
def test_every_call_argument_is_there(layer):
    call = inspect.signature(getattr(layers, layer).call).parameters
    told = re.findall(r"^    (\w+):", sections(layer)["Call arguments:"], re.M)
    assert told == [name for name in call if name not in ("self", "kwargs")]
