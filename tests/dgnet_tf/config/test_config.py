"""The training configuration: presets, checks, flags and files."""

import dataclasses
import json

import pytest
from absl import flags

from dgnet_tf.config import config
from dgnet_tf.config import flags as config_flags
from dgnet_tf.config.config import Config
from dgnet_tf.errors import UserError

FIELDS = {field.name: field for field in dataclasses.fields(Config)}
FLAGS_OF_DATA = {"skeleton", "fps"}
OF_DATA = {"skeleton": "humaneva_15", "fps": 60.0}


def parse(*arguments):
    """The configuration of a command line."""
    values = flags.FlagValues()
    config_flags.define(values)
    values(["program", *arguments])
    return config.make(values.preset, **config_flags.asked(values))


def test_the_paper_preset_has_the_papers_numbers():
    paper = config.make("paper")
    assert paper == Config()
    assert (paper.frames, paper.blocks, paper.channels) == (4, 5, 128)
    assert (paper.spatial_neighbors, paper.temporal_neighbors) == (3, 4)
    assert (paper.connection, paper.weighting) == ("dynamic", "fc")
    assert (paper.spatial_unit, paper.temporal_unit) == ("fsg,dsg", "ftg,dtg,ftg")
    assert paper.non_local
    assert paper.block_loss_weight == 0.1
    assert (paper.epochs, paper.batch_size) == (200, 64)
    assert (paper.optimizer, paper.learning_rate) == ("adam", 1e-3)


@pytest.mark.parametrize("preset", ["paper", "small", "smoke"])
def test_each_preset_is_valid_and_changes_what_it_says(preset):
    changed = {
        name
        for name, value in dataclasses.asdict(config.make(preset)).items()
        if value != FIELDS[name].default
    }
    assert changed == set(config.PRESETS[preset])


def test_smaller_presets_are_smaller():
    paper, small, smoke = (config.make(p) for p in ("paper", "small", "smoke"))
    for name in ("blocks", "channels", "epochs"):
        sizes = [getattr(preset, name) for preset in (smoke, small, paper)]
        assert sizes == sorted(sizes) and sizes[0] < sizes[-1]
    assert smoke.epochs * smoke.steps_per_epoch <= 10


def test_overrides_win_over_the_preset():
    chosen = config.make("small", channels=32, noise_px=2.5)
    assert (chosen.channels, chosen.noise_px) == (32, 2.5)
    assert chosen.blocks == config.PRESETS["small"]["blocks"]


def test_a_whole_number_does_for_a_fraction():
    chosen = config.make(learning_rate=1)
    assert chosen.learning_rate == 1.0 and type(chosen.learning_rate) is float


def test_an_unknown_preset_is_refused_with_the_known_ones():
    with pytest.raises(UserError, match="preset must be one of .*'smoke'.* got 'big'"):
        config.make("big")


def test_an_unknown_field_is_refused_with_the_known_ones():
    with pytest.raises(UserError, match="field 'chanels'; there are .*'channels'"):
        config.make(chanels=3)


@pytest.mark.parametrize(
    "name, value",
    [
        ("channels", 8.0),
        ("channels", "8"),
        ("channels", True),
        ("learning_rate", "0.1"),
        ("learning_rate", True),
        ("flip", 1),
        ("connection", None),
        ("spatial_unit", ["fsg"]),
    ],
)
def test_a_wrong_type_is_refused_by_field_and_value(name, value):
    kind = type(FIELDS[name].default).__name__
    with pytest.raises(UserError) as error:
        config.make(**{name: value})
    assert f"{name!r} must be of type {kind}, got {value!r}" in str(error.value)


@pytest.mark.parametrize(
    "name, value",
    [
        ("frames", 0),
        ("frame_stride", 0),
        ("epochs", 0),
        ("steps_per_epoch", -1),
        ("batch_size", 0),
        ("noise_px", -0.5),
        ("noise_px", float("nan")),
        ("noise_px", float("inf")),
        ("block_loss_weight", -0.1),
        ("learning_rate", 0.0),
        ("learning_rate", float("nan")),
        ("learning_rate", float("inf")),
        ("learning_rate_decay", 0.0),
        ("learning_rate_schedule", "linear"),
        ("warmup_steps", -1),
        ("weight_decay", -0.1),
        ("weight_average", 1.0),
        ("random_cameras", 1.1),
        ("random_camera_tilt", -1.0),
        ("blocks", 0),
        ("channels", 0),
        ("spatial_neighbors", 0),
        ("temporal_neighbors", -1),
        ("head_scale", 0.0),
        ("residual_gamma", float("nan")),
        ("seed", -1),
        ("architecture", "resnet"),
        ("optimizer", "sgd"),
        ("jit_compile", "yes"),
        ("precision", "float16"),
        ("strategy", "tpu"),
        ("overlap", "best"),
    ],
)
def test_a_value_out_of_range_is_refused_by_field_and_value(name, value):
    with pytest.raises(UserError) as error:
        config.make(**{name: value})
    message = str(error.value)
    assert f"{name!r} must be" in message
    assert message.endswith(f"got {value!r}.")


