"""Lifts a file of 2-D keypoints to 3-D poses.

    python -m dgnet_tf.lift --model=DIR|DIR/1|RUN --keypoints=FILE --layout=L
        --image_size=WxH [--fps=F] [--resample=true] --output=poses.npz
        [--picture=FILE.png|FILE.gif]

FILE is an .npz with `keypoints` (frames, joints, 2) and perhaps `confidence`
(frames, joints), or an .npy of (frames, joints, 2 or 3), in pixels; confidence 0
marks a missing joint. `poses.npz` holds `positions` (frames, N, 3) in metres, the
root at 0, camera axes (x right, y down, z forward), with `fps`, `joints` and
`layout`.
"""

from __future__ import annotations

import pathlib
import re

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.errors import UserError

FLAGS = flags.FlagValues()
flags.DEFINE_string(
    "model",
    None,
    "Exported model, one of its versions, or a run.",
    required=True,
    flag_values=FLAGS,
)
flags.DEFINE_string(
    "keypoints", None, "File of 2-D keypoints.", required=True, flag_values=FLAGS
)
flags.DEFINE_string(
    "layout",
    None,
    "Order of its joints: a skeleton's name or coco_17.",
    required=True,
    flag_values=FLAGS,
)
flags.DEFINE_string(
    "image_size",
    None,
    "Width and height of the video in pixels, as in 1920x1080.",
    required=True,
    flag_values=FLAGS,
)
flags.DEFINE_float(
    "fps", None, "Frames a second of the file; by default the model's.", 0.1,
    flag_values=FLAGS,
)  # fmt: skip
flags.DEFINE_boolean(
    "resample",
    True,
    "Lift at the model's frame rate and give back the file's frames.",
    flag_values=FLAGS,
)
flags.DEFINE_string(
    "output", None, "The .npz file to write.", required=True, flag_values=FLAGS
)
flags.DEFINE_string(
    "picture", None, "Also draw the poses: .png strip or .gif.", flag_values=FLAGS
)


def parse_image_size(text: str) -> tuple[int, int]:
    """Returns width and height of "WxH".

    Raises:
        UserError: if it is something else.
    """
    match = re.fullmatch(r"([1-9]\d*)[xX]([1-9]\d*)", text)
    if not match:
        raise UserError(f"--image_size must be like 1920x1080, got {text!r}.")
    return int(match[1]), int(match[2])


def _check_suffix(flag, path, suffixes):
    if path and pathlib.Path(path).suffix.lower() not in suffixes:
        raise UserError(f"--{flag} must end in {' or '.join(suffixes)}, got {path!r}.")


def main(flag_values):
    """Lifts the file that the flags name."""
    image_size = parse_image_size(flag_values.image_size)
    _check_suffix("output", flag_values.output, [".npz"])
    _check_suffix("picture", flag_values.picture, [".png", ".gif"])

    from dgnet_tf import figures, layouts, lifting

    layouts.get(flag_values.layout)
    lifter = lifting.load(flag_values.model)
    lifted = lifting.lift_file(
        lifter,
        flag_values.keypoints,
        flag_values.layout,
        image_size,
        fps=flag_values.fps,
        resample=flag_values.resample,
    )
    lifting.write(lifted, flag_values.output)
    if flag_values.fps is None:
        print(f"--fps not given: taken as the model's {lifter.fps:g}.")
    print(f"{len(lifted.positions)} poses: {flag_values.output}")
    if flag_values.picture:
        figures.draw(lifted, flag_values.picture)
        print(f"Picture: {flag_values.picture}")


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
