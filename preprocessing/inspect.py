"""Shows what a converted data set holds.

python -m preprocessing.inspect --data=DIR [--figure=FILE.png]
"""

from __future__ import annotations

from absl import flags

from dgnet_tf import command_line

FLAGS = flags.FlagValues()
flags.DEFINE_string("data", None, "Folder of the converted data set.", FLAGS)
flags.DEFINE_string("figure", None, "Image file to draw sample records into.", FLAGS)
flags.mark_flag_as_required("data", FLAGS)


def main(values):
    """Checks the files, prints the table and draws the figure."""
    # TensorFlow takes seconds to import, `--help` should not.
    from dgnet_tf.data import manifest
    from preprocessing.conversion import sample_figure, summary

    content = manifest.read(values.data)
    for split in content.splits:
        manifest.shard_paths(values.data, content, split)
    print(summary.table(content))
    if values.figure:
        sample_figure.draw(values.data, content, values.figure)
        print(f"wrote {values.figure}")


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
