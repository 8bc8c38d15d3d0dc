"""Makes one table or figure of the paper from trained runs.

    python -m dgnet_tf.paper --item=table1|table2|table3|table4 --workdirs=RUN,...
        --data=DIR --output=DIR [--split=test] [--test_flip=true]
    python -m dgnet_tf.paper --item=table10 --workdirs=RUN,... --data=DIR --output=DIR
        [--noises=0,5,10,15,20] [--seeds=0]
    python -m dgnet_tf.paper --item=figure4 --output=DIR [--workdirs=RUN,... --data=DIR]
    python -m dgnet_tf.paper --item=figure5 --data=DIR --output=DIR
        [--groups="walking=walk,slow walk;run"] [--architectures=dgnet,baseline]
        [--preset=P] [--<any configuration field>=value]
    python -m dgnet_tf.paper --item=figure6 --workdirs=RUN --data=DIR --output=DIR
        [--view=SUBJECT/ACTION/TAKE/CAMERA] [--shown=FRAMES] [--joint=J] [--block=1]
    python -m dgnet_tf.paper --item=figure7 --workdirs=RUN,... --data=DIR --output=DIR
        [--view=... --view=...] [--shown=FRAMES]

Writes Markdown and CSV, figures also as PNG, into the output folder. docs/paper.md
says what each item needs and how it is defined.
"""

from __future__ import annotations

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.reproduction import flags as paper_flags
from dgnet_tf.training import fine_tuning

FLAGS = flags.FlagValues()
paper_flags.define(FLAGS)


def main(values):
    """Makes the item and prints where it is."""
    paper_flags.check(values)
    print("\n".join(str(path) for path in _MAKERS[values.item](values)))


def _table(values):
    from dgnet_tf.reproduction import paper_tables

    return paper_tables.make(values.item, *_scored(values), flip=values.test_flip)


def _table10(values):
    from dgnet_tf.reproduction import noise_series

    return noise_series.make(
        *_scored(values),
        noises=paper_flags.numbers(values, "noises", float),
        seeds=paper_flags.numbers(values, "seeds", int),
        flip=values.test_flip,
    )


def _figure4(values):
    from dgnet_tf.reproduction import size_figure

    return size_figure.make(*_scored(values), flip=values.test_flip)


def _figure5(values):
    from dgnet_tf.reproduction import cross_action, cross_action_figure

    paths = []
    name = "figure5" if values.split == "test" else f"figure5-{values.split}"

    def finished(results):
        paths[:] = cross_action_figure.write(results, values.output, name)

    def configure(architecture):
        return fine_tuning.from_flags(values, architecture=architecture)

    for architecture in values.architectures:
        configure(architecture)
    cross_action.run(
        fine_tuning.from_flags(values),
        values.data,
        values.output,
        groups=values.groups,
        architectures=values.architectures,
        split=values.split,
        flip=values.test_flip,
        finished=finished,
        configure=configure,
    )
    return paths


def _figure6(values):
    from dgnet_tf.reproduction import affinity_figure

    (workdir,), *where = _scored(values)
    return affinity_figure.make(
        workdir,
        *where,
        view="".join(values.view),
        shown=paper_flags.numbers(values, "shown", int),
        joint=values.joint,
        block=values.block,
        flip=values.test_flip,
    )


def _figure7(values):
    from dgnet_tf.reproduction import qualitative_figure

    return qualitative_figure.make(
        *_scored(values),
        views=values.view,
        shown=paper_flags.numbers(values, "shown", int),
        flip=values.test_flip,
    )


def _scored(values):
    return values.workdirs, values.data, values.split, values.output


_MAKERS = {
    **dict.fromkeys(("table1", "table2", "table3", "table4"), _table),
    "table10": _table10,
    "figure4": _figure4,
    "figure5": _figure5,
    "figure6": _figure6,
    "figure7": _figure7,
}


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
