"""`save_to_preset`: what it writes is what `from_preset` and the commands take."""

import json

import numpy as np
import pytest
import tensorflow as tf
from support.marks import slow_but
from support.models import weight_stand_ins

import dgnet_tf
from dgnet_tf.errors import UserError
from dgnet_tf.models import architectures, folding, pretrained, weight_folders
from dgnet_tf.training import fine_tuning

keras = tf.keras
SIZES = {"blocks": 1, "channels": 4, "frames": 3}


def network(**changes):
    """A network whose weights are none that it starts with."""
    return weight_stand_ins.shuffled(dgnet_tf.DGNet(**{**SIZES, **changes}))


def poses(model):
    frames = model.get_config()["frames"]
    x = np.random.default_rng(2).normal(size=(2, frames, 17, 2)).astype(np.float32)
    return np.asarray(model(x, training=False)["pose"])


@pytest.mark.addons
def test_from_preset_gives_the_network_back(tmp_path):
    model = network(spatial_neighbors=5, residual_gamma=0.5, seed=3)
    folder = model.save_to_preset(tmp_path / "mine")
    found = dgnet_tf.DGNet.from_preset(folder)
    assert found.get_config() == {**model.get_config(), "name": found.name}
    np.testing.assert_array_equal(poses(found), poses(model))
    assert sorted(path.name for path in folder.iterdir()) == [
        weight_folders.WEIGHTS,
        weight_folders.FILE,
    ]
    untrained = dgnet_tf.DGNet.from_preset(str(folder), load_weights=False)
    assert not np.allclose(poses(untrained), poses(model))


def test_with_its_frame_rate_it_lifts_and_trains_on(tmp_path):
    model = network()
    folder = model.save_to_preset(tmp_path / "mine", fps=25.0, frame_stride=2)
    lifter = dgnet_tf.Lifter.load(folder)
    assert (lifter.fps, lifter.options.frame_stride) == (25.0, 2)
    keypoints = np.random.default_rng(0).uniform(100, 900, (9, 17, 2))
    size = {"layout": "human36m_17", "image_size": (1000, 1000)}
    assert lifter.lift(keypoints, **size).positions.shape == (9, 17, 3)
    asked = fine_tuning.complete({"weights": str(folder)})
    assert asked["channels"] == 4 and asked["frame_stride"] == 2


def test_without_it_one_line_says_what_lacks(tmp_path):
    folder = network().save_to_preset(tmp_path / "mine")
    with pytest.raises(UserError, match=r"save_to_preset\(folder, fps=...\)"):
        dgnet_tf.Lifter.load(folder)


@pytest.mark.parametrize(
    "architecture", slow_but("tcn", ["martinez", "semgcn", "stgcn", "tcn"])
)
def test_peers_are_saved_too(architecture, tmp_path):
    classes = {type_.__name__.lower(): type_ for type_ in architectures.PEERS}
    model = classes[architecture](channels=8)
    folder = model.save_to_preset(tmp_path / "mine", fps=50.0)
    found = pretrained.load(folder).model
    assert type(found) is type(model)
    np.testing.assert_array_equal(poses(found), poses(model))
    with pytest.raises(ValueError, match=f"holds a {type(model).__name__}"):
        dgnet_tf.DGNet.from_preset(folder)


def test_the_precision_is_kept(tmp_path):
    model = network(dtype="mixed_bfloat16")
    folder = model.save_to_preset(tmp_path / "mine")
    found = dgnet_tf.DGNet.from_preset(folder)
    assert found.layers[1].dtype_policy.name == "mixed_bfloat16"
    np.testing.assert_array_equal(poses(found), poses(model))


def test_what_is_wrong_is_refused_and_nothing_left(tmp_path):
    model = network()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").write_text("a")
    taken = model.save_to_preset(tmp_path / "taken")
    before = (taken / weight_folders.FILE).read_bytes()
    for error, name, more, text in (
        (ValueError, "No-Name", {}, "`folder` must be named by lower-case letters"),
        (UserError, "full", {}, "is there and holds no preset.json"),
        (UserError, "taken", {}, "exists already.*overwrite=True"),
        (UserError, "new", {"speed": 3}, "Unknown configuration field 'speed'"),
        (UserError, "new", {"fps": -1.0}, "'fps' must be"),
    ):
        with pytest.raises(error, match=text):
            model.save_to_preset(tmp_path / name, **more)
    folded = folding.fold(model)
    with pytest.raises(ValueError, match="`batch_norm` False cannot be saved"):
        folded.save_to_preset(tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full", "taken"]
    assert (taken / weight_folders.FILE).read_bytes() == before


def test_it_is_replaced_where_that_is_asked_for(tmp_path):
    network().save_to_preset(tmp_path / "mine")
    model = network(channels=8)
    folder = model.save_to_preset(tmp_path / "mine", overwrite=True, fps=30.0)
    content = json.loads((folder / weight_folders.FILE).read_text())
    assert content["config"]["channels"] == 8 and content["config"]["fps"] == 30.0
    assert content["name"] == "mine"
    np.testing.assert_array_equal(
        poses(dgnet_tf.DGNet.from_preset(folder)), poses(model)
    )
