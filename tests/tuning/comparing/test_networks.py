"""The networks of a comparison: names, fields, and one budget for all."""

import pytest
from support import record_sets, tuning_stand_ins

from dgnet_tf.config import config
from dgnet_tf.config.config_field import ARCHITECTURES
from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError
from tuning.comparing import networks
from tuning.studies import budget


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tuning_stand_ins.data(tmp_path_factory.mktemp("networks") / "data")


def make(data, *names, **options):
    return networks.make(names, data, **{"preset": "smoke", **options})


def seen(one):
    c = one.config
    return c.epochs * c.steps_per_epoch * c.batch_size * c.frames


def test_other_windows_and_batches_take_other_steps_and_see_as_many_frames(data):
    found = make(
        *(data, "dgnet", "baseline:frames=1", "dgnet:frames=2:batch_size=2"),
        "dgnet:epochs=4:frames=3",
        frames_seen=960,
    )
    assert [seen(one) for one in found] == [960] * 4
    assert [budget.frames_seen(one.config) for one in found] == [960] * 4
    steps = [one.config.steps_per_epoch for one in found]
    assert steps == [15, 60, 120, 10]
    assert [one.config.architecture for one in found] == [
        *("dgnet", "baseline", "dgnet", "dgnet")
    ]


def test_without_a_number_all_see_what_the_first_one_would(data):
    # smoke: 2 epochs of 3 steps of 8 windows of 4 frames.
    first, second = make(data, "baseline", "dgnet:frames=2")
    assert (seen(first), seen(second)) == (192, 192)
    # An epoch of the preset "paper" sees each of the 80 training frames about once.
    first, second = make(
        *(data, "dgnet:batch_size=5", "dgnet:frames=2:batch_size=2"),
        preset="paper",
        shared={"epochs": 3},
    )
    assert (first.config.steps_per_epoch, second.config.steps_per_epoch) == (4, 20)
    assert (seen(first), seen(second)) == (240, 240)


def test_every_architecture_sees_as_many_frames_under_the_preset_small(data):
    found = make(data, *ARCHITECTURES, preset="small")
    assert {one.config.architecture for one in found} == set(ARCHITECTURES)
    assert [seen(one) for one in found] == pytest.approx([512_000] * len(found), 0.01)
    assert len({one.config.frames for one in found}) > 1
    assert len({one.title for one in found}) == len(found)


def test_a_field_without_effect_on_a_network_is_refused_by_its_name(data):
    weighting = {"weighting": "none"}
    make(data, "dgnet", "baseline", shared=weighting)
    with pytest.raises(UserError, match="^martinez: .*'weighting' has no effect with"):
        make(data, "dgnet", "martinez", shared=weighting)
    make(data, "dgnet:weighting=none", "martinez")


def test_batches_of_one_number_of_frames_give_all_as_many_steps(data):
    found = make(
        *(data, "dgnet", "dgnet:frames=1", "baseline:frames=6"),
        frames_seen=9600,
        batch_frames=48,
    )
    assert [one.config.batch_size for one in found] == [12, 48, 8]
    assert {one.config.steps_per_epoch for one in found} == {100}


def test_a_network_has_the_shared_fields_and_its_own_before_them(data):
    first, second = make(
        *(data, "dgnet", "dgnet:channels=4:semantic=false:learning_rate=1e-4"),
        shared={"channels": 8, "seed": 3},
    )
    assert (first.config.channels, second.config.channels) == (8, 4)
    assert (first.config.semantic, second.config.semantic) == (True, False)
    assert second.config.learning_rate == 1e-4
    assert (first.config.seed, second.config.seed) == (3, 3)
    assert first.title == "DG-Net"
    assert second.title == "DG-Net (channels=4, semantic=false, learning_rate=1e-4)"


@pytest.mark.parametrize(
    "names, options, message",
    [
        ([], {}, "--architectures: names no network"),
        (["dgnet", "resnet"], {}, "resnet: .*'architecture' must be one of"),
        (["dgnet", "dgnet"], {}, "dgnet and dgnet are the same network"),
        (["dgnet", "dgnet:channels=16"], {}, "dgnet:channels=16 and dgnet are the"),
        (["dgnet:width=3"], {}, "'width=3' is not FIELD=VALUE"),
        (["dgnet:fps=3"], {}, "'fps=3' is not FIELD=VALUE"),
        (["dgnet:channels"], {}, "'channels' is not FIELD=VALUE"),
        (["dgnet:channels=4.5"], {}, "'channels=4.5': channels must be of type int"),
        (["dgnet:semantic=maybe"], {}, "semantic must be of type bool"),
        (["dgnet:channels=0"], {}, "'channels' must be from 1 to 4,096"),
        (
            ["dgnet", "dgnet:frames=27"],
            {},
            r"dgnet:frames=27: a step of 8 windows of 27 frames shows 216 frames, so "
            r"that 2 epochs .* cannot show 192 .*nearest is 432.*--frames_seen of 4320",
        ),
        (["dgnet:frames=27"], {"batch_frames": 40}, "no batch of 40 frames.*have 27"),
        (["dgnet:frames=27"], {"batch_frames": 4}, "no batch of 4 frames"),
    ],
)
def test_what_cannot_be_compared_is_refused_by_name(names, options, message, data):
    with pytest.raises(UserError, match=message):
        make(data, *names, **options)


def test_the_longest_window_says_which_overlap_to_convert_with(data):
    # The records overlap by 6 frames.
    short, long, longest = make(
        *(data, "dgnet", "dgnet:frames=8", "dgnet:frames=5:frame_stride=3"),
        frames_seen=96000,
    )
    networks.check([short], data, "test")
    with pytest.raises(UserError) as error:
        networks.check([short, long, longest], data, "test")
    assert str(error.value).startswith("dgnet:frames=5:frame_stride=3: ")
    assert "--record_overlap=12" in str(error.value)
    with pytest.raises(UserError, match="frames=8.*--record_overlap=7"):
        networks.check([short, long], data, "test")


def test_training_on_some_actions_sees_their_frames(tmp_path):
    other = record_sets.write(tmp_path / "data", {"train": record_sets.takes(40, 24)})
    chosen = config.make("paper", batch_size=2, epochs=2, actions="Walking")
    # 64 frames are 8 whole batches of 2 windows of 4.
    assert budget.natural(chosen, other, manifest.read(other)) == 2 * 8 * 2 * 4
