"""Trained weights by name: the same poses, or one clear error."""

import json
import shutil

import h5py
import numpy as np
import pytest
from support.marks import slow_but
from support.models import weight_stand_ins as stand_ins

import dgnet_tf
from dgnet_tf.config.config_field import ARCHITECTURES
from dgnet_tf.config.fields import FIELDS
from dgnet_tf.errors import UserError
from dgnet_tf.files import provenance
from dgnet_tf.models import architectures, pretrained, weight_files, weight_folders


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder of weights and the run that it was made of."""
    return stand_ins.write(tmp_path_factory.mktemp("presets"))


@pytest.fixture
def copy(made, tmp_path):
    """The folder, for a test to change."""
    return shutil.copytree(made[0], tmp_path / "copy")


def signed(folder):
    """Writes the digest of a file that was changed on purpose."""
    path = folder / weight_folders.FILE
    content = json.loads(path.read_text())
    weights = folder / weight_folders.WEIGHTS
    content["weights"] |= {
        "bytes": weights.stat().st_size,
        "sha256": provenance.sha256(weights),
    }
    path.write_text(json.dumps(content))
    return folder


@pytest.mark.parametrize(
    "architecture",
    slow_but("dgnet", sorted(ARCHITECTURES)),
)
def test_every_network_gives_the_same_poses_again(architecture, tmp_path):
    made = stand_ins.run(architecture=architecture)
    folder, _ = stand_ins.write(tmp_path, made)
    found = pretrained.load(folder)
    assert found.config == made.config
    assert type(found.model) is type(made.model)
    expected = stand_ins.pose(made.model, made.config)
    assert np.abs(expected).max() > 1e-2
    poses = stand_ins.pose(found.model, found.config)
    np.testing.assert_allclose(poses, expected, rtol=0, atol=1e-6)
    for ours, theirs in zip(
        made.model.get_weights(), found.model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_shipped_folders_hold_ten_megabytes_in_all():
    files = [path for path in weight_folders.FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 10_000_000


def test_shipped_weights_are_small_whole_and_compute_what_was_written(made):
    for folder in (made[0], *map(weight_folders.find, weight_folders.names())):
        assert weight_folders.weights_file(folder).stat().st_size <= 12_000_000
        assert weight_folders.engine_file(folder).stat().st_size <= 12_000_000
        content = weight_folders.read(folder)
        assert content["name"] == folder.name
        assert (folder / weight_folders.CARD).stat().st_size > 500
        text = (folder / weight_folders.FILE).read_text()
        assert '"/' not in text and "=/" not in text  # Folders of a machine.
        run = pretrained.load(folder)
        assert content["weights"]["parameters"] == run.model.count_params()
        # Written by whichever stack: this one computes the same.
        probe = pretrained.probe(run.model, run.config)
        assert probe.shape == (17, 3) and np.abs(probe).max() > 1e-2
        np.testing.assert_allclose(probe, content["probe"], rtol=0, atol=1e-5)


def test_the_file_is_laid_out_alike_on_both_stacks(made):
    folder, run = made
    model = run.model
    shapes = weight_files.tensors(folder / weight_folders.WEIGHTS)
    assert len(shapes) == len(model.weights)
    module = "layers/dg_conv_block/chain/residual_graph_module"
    norm = model.get_layer("input_norm")
    conv = model.get_layer("dg_block_1").chain[0].conv_1
    expected = {
        "layers/fixed_spatial_graph_conv/vars/0": model.get_layer("input_graph").theta,
        "layers/batch_norm/vars/0": norm.gamma,
        "layers/batch_norm/vars/1": norm.beta,
        "layers/batch_norm/vars/2": norm.moving_mean,
        "layers/batch_norm/vars/3": norm.moving_variance,
        "layers/dense/vars/0": model.get_layer("block_1").kernel,
        "layers/dense_1/vars/1": model.get_layer("pose").bias,
        f"{module}/conv_1/vars/0": conv.weights[0],
        f"{module}/norm_1/vars/2": model.get_layer("dg_block_1")
        .chain[0]
        .norm_1.moving_mean,
    }
    with h5py.File(folder / weight_folders.WEIGHTS) as file:
        for name, variable in expected.items():
            np.testing.assert_array_equal(file[name][()], np.asarray(variable))


def test_keras_reads_the_file_without_us(made):
    folder, run = made
    model = dgnet_tf.DGNet(**{**run.model.get_config(), "name": "another"})
    model.load_weights(str(folder / weight_folders.WEIGHTS))
    np.testing.assert_allclose(
        stand_ins.pose(model, run.config),
        stand_ins.pose(run.model, run.config),
        atol=1e-6,
    )


def test_from_preset_takes_names_and_folders(made, monkeypatch):
    folder, run = made
    expected = stand_ins.pose(run.model, run.config)
    model = dgnet_tf.DGNet.from_preset(str(folder))
    np.testing.assert_allclose(stand_ins.pose(model, run.config), expected, atol=1e-6)
    assert stand_ins.NAME not in dgnet_tf.DGNet.presets
    stand_ins.ship(monkeypatch, folder.parent)
    assert dgnet_tf.DGNet.presets == [stand_ins.NAME]
    model = dgnet_tf.DGNet.from_preset(stand_ins.NAME)
    assert type(model) is dgnet_tf.DGNet and model.presets == [stand_ins.NAME]
    np.testing.assert_allclose(stand_ins.pose(model, run.config), expected, atol=1e-6)
    with pytest.raises(ValueError, match=rf"one of \['{stand_ins.NAME}'\].*'other'"):
        dgnet_tf.DGNet.from_preset("other")


def test_without_weights_the_network_is_untrained(made):
    folder, run = made
    model = dgnet_tf.DGNet.from_preset(folder, load_weights=False)
    assert model.get_config().items() >= {"channels": 4, "blocks": 1}.items()
    assert set(np.unique(model.get_layer("input_norm").moving_variance)) == {1.0}
    ours, theirs = (stand_ins.pose(m, run.config) for m in (run.model, model))
    assert np.abs(ours - theirs).max() > 1e-3


def test_another_network_is_not_taken_for_this_class(made, monkeypatch):
    class Another(dgnet_tf.DGNet):
        pass

    with pytest.raises(ValueError, match="must hold a Another, .* holds a DGNet"):
        Another.from_preset(made[0])


def test_a_missing_tensor_is_named(copy):
    with h5py.File(copy / weight_folders.WEIGHTS, "a") as file:
        del file["layers/dense/vars/1"]
    with pytest.raises(UserError, match=r"'layers/dense/vars/1' of shape \(3,\) is mi"):
        pretrained.load(signed(copy))


def test_a_tensor_of_another_shape_is_named(copy):
    with h5py.File(copy / weight_folders.WEIGHTS, "a") as file:
        del file["layers/dense/vars/0"]
        file["layers/dense/vars/0"] = np.zeros((5, 3), np.float32)
    message = r"dense/vars/0' has shape \(5, 3\) instead of \(4, 3\)"
    with pytest.raises(UserError, match=message):
        pretrained.load(signed(copy))


def test_a_tensor_too_many_is_named(copy):
    with h5py.File(copy / weight_folders.WEIGHTS, "a") as file:
        file["layers/dense_9/vars/0"] = np.zeros(3, np.float32)
    with pytest.raises(UserError, match="'layers/dense_9/vars/0' is not of this net"):
        pretrained.load(signed(copy))


def test_another_kind_of_file_is_refused(copy):
    (copy / weight_folders.WEIGHTS).write_bytes(b"not at all" * 100)
    with pytest.raises(UserError, match="is no HDF5 file"):
        pretrained.load(signed(copy))


def test_a_configuration_that_is_none_is_refused(copy):
    path = copy / weight_folders.FILE
    content = json.loads(path.read_text())
    for fields, message in (
        ({"blocks": "many"}, "'config': .*'blocks' must be of type int"),
        ({"unheard": 1}, "`config`: Unknown configuration field 'unheard'"),
        ({"skeleton": "robot"}, "'config': .*robot"),
        ({"fps": 0.0}, "`config`: .*'fps' is missing or empty"),
    ):
        config = {**content["config"], **fields}
        path.write_text(json.dumps({**content, "config": config}))
        with pytest.raises(UserError, match=message):
            pretrained.load(copy)


def test_half_precision_halves_the_file_and_is_read_alike(tmp_path):
    run = stand_ins.run(channels=48)
    sizes = {}
    for half in (False, True):
        path = tmp_path / f"{half}.weights.h5"
        weight_files.save(run.model, path, half=half)
        sizes[half] = path.stat().st_size
    assert sizes[True] < 0.75 * sizes[False]
    again = stand_ins.run(seed=9, channels=48).model
    again.load_weights(str(path))
    for ours, theirs in zip(run.model.get_weights(), again.get_weights(), strict=True):
        assert theirs.dtype == np.float32
        np.testing.assert_array_equal(ours.astype(np.float16), theirs)
    run.model.get_layer("pose").bias.assign([0.0, 1e6, 0.0])
    with pytest.raises(UserError, match=r"vars/1' holds 1e\+06, which float16 cannot"):
        weight_files.save(run.model, path, half=True)


def test_from_preset_needs_no_configuration(copy, made):
    path = copy / weight_folders.FILE
    content = json.loads(path.read_text())
    assert content["network"]["class"] == "DGNet"
    path.write_text(json.dumps({**content, "config": {"unheard": 1}}))
    model = dgnet_tf.DGNet.from_preset(copy)
    np.testing.assert_array_equal(
        stand_ins.pose(model, made[1].config),
        stand_ins.pose(dgnet_tf.DGNet.from_preset(made[0]), made[1].config),
    )


@pytest.mark.parametrize("architecture", ["dgnet", "baseline"])
@pytest.mark.slow
@pytest.mark.addons
def test_folders_of_before_the_network_was_written_load_alike(architecture, tmp_path):
    policy = "mixed_bfloat16"
    with architectures.precision(policy):
        made = stand_ins.run(architecture=architecture, precision=policy)
    folder, _ = stand_ins.write(tmp_path, made)
    path = folder / weight_folders.FILE
    content = json.loads(path.read_text())
    network = content.pop("network")
    path.write_text(json.dumps(content))
    assert weight_folders.read(folder)["network"] == network
    model, loaded = dgnet_tf.DGNet.from_preset(folder), pretrained.load(folder).model
    assert {**model.get_config(), "name": ""} == {**loaded.get_config(), "name": ""}
    assert model.get_layer("input_graph").compute_dtype == "bfloat16"
    np.testing.assert_array_equal(
        stand_ins.pose(model, made.config), stand_ins.pose(loaded, made.config)
    )


def test_the_shipped_network_is_that_of_its_configuration():
    for name in weight_folders.names():
        content = json.loads((weight_folders.find(name) / "preset.json").read_text())
        network = weight_folders.network(content["config"])
        # Fields that came after the weights are at what the network then was.
        made = set(content["network"]["arguments"])
        for name in set(network["arguments"]) - made:
            assert network["arguments"].pop(name) == FIELDS[name].default
        assert content["network"] == network


@pytest.mark.parametrize(
    "network, error, message",
    [
        ({"class": "Martinez", "arguments": {}}, ValueError, "holds a Martinez; load"),
        ({"class": "DGNet", "arguments": {"blocks": 0}}, UserError, "`blocks` must be"),
        ({"class": "DGNet", "arguments": {"unheard": 1}}, UserError, "`network`: "),
        (
            {"class": "DGNet", "arguments": {"dtype": {"class_name": "Policy"}}},
            UserError,
            "'network.arguments.dtype': must be text, a number",
        ),
        (
            {"class": "DGNet", "arguments": {"blocks": 64, "channels": 4096}},
            UserError,
            "has more than 1073741824 numbers",
        ),
        ({"class": "DGNet"}, UserError, "has no field 'network.arguments'"),
        (
            {"class": 1, "arguments": {}},
            UserError,
            "'network.class' must be text",
        ),
        ("DGNet", UserError, "'network' must be an object"),
    ],
)
def test_a_network_that_is_none_is_refused(copy, network, error, message):
    path = copy / weight_folders.FILE
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "config": {}, "network": network}))
    with pytest.raises(error, match=message):
        dgnet_tf.DGNet.from_preset(copy)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"class": "TCN"}, "'network.class' must be 'DGNet', .* got 'TCN'"),
        ({"arguments": {"channels": 8}}, "'network.arguments.channels' must be 4"),
        ({"arguments": {"dropout": 0.5}}, "'network.arguments.dropout' must be None"),
    ],
)
def test_a_network_that_its_configuration_contradicts_is_refused(copy, change, message):
    path = copy / weight_folders.FILE
    content = json.loads(path.read_text())
    path.write_text(
        json.dumps({**content, "network": {**content["network"], **change}})
    )
    with pytest.raises(UserError, match=message):
        weight_folders.read(copy)
