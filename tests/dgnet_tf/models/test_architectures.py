"""The networks behind `--architecture`: what the baseline is, and that it runs."""

import inspect

import numpy as np
import pytest
from support import layer_checks, record_sets
from support.lifting.lifting_stand_ins import run_command

from dgnet_tf import evaluate, export, layers, train
from dgnet_tf.config import config
from dgnet_tf.config.fields import FIELDS, NETWORK, names
from dgnet_tf.errors import UserError
from dgnet_tf.models import (
    architectures,
    folding,
    multiply_adds,
    network_arguments,
    runs,
)


def build(architecture, **overrides):
    chosen = config.make("paper", architecture=architecture, **overrides)
    return architectures.build(
        config.make("paper", **{**vars(chosen), "skeleton": "human36m_17"})
    )


def convolutions(model):
    """The graph convolutions of the blocks, in order."""
    return [
        convolution
        for block in model.layers
        if isinstance(block, layers.DGConvBlock)
        for module in block.chain
        if isinstance(module, layers.ResidualGraphModule)
        for convolution in (module.conv_1, module.conv_2)
    ]


def test_every_allowed_name_is_built():
    assert set(network_arguments.CLASSES) == set(FIELDS["architecture"].choices)
    assert set(network_arguments.CLASSES.values()) == set(architectures._CLASSES)


@pytest.mark.parametrize("architecture", FIELDS["architecture"].choices)
def test_a_networks_arguments_are_the_fields_that_apply_to_it(architecture):
    network = type(build(architecture, blocks=1, channels=4))
    arguments = dict(inspect.signature(network.__init__).parameters)
    # The data set's and the training's fields; folded after training; Keras' own.
    for name in ("self", "skeleton", "seed", "batch_norm", "kwargs"):
        arguments.pop(name, None)
    assert {"architecture", *arguments} == set(names(NETWORK, architecture))
    sizes = config.make("paper", architecture=architecture)
    for name, argument in arguments.items():
        assert argument.default == getattr(sizes, name), name


@pytest.mark.parametrize("architecture", FIELDS["architecture"].choices)
def test_every_network_takes_the_confidence_too(architecture):
    sizes = {"blocks": 1, "channels": 4}
    plain = build(architecture, **sizes)
    model = build(architecture, inputs="xyc", **sizes)
    frames = plain.inputs[0].shape[1]
    assert plain.inputs[0].shape[1:] == (frames, 17, 2)
    assert model.inputs[0].shape[1:] == (frames, 17, 3)
    more = multiply_adds.per_frame(model) - multiply_adds.per_frame(plain)
    # Half as much again as the first layer multiplies, but for its adjacency.
    first = {"martinez": 17 * 4, "tcn": 3 * 17 * 4, "stgcn": 17 * 3 * 4}
    assert more == pytest.approx(first.get(architecture, 2 * 17 * 4), rel=1)
    assert more > 0
    x = np.random.default_rng(0).normal(size=(2, frames, 17, 3)).astype(np.float32)
    layer_checks.randomize(model)
    pose = model(x, training=False)["pose"].numpy()
    assert pose.shape == (2, frames, 17, 3)
    x[..., 2] += 1
    assert np.abs(model(x, training=False)["pose"] - pose).max() > 1e-4
    again = type(model)(**model.get_config())
    assert again.inputs[0].shape == model.inputs[0].shape
    assert folding.fold(model).inputs[0].shape == model.inputs[0].shape


def test_inputs_that_are_none_are_refused():
    with pytest.raises(ValueError, match="`inputs` must be one of"):
        architectures.DGNet(blocks=1, channels=4, inputs="xyz")


def test_the_baseline_has_fixed_graphs_only():
    model = build("baseline", blocks=2, channels=4)
    fixed = layers.FixedSpatialGraphConv, layers.FixedTemporalGraphConv
    dynamic = layers.DynamicSpatialGraphConv, layers.DynamicTemporalGraphConv
    found = [type(convolution) for convolution in convolutions(model)]
    # FSG, FSG, then FTG, FTG, FTG; two convolutions a module, two blocks.
    assert found == ([fixed[0]] * 4 + [fixed[1]] * 6) * 2
    there = [
        type(convolution)
        for convolution in convolutions(build("dgnet", blocks=2, channels=4))
    ]
    assert there.count(dynamic[0]) == there.count(dynamic[1]) == 4


