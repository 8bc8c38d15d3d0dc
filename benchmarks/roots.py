"""Skating feet and the root's errors before tilted cameras, with and without the floor.

    python -m benchmarks.roots --source=ARCHIVE.npz --subjects=a,b [--every=1]
        [--cameras=1] [--camera_height=0.9,3.2] [--noise_px=3] [--poses=truth,lifted]
        [--model=NAME] [--output=FILE.json]

Films clips of a pose archive as `preprocessing.convert --dataset=mocap` does, at
heights from which cameras look down by a few to some 28 degrees. Rows are the fit of
each frame, the fit over the floor, and that with the camera's height and pitch given,
for the camera's focal length and the assumed one. Keypoints of `truth` have noise that
lasts from frame to frame (correlation 0.9), those of `lifted` are exact, so that errors
are the network's.
"""

from __future__ import annotations

from absl import flags

from benchmarks.motion import root_errors
from dgnet_tf import command_line
from dgnet_tf.errors import UserError
from dgnet_tf.files import json_documents
from dgnet_tf.files.tables import Table
from preprocessing.cameras import camera_rig
from preprocessing.datasets import mocap

FLAGS = flags.FlagValues()
flags.DEFINE_string("source", None, "Pose archive.", FLAGS, required=True)
flags.DEFINE_list("subjects", [], "People to film; by default all.", FLAGS)
flags.DEFINE_integer(
    "every", 1, "Takes one clip of each person, and every so manieth after.", 1,
    flag_values=FLAGS,
)  # fmt: skip
flags.DEFINE_integer("cameras", 1, "Cameras of each clip.", 1, flag_values=FLAGS)
flags.DEFINE_list("camera_height", ["0.9", "3.2"], "LOW,HIGH in metres.", FLAGS)
flags.DEFINE_float(
    "noise_px", 3.0, "Noise on the keypoints of true poses, pixels.", 0.0,
    flag_values=FLAGS,
)  # fmt: skip
flags.DEFINE_list("poses", ["truth", "lifted"], "truth, lifted or both.", FLAGS)
flags.DEFINE_string("model", None, "What lifts, see `lift --model`.", FLAGS)
flags.DEFINE_string("output", None, "JSON file to write.", FLAGS)


def main(values):
    """Measures, prints the table, writes JSON."""
    for poses in values.poses:
        if poses not in ("truth", "lifted"):
            raise UserError(f"--poses must be truth, lifted or both, got {poses!r}.")
    try:
        low, high = map(float, values.camera_height)
    except ValueError as error:
        raise UserError(
            f"--camera_height must be LOW,HIGH, got {values.camera_height}."
        ) from error
    rig = camera_rig.Rig(cameras=values.cameras, height=(low, high))
    recordings = _chosen(mocap.read(values.source, rig), values.subjects, values.every)
    found = root_errors.measure(recordings, values.poses, values.noise_px, values.model)
    rows = [
        [
            *name,
            *("-" if number is None else f"{number:.1f}" for number in row.values()),
        ]
        for name, row in found["rows"].items()
    ]
    columns = ["poses", "focal length", "fit", *root_errors.COLUMNS.values()]
    print(Table(columns, rows, aligned="lllrrrrr").markdown())
    print(
        f"{found['views']} views, {found['frames']} frames, pitches {found['pitches']} "
        f"degrees; true skate {found['true_skate_mm']:.1f} mm a frame; no floor found: "
        f"{found['without']}; {found['milliseconds']:.3f} ms a frame."
    )
    if values.output:
        rows = {" / ".join(name): row for name, row in found["rows"].items()}
        json_documents.write(values.output, {**found, "rows": rows})


def _chosen(data, subjects, every):
    people: dict[str, list] = {}
    for one in data.recordings:
        people.setdefault(one.subject, []).append(one)
    unknown = sorted(set(subjects) - set(people))
    if unknown:
        raise UserError(f"--subjects: the archive has no person {unknown[0]!r}.")
    return [one for name in subjects or people for one in people[name][::every]]


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