def test_an_unknown_architecture_is_refused_under_every_preset():
    for preset in config.PRESETS:
        with pytest.raises(UserError, match="'architecture' must be one .*'resnet'"):
            config.make(preset, architecture="resnet")


@pytest.mark.parametrize("name", ["steps_per_epoch", "noise_px", "block_loss_weight"])
def test_the_smallest_allowed_value_is_zero(name):
    assert getattr(config.make(**{name: 0}), name) == 0


def test_every_field_but_those_of_the_data_is_a_flag_of_the_same_name():
    values = flags.FlagValues()
    config_flags.define(values)
    assert set(values) == {"preset", "config", *FIELDS} - FLAGS_OF_DATA


def test_flags_override_the_preset_and_no_flags_change_nothing():
    assert parse() == config.make("paper")
    assert parse("--preset=smoke") == config.make("smoke")
    chosen = parse(
        "--preset=smoke", "--channels=24", "--noflip", "--learning_rate=0.5",
        "--connection=random", "--non_local=false", "--noise_px=3",
    )  # fmt: skip
    assert chosen == config.make(
        "smoke",
        channels=24,
        flip=False,
        learning_rate=0.5,
        connection="random",
        non_local=False,
        noise_px=3.0,
    )


def test_a_flag_may_set_a_preset_back_to_the_default():
    assert parse("--preset=smoke", "--steps_per_epoch=0").steps_per_epoch == 0
    assert parse("--preset=smoke", "--channels=128").channels == 128


def test_a_file_of_fields_stands_between_preset_and_flags(tmp_path):
    path = tmp_path / "best.json"
    path.write_text('{"channels": 24, "blocks": 4, "skeleton": "humaneva_15"}')
    chosen = parse("--preset=smoke", f"--config={path}", "--blocks=1")
    # The data set names the skeleton.
    assert chosen == config.make("smoke", channels=24, blocks=1)
    path.write_text(config.dumps(config.make("small", seed=5)))
    assert parse(f"--config={path}") == config.make("small", seed=5)


@pytest.mark.parametrize("text", ["{", "[]", '{"chanels": 3}', '{"channels": "3"}'])
def test_a_broken_file_of_fields_is_refused_by_name(text, tmp_path):
    path = tmp_path / "best.json"
    path.write_text(text)
    with pytest.raises(UserError, match="best.json: not configuration fields"):
        parse(f"--config={path}")
    with pytest.raises(UserError, match="absent.json: not found"):
        parse(f"--config={tmp_path / 'absent.json'}")


def test_flags_are_checked_like_everything_else():
    with pytest.raises(UserError, match="'batch_size' must be from 1 to .* got 0"):
        parse("--batch_size=0")
    with pytest.raises(flags.IllegalFlagValueError, match="channels"):
        parse("--channels=many")


def test_each_flag_says_the_default_and_the_choices():
    values = flags.FlagValues()
    config_flags.define(values)
    text = " ".join(values.get_help().split())
    assert "The paper preset has 0.1." in text
    assert "One of none, mirrored, multi_worker." in text


def test_a_file_gives_back_what_was_written(tmp_path):
    written = config.make("small", seed=5, spatial_unit="fsg", **OF_DATA)
    path = tmp_path / "config.json"
    path.write_text(config.dumps(written))
    assert config.read(path) == written
    assert set(json.loads(path.read_text())) == set(FIELDS)


def test_a_missing_file_says_what_makes_one(tmp_path):
    with pytest.raises(UserError, match="config.json: not found. .*dgnet_tf.train"):
        config.read(tmp_path / "config.json")


@pytest.mark.parametrize(
    "text, message",
    [
        ("{", "not a configuration"),
        ("[]", "not a configuration"),
        ("3", "not a configuration"),
        ('{"chanels": 3}', "not a configuration: .*'chanels'"),
        ('{"channels": "3"}', "not a configuration: .*'channels' must be of type int"),
        ('{"batch_size": 0}', "not a configuration: .*'batch_size' must be from 1 to"),
        ('{"preset": "smoke"}', "not a configuration: .*'preset'"),
        ('{"noise_px": NaN}', "not a configuration: .*'noise_px'"),
        ('{"noise_px": 1e999}', "field 'noise_px' must hold finite numbers, got inf"),
    ],
)
def test_a_broken_file_is_refused_by_name_and_reason(text, message, tmp_path):
    path = tmp_path / "config.json"
    path.write_text(text)
    with pytest.raises(UserError, match=message) as error:
        config.read(path)
    assert str(path) in str(error.value)


def test_a_configuration_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.make().channels = 3
