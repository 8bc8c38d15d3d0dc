"""The configurations of the peers: their own sizes, and the fields that they have."""

import dataclasses
import json

import pytest
from support.models.peer_networks import NAMES

from dgnet_tf.config import config
from dgnet_tf.config.config_field import ARCHITECTURES
from dgnet_tf.errors import UserError


def test_each_network_has_its_own_sizes_and_flags_replace_them():
    small = config.make("small", architecture="tcn")
    assert (small.frames, small.blocks, small.channels) == (27, 2, 256)
    assert (small.epochs, small.learning_rate) == (10, 3e-3)
    assert config.make("small", architecture="tcn", blocks=1).blocks == 1
    paper_sizes = {
        name: (c.frames, c.blocks, c.channels, c.dropout, c.overlap)
        for name in ARCHITECTURES
        for c in [config.make("paper", architecture=name)]
    }
    assert paper_sizes == {
        "dgnet": (4, 5, 128, 0.0, "mean"),
        "baseline": (4, 5, 128, 0.0, "mean"),
        "martinez": (1, 2, 1024, 0.5, "mean"),
        "semgcn": (1, 4, 128, 0.0, "mean"),
        "tcn": (27, 2, 1024, 0.25, "center"),
        "stgcn": (7, 2, 128, 0.1, "center"),
    }


@pytest.mark.parametrize("name", NAMES)
def test_an_epoch_of_small_shows_as_many_frames_as_dgnets(name):
    def seen(chosen):
        return chosen.steps_per_epoch * chosen.batch_size * chosen.frames

    peer = config.make("small", architecture=name)
    difference = abs(seen(peer) - seen(config.make("small")))
    assert difference < peer.batch_size * peer.frames


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("preset", ["paper", "small", "smoke"])
def test_a_peers_file_gives_back_what_was_written(name, preset, tmp_path):
    written = config.make(preset, architecture=name, skeleton="humaneva_15", fps=25.0)
    path = tmp_path / "config.json"
    path.write_text(config.dumps(written))
    assert config.read(path) == written


def test_an_older_runs_file_gives_what_it_gave(tmp_path):
    path = tmp_path / "config.json"
    older = dataclasses.asdict(config.make("small", channels=32))
    del older["dropout"]
    path.write_text(json.dumps(older))
    assert config.read(path) == config.make("small", channels=32)


@pytest.mark.parametrize(
    "name, field, value",
    [
        ("martinez", "connection", "random"),
        ("martinez", "non_local", False),
        ("semgcn", "semantic", False),
        ("tcn", "block_loss_weight", 0.5),
        ("stgcn", "temporal_unit", ""),
        ("dgnet", "dropout", 0.5),
        ("baseline", "dropout", 0.5),
    ],
)
def test_a_field_without_effect_is_refused(name, field, value):
    with pytest.raises(UserError, match=f"{field!r} has no effect with .* {name!r}"):
        config.make(architecture=name, **{field: value})