def test_the_baseline_of_the_paper_has_the_size_of_its_parts():
    # One block with C = 128 channels, 2 x 16 + 17 = 49 edges of the skeleton and
    # 4C = 512 parameters in each batch norm:
    #   FSG, twice      2 x 2 (2 C^2 + 49 + 512)  = 133,316
    #   FTG, three times 3 x 2 (3 C^2 + 512)      = 297,984
    #   non-local, twice 2 (4 C^2 + 512)          = 132,096
    #   head            3 C + 3                   =     387
    #                                      in all   563,783
    # Before: FSG 2 x 2 C + 49, batch norm 512, 17 joint vectors of C: 3,249.
    # After: the network's head, 3 x 5 C + 3 = 1,923.
    assert build("baseline").count_params() == 3_249 + 5 * 563_783 + 1_923 == 2_824_087


@pytest.mark.parametrize(
    "overrides",
    [
        {"blocks": 1, "channels": 8, "non_local": False},
        {"blocks": 3, "channels": 6, "joint_embedding": False},
        {"blocks": 1, "channels": 8, "frames": 2, "semantic": False},
    ],
)
def test_sizes_are_those_of_dgnet(overrides):
    of_baseline = build("baseline", **overrides).get_config()
    of_dgnet = build("dgnet", **overrides).get_config()
    differ = {name for name in of_dgnet if of_dgnet[name] != of_baseline[name]}
    assert differ - {"name"} == {"spatial_unit", "temporal_unit"}


def test_other_units_lose_their_dynamic_graphs_too():
    model = build(
        "baseline",
        blocks=1,
        channels=4,
        spatial_unit="dsg,fsg,dsg",
        temporal_unit="dtg",
    )
    assert model.get_config()["spatial_unit"] == "fsg,fsg,fsg"
    assert model.get_config()["temporal_unit"] == "ftg"


def test_the_baseline_does_not_look_at_features_to_find_its_graph():
    # Joints that no chain of bones connects within one FSG get nothing from each
    # other: with one frame and no non-local block, the influence of a joint is
    # bounded by the skeleton. Five FSG reach five bones far.
    model = build(
        "baseline",
        blocks=1,
        channels=4,
        frames=1,
        non_local=False,
        residual_gamma=1.0,
        head_scale=1.0,
    )
    x = np.random.default_rng(0).normal(size=(1, 1, 17, 2)).astype(np.float32)
    moved = x.copy()
    ankle, wrist = 3, 13  # Eight bones apart.
    moved[:, :, ankle] += 1.0
    change = np.abs(
        model(moved, training=False)["pose"] - model(x, training=False)["pose"]
    )[0, 0].max(axis=-1)
    assert change[ankle] > 1e-6
    assert change[wrist] == 0.0


def test_an_unknown_architecture_is_refused():
    with pytest.raises(UserError, match="'architecture' must be one of .*'baseline'"):
        config.make(architecture="fixed")


@pytest.mark.slow
def test_the_baseline_trains_evaluates_and_exports(tmp_path, capsys):
    splits = {"train": record_sets.takes(40, 30), "test": record_sets.takes(21)}
    data = record_sets.write(tmp_path / "data", splits)
    run = tmp_path / "run"
    run_command(
        train,
        f"--data={data}",
        f"--workdir={run}",
        "--architecture=baseline",
        *("--preset=smoke", "--channels=4", "--blocks=1", "--epochs=1"),
        *("--frames=2", "--non_local=false", "--temporal_unit=dtg"),
    )
    assert runs.load(run).config.architecture == "baseline"
    assert runs.load(run).model.get_config()["temporal_unit"] == "ftg"
    run_command(evaluate, f"--workdir={run}", f"--data={data}", "--flip=false")
    run_command(export, f"--workdir={run}", f"--output={tmp_path / 'exported'}")
    assert (tmp_path / "exported" / "1" / "saved_model.pb").is_file()
    assert "baseline, " in capsys.readouterr().out
