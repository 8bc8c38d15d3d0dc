"""Makes one table or figure of the paper from trained runs.

    python -m dgnet_tf.paper --item=table1|table2|table3|table4 --workdirs=RUN,...
        --data=DIR --output=DIR [--split=test] [--test_flip=true]
    python -m dgnet_tf.paper --item=table10 --workdirs=RUN,... --data=DIR --output=DIR
        [--noises=0,5,10,15,20] [--seeds=0]
    python -m dgnet_tf.paper --item=figure4 --output=DIR [--workdirs=RUN,... --data=DIR]
    python -m dgnet_tf.paper --item=figure5 --data=DIR --output=DIR
        [--groups="walking=walk,slow walk;run"] [--architectures=dgnet,baseline]
        [--preset=P] [--<any configuration field>=value]

Writes Markdown and CSV, figures also as PNG, into the output folder. docs/paper.md
says what each item needs and how it is defined.
"""

from __future__ import annotations

from absl import flags

from dgnet_tf import command_line, config
from dgnet_tf.errors import UserError

FLAGS = flags.FlagValues()
config.define_flags(FLAGS)
_RUNS = {"workdirs", "test_flip"}
# What each item reads besides `--item`, `--data`, `--split` and `--output`.
ITEMS = {
    **dict.fromkeys(("table1", "table2", "table3", "table4"), _RUNS),
    "table10": _RUNS | {"noises", "seeds"},
    "figure4": _RUNS,
    "figure5": {"groups", "architectures", "preset", "config", "test_flip"}
    | set(config.flag_names()),
}
flags.DEFINE_enum(
    "item", None, list(ITEMS), "What to make.", required=True, flag_values=FLAGS
)
flags.DEFINE_string("data", None, "Folder of a converted data set.", flag_values=FLAGS)
flags.DEFINE_string(
    "output", None, "Folder for the result.", required=True, flag_values=FLAGS
)
flags.DEFINE_enum(
    "split", "test", ["train", "validation", "test"], "Scored.", flag_values=FLAGS
)
flags.DEFINE_list("workdirs", [], "Finished runs.", flag_values=FLAGS)
flags.DEFINE_boolean(
    "test_flip",
    True,
    "Average with the mirrored estimate when scoring (--flip is for figure5's "
    "training).",
    flag_values=FLAGS,
)
flags.DEFINE_list(
    "noises",
    ["0", "5", "10", "15", "20"],
    "table10: standard deviations of Gaussian noise on the keypoints, pixels.",
    flag_values=FLAGS,
)
flags.DEFINE_list("seeds", ["0"], "table10: seeds of the noise.", flag_values=FLAGS)
flags.DEFINE_string(
    "groups",
    "",
    "figure5: groups of actions, separated by semicolons, as walking=walk,slow "
    "walk;run. By default each action of the training split.",
    flag_values=FLAGS,
)
flags.DEFINE_list(
    "architectures",
    ["dgnet", "baseline"],
    "figure5: networks to train.",
    flag_values=FLAGS,
)


def main(values):
    """Makes the item and prints where it is."""
    check(values)
    print("\n".join(str(path) for path in _MAKERS[values.item](values)))


def check(values):
    """Raises UserError for a flag that the item does not read, or needs."""
    always = {"item", "data", "split", "output", "help"}
    for name in FLAGS:
        if values[name].present and name not in ITEMS[values.item] | always:
            raise UserError(
                f"--{name}: is not read for --item={values.item}. Leave it out."
            )
    if values.item == "figure4" and not values.workdirs:
        return
    if values.data is None:
        raise UserError(f"--item={values.item} needs --data, a converted data set.")
    if "workdirs" in ITEMS[values.item] and not values.workdirs:
        raise UserError(f"--item={values.item} needs --workdirs, finished runs.")


def _table(values):
    from dgnet_tf import paper_tables

    return paper_tables.make(
        values.item,
        values.workdirs,
        values.data,
        values.split,
        values.output,
        flip=values.test_flip,
    )


def _table10(values):
    from dgnet_tf import noise_series

    return noise_series.make(
        values.workdirs,
        values.data,
        values.split,
        values.output,
        noises=_numbers("noises", float, values.noises),
        seeds=_numbers("seeds", int, values.seeds),
        flip=values.test_flip,
    )


def _figure4(values):
    from dgnet_tf import size_figure

    return size_figure.make(
        values.workdirs,
        values.data,
        values.split,
        values.output,
        flip=values.test_flip,
    )


def _figure5(values):
    from dgnet_tf import cross_action, cross_action_figure

    paths = []
    name = "figure5" if values.split == "test" else f"figure5-{values.split}"

    def finished(results):
        paths[:] = cross_action_figure.write(results, values.output, name)

    for architecture in values.architectures:
        config.make(architecture=architecture)
    cross_action.run(
        config.from_flags(values),
        values.data,
        values.output,
        groups=values.groups,
        architectures=values.architectures,
        split=values.split,
        flip=values.test_flip,
        finished=finished,
    )
    return paths


def _numbers(name, kind, texts):
    try:
        return [kind(text) for text in texts]
    except ValueError:
        raise UserError(
            f"--{name}={','.join(texts)}: must be numbers, separated by commas."
        ) from None


_MAKERS = {
    **dict.fromkeys(("table1", "table2", "table3", "table4"), _table),
    "table10": _table10,
    "figure4": _figure4,
    "figure5": _figure5,
}


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
