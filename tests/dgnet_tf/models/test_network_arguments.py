"""Class and arguments of a configuration's network."""

import dataclasses
import inspect
import json

import pytest

from dgnet_tf.config import config
from dgnet_tf.config.config_field import ARCHITECTURES
from dgnet_tf.models import architectures, network_arguments


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_arguments_are_those_of_the_class(name):
    made = config.make("smoke", architecture=name, skeleton="human36m_17", seed=7)
    network = network_arguments.derive(dataclasses.asdict(made))
    assert json.loads(json.dumps(network)) == network
    taken = inspect.signature(architectures._CLASSES[network["class"]]).parameters
    # Batch norm leaves a network only when it is folded.
    assert set(network["arguments"]) == set(taken) - {"kwargs", "batch_norm"}
    assert network["arguments"]["seed"] == 7
    assert network["arguments"]["channels"] == made.channels


def test_the_baseline_has_fixed_units_of_the_same_length():
    derive = network_arguments.derive
    found = derive({"architecture": "baseline", "temporal_unit": "dtg"})
    assert found["class"] == "DGNet"
    assert found["arguments"]["spatial_unit"] == "fsg,fsg"
    assert found["arguments"]["temporal_unit"] == "ftg"
    gated = {"spatial_unit": "fsg,fsg+dsg", "temporal_unit": "ftg+dtg,dtg"}
    found = derive({"architecture": "baseline", **gated})["arguments"]
    assert (found["spatial_unit"], found["temporal_unit"]) == ("fsg,fsg", "ftg,ftg")
    found = derive({"architecture": "dgnet", "temporal_unit": "dtg"})
    assert found["arguments"]["temporal_unit"] == "dtg"


def test_fields_that_an_older_version_did_not_have_are_at_their_defaults():
    whole = dataclasses.asdict(config.Config(skeleton="human36m_17"))
    older = {name: whole[name] for name in ("skeleton", "blocks", "channels")}
    assert network_arguments.derive(older) == network_arguments.derive(whole)
