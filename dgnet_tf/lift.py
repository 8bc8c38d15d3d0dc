"""Lifts a file of 2-D keypoints to 3-D poses.

    python -m dgnet_tf.lift --model=DIR|DIR/1|RUN --keypoints=FILE --layout=L
        --image_size=WxH [--fps=F] [--resample=true] [--person=ID|all]
        --output=poses.npz [--picture=FILE.png|FILE.gif]

FILE is COCO's, AlphaPose's or MMPose's JSON, a folder of OpenPose's JSON, MediaPipe's
landmarks as JSON or CSV, the .npz of a Detectron script, a label file of Penn Action,
an .npz with `keypoints` (frames, joints, 2) and perhaps `confidence` (frames, joints),
or an .npy of (frames, joints, 2 or 3), in pixels; confidence 0 marks a missing joint.
`poses.npz` holds `positions` (frames, N, 3) in metres, the root at 0, camera axes
(x right, y down, z forward), and `first_frame`, its number in the file, with `fps`,
`joints` and `layout`; of several people, `positions/ID` and `first_frame/ID` of each.
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
    "Order of its joints: "
    "coco_17, openpose_18, openpose_25, openpose_25b (another order than openpose_25), "
    "halpe_26, mediapipe_33, penn_action_13, or a skeleton's name.",
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
    "person",
    None,
    "Who to lift: an id of the file, a number from 1 on where it has none, or all; by "
    "default who is seen in the most frames.",
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

    everybody = flag_values.person == "all"
    if everybody and flag_values.picture:
        raise UserError("--picture draws one person; name one with --person.")

    from dgnet_tf import figures, keypoint_files, layouts, lifting

    path, layout = flag_values.keypoints, flag_values.layout
    layouts.get(layout)
    lifter = lifting.load(flag_values.model)
    people = keypoint_files.read(path, layout, image_size).people
    if not everybody:
        people = [_choose(lifting, path, people, flag_values.person)]
    lifted, refused = [], []
    for track in people:
        try:
            lifted.append(
                lifting.lift_track(
                    lifter,
                    path,
                    track,
                    layout,
                    image_size,
                    fps=flag_values.fps,
                    resample=flag_values.resample,
                )
            )
        except UserError as error:
            refused.append(error)
    if not lifted:
        raise refused[0]
    for error in refused:
        print(f"left out: {error}")
    lifting.write(lifted, flag_values.output)
    if flag_values.fps is None:
        print(f"--fps not given: taken as the model's {lifter.fps:g}.")
    poses = sum(len(person.positions) for person in lifted)
    print(f"{poses} poses: {flag_values.output}")
    if flag_values.picture:
        figures.draw(lifted[0], flag_values.picture)
        print(f"Picture: {flag_values.picture}")


def _choose(lifting, path, people, person):
    track = lifting.choose(path, people, person)
    if person is None and len(people) > 1:
        print(
            f"{len(people)} people: lifted {track.person}, who is seen in the most "
            "frames. Choose with --person=ID or --person=all."
        )
    return track


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
