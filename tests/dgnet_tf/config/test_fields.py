"""The configuration's fields: what each says of itself, and who follows it."""

import dataclasses
import math
import subprocess
import sys

import pytest
from absl import flags

from dgnet_tf.config import config, config_field, fields, network_sizes
from dgnet_tf.config import flags as config_flags
from dgnet_tf.config.fields import FIELDS, Config, names
from dgnet_tf.data.augmentation import augmentation
from dgnet_tf.errors import UserError
from dgnet_tf.layers import neighbor_masks, pair_score
from dgnet_tf.training import fine_tuning

PARTS = {
    *(fields.NETWORK, fields.DATA, fields.AUGMENTATION),
    *(fields.OPTIMIZER, fields.EXECUTION, fields.INFERENCE),
}


def flag_help(name):
    values = flags.FlagValues()
    config_flags.define(values)
    return values[name].help


def test_the_configuration_needs_no_tensorflow():
    code = (
        "import sys\n"
        "from dgnet_tf.config import action_names, config, config_field\n"
        "from dgnet_tf.config import fields, flags, network_sizes\n"
        "config.make('small', architecture='tcn')\n"
        "print('tensorflow' in sys.modules, 'numpy' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stdout.split() == ["False", "False"], found.stderr


def test_each_field_is_in_one_part_and_the_order_is_the_dataclasses():
    assert list(FIELDS) == [field.name for field in dataclasses.fields(Config)]
    assert {known.part for known in FIELDS.values()} == PARTS
    assert sorted(FIELDS) == sorted(name for part in PARTS for name in names(part))


@pytest.mark.parametrize("name", FIELDS)
def test_defaults_and_sizes_are_allowed(name):
    known = FIELDS[name]
    assert known.name == name and known.default == getattr(Config(), name)
    assert type(known.default) is known.kind and known.admits(known.default)
    for sizes in (*config.PRESETS.values(), *network_sizes.PUBLISHED.values()):
        assert known.admits(sizes.get(name, known.default))


@pytest.mark.parametrize(
    "known, words, inside, outside",
    [
        ({"least": 1}, "at least 1", (1, 9), (0, -1)),
        ({"least": 0, "most": 0.5}, "from 0 to 0.5", (0, 0.5), (-0.1, 0.6)),
        ({"above": 0}, "above 0", (0.1, 7.0), (0.0, -1.0, float("nan"))),
        ({"choices": ("a", "b")}, "one of ['a', 'b']", ("a",), ("c", "")),
        ({}, "", (-5, 0, "x"), ()),
    ],
)
def test_ranges_are_words_and_checks(known, words, inside, outside):
    found = config_field.ConfigField(
        name="size", default=1.0, meaning="", part="", **known
    )
    assert found.allowed == words
    for value in inside:
        found.check(value)
    for value in outside:
        with pytest.raises(ValueError) as error:
            found.check(value)
        assert str(error.value) == f"`size` must be {words}, got {value!r}."


def test_whole_numbers_are_checked_as_such():
    reach = FIELDS["keypoint_smoothing"]
    reach.check(25)
    with pytest.raises(ValueError, match="`keypoint_smoothing` must be from 0 to 25"):
        reach.check(26)
    for fraction in (2.0, True):
        with pytest.raises(ValueError, match="must be a whole number, got"):
            reach.check(fraction)


def test_messages_of_a_configuration_hold_the_range():
    for value in (-0.5, 0.6):
        message = f"'outlier_share' must be from 0 to 0.5, got {value}"
        with pytest.raises(config.UserError, match=message):
            config.make(outlier_share=value)
    with pytest.raises(config.UserError, match="'connection' must be one of .*'near'"):
        config.make(connection="near")


def test_choices_of_graphs_are_the_layers():
    assert FIELDS["connection"].choices == neighbor_masks.CONNECTIONS
    assert FIELDS["normalization"].choices == neighbor_masks.NORMALIZATIONS
    assert FIELDS["weighting"].choices == pair_score.WEIGHTINGS
    assert FIELDS["score_activation"].choices == tuple(pair_score.ACTIVATIONS)


def test_help_says_meaning_range_networks_and_default():
    assert flag_help("blocks") == (
        "Number of DG-Conv blocks, or of another network's blocks. From 1 to 100. The "
        "paper preset has 5 (martinez 2, semgcn 4, tcn 2, stgcn 2)."
    )
    text = flag_help("connection")
    assert "One of dynamic, fixed, full" in text
    assert "Only for dgnet, baseline." in text


def test_augmentation_and_fine_tuning_follow_the_fields():
    made = augmentation.Augmentation()
    assert dataclasses.asdict(made) == {
        name: FIELDS[name].default for name in names(fields.AUGMENTATION)
    } | {"flip": False}
    assert augmentation.of(Config()) == augmentation.Augmentation(flip=True)
    network = set(names(fields.NETWORK)) - {"dropout"}
    assert set(fine_tuning.NETWORK) == network


@pytest.mark.parametrize("name", FIELDS)
def test_every_number_has_a_lower_and_an_upper_bound(name):
    known = FIELDS[name]
    for value in (10**400, -(10**400), math.nan, math.inf, 1e308, "1", None, [1], {}):
        if known.kind in (int, float):
            assert not known.admits(value)
        if not (known.kind is str and isinstance(value, str)):
            with pytest.raises(UserError, match=f"{name}.* must be ") as error:
                config.make(**{name: value})
            assert len(str(error.value)) < 400
