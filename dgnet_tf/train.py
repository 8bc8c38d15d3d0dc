"""Trains a network on a converted data set.

    python -m dgnet_tf.train --data=DIR --workdir=RUN [--preset=paper|small|smoke]
        [--FIELD=VALUE ...]

A training that was killed goes on when the same command is given again.
"""

from __future__ import annotations

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.config import flags as config_flags
from dgnet_tf.data import flags as data_flags
from dgnet_tf.data import manifest
from dgnet_tf.training import allocator, fine_tuning, keras_2

FLAGS = flags.FlagValues()
data_flags.define_data(FLAGS)
flags.DEFINE_string("workdir", None, "Folder of the run.", FLAGS, required=True)
config_flags.define(FLAGS)


def main(values):
    """Trains as the flags say."""
    allocator.keep_freed_memory()
    chosen = fine_tuning.from_flags(values)
    manifest.check_split(values.data, "train")
    keras_2.check_is_there(chosen.strategy)  # Before TensorFlow starts.

    import tensorflow as tf

    from dgnet_tf.training import fit

    # Several training runs may share a GPU; TensorFlow would take all of its memory.
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)
    fit.train(chosen, values.data, values.workdir)
    print(f"run: {values.workdir}")


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
