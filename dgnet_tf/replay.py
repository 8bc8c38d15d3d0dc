"""Replays a keypoint file as a live feed and says how long each pose took.

    python -m dgnet_tf.replay [--model=DIR|RUN|NAME|FILE.tflite|FILE.onnx]
        [--engine=auto] --keypoints=FILE --layout=L --image_size=WxH [--fps=50]
        [--seconds=S] [--copies=1] [--smooth=none|one_euro] [--output=FILE.json]

Frames are due every 1/fps seconds, whether the last one is done or not, and everybody
of the file is lifted in each. Latency is the time from when a frame is due until its
poses are there: waiting for the frame before it counts, and where a machine cannot keep
up it grows from frame to frame. Work is the time of the lifting alone. A frame whose
poses are not there when the next one is due has missed its deadline.
"""

from __future__ import annotations

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.keypoints import keypoint_files
from dgnet_tf.lifting import flags as lift_flags

FLAGS = flags.FlagValues()
lift_flags.define_keypoint_file(FLAGS)
flags.DEFINE_float(
    "fps", 50.0, "Frames a second of the file and of the feed.", 1.0, 1000.0,
    flag_values=FLAGS,
)  # fmt: skip
flags.DEFINE_float(
    "seconds", None, "Length of the feed; a shorter file starts again. By default the "
    "file's own.", 0.0, flag_values=FLAGS,
)  # fmt: skip
flags.DEFINE_integer(
    "copies", 1, "Number of times to show each person, to try crowds.", 1, 10_000,
    flag_values=FLAGS,
)  # fmt: skip
flags.DEFINE_enum(
    "smooth", "none", ["none", "one_euro"], "Smoothing of the poses in time.", FLAGS
)
flags.DEFINE_string("output", None, "JSON file for the measured times.", FLAGS)


def main(values):
    """Replays the file that the flags name, prints and writes the figures."""
    image_size = command_line.parse_image_size(values.image_size)

    from dgnet_tf.files import json_documents
    from dgnet_tf.lifting import lifter as lifting
    from dgnet_tf.lifting import live_replay

    fps, path, layout = values.fps, values.keypoints, values.layout
    # Before the model, which may take seconds to load.
    people = keypoint_files.read(path, layout, image_size, fps).people
    found = live_replay.measure(
        lifting.Lifter.load(values.model, engine=values.engine),
        *(path, people, layout, image_size),
        fps=fps,
        seconds=values.seconds,
        copies=values.copies,
        smooth=values.smooth,
    )
    print(
        f"{found['frames']} frames at {fps:g} frames a second, "
        f"{found['poses']} poses, up to {found['most_people']} people at once.\n"
        f"Latency: {_listed(found['latency_ms'])}.\n"
        f"Work: {_listed(found['work_ms'])}.\n"
        f"Missed deadlines: {found['missed']} of {found['frames']}."
    )
    if values.output:
        json_documents.write(values.output, found)


def _listed(percentiles) -> str:
    return ", ".join(f"{name} {value:.2f} ms" for name, value in percentiles.items())


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
