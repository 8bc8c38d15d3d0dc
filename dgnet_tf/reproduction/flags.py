"""Flags of the paper command, and the items that use them."""

from __future__ import annotations

from absl import flags

from dgnet_tf.config import flags as config_flags
from dgnet_tf.data import flags as data_flags
from dgnet_tf.errors import UserError

_TABLES = ("table1", "table2", "table3", "table4")
_RUNS = {"workdirs", "test_flip"}
_DRAWN = _RUNS | {"view", "shown"}
# What each item reads besides `--item`, `--data`, `--split` and `--output`.
ITEMS = {
    **dict.fromkeys(_TABLES, _RUNS),
    "table10": _RUNS | {"noises", "seeds"},
    "figure4": _RUNS,
    "figure5": {"groups", "architectures", "preset", "config", "test_flip"}
    | set(config_flags.NAMES),
    "figure6": _DRAWN | {"joint", "block"},
    "figure7": _DRAWN,
}
_ALWAYS = {"item", "data", "split", "output", "help"}


def define(flag_values: flags.FlagValues):
    """Defines the flags of all items."""

    def text(name, default, meaning, **more):
        flags.DEFINE_string(name, default, meaning, flag_values, **more)

    def listed(name, default, meaning):
        flags.DEFINE_list(name, default, meaning, flag_values)

    config_flags.define(flag_values)
    items, meaning = list(ITEMS), "Table or figure of the paper to make."
    flags.DEFINE_enum("item", None, items, meaning, flag_values, required=True)
    data_flags.define_data(flag_values, required=False)
    text("output", None, "Folder for the result.", required=True)
    data_flags.define_split(flag_values, "score or draw")
    listed("workdirs", [], "Folders of finished runs.")
    flags.DEFINE_boolean(
        "test_flip",
        True,
        "Average with the mirrored estimate (--flip is for figure5's training).",
        flag_values,
    )
    noises = "table10: standard deviations of Gaussian noise on the keypoints, pixels."
    listed("noises", ["0", "5", "10", "15", "20"], noises)
    listed("seeds", ["0"], "table10: seeds of the noise.")
    text(
        "groups",
        "",
        "figure5: groups of actions, separated by semicolons, as walking=walk,slow "
        "walk;run. By default each action of the training split.",
    )
    listed("architectures", ["dgnet", "baseline"], "figure5: networks to train.")
    flags.DEFINE_multi_string(
        "view",
        [],
        "figure6, figure7: subject/action/take/camera, or its first parts; for figure7 "
        "any number of times. By default the split's first view.",
        flag_values,
    )
    listed("shown", [], "figure6, figure7: frames; by default evenly spread ones.")
    text("joint", "left_elbow", "figure6: joint whose row is drawn over time.")
    block = "figure6: number of the DG-Conv block."
    flags.DEFINE_integer("block", 1, block, flag_values=flag_values)


def check(values: flags.FlagValues):
    """Raises UserError for a flag that the item does not read, or that it needs."""
    item = values.item
    for name in values:
        if values[name].present and name not in ITEMS[item] | _ALWAYS:
            raise UserError(f"--{name}: is not read for --item={item}. Leave it out.")
    if item == "figure4" and not values.workdirs:
        return
    if values.data is None:
        raise UserError(f"--item={item} needs --data, a converted data set.")
    if "workdirs" in ITEMS[item] and not values.workdirs:
        raise UserError(f"--item={item} needs --workdirs, finished runs.")
    if item == "figure6":
        for name in ("workdirs", "view"):
            count = len(values[name].value)
            if count > 1:
                raise UserError(f"--{name}: --item=figure6 draws one, got {count}.")


def numbers(values: flags.FlagValues, name: str, kind) -> list:
    """Returns a list flag's numbers.

    Raises:
        UserError: if one is none.
    """
    try:
        return [kind(text) for text in values[name].value]
    except ValueError:
        given = ",".join(values[name].value)
        message = f"--{name}={given}: must be numbers, separated by commas."
        raise UserError(message) from None
