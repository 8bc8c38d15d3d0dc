"""Lifts real detections of calibrated cameras and compares with their triangulation.

python -m benchmarks.real_detections [--weights=NAME|FOLDER] [--figure=FILE.png]
    [--output=FILE.json] [--mediapipe=PYTHON] [--detector_weights=PATH]
    [--detections=FOLDER]

The trials with one and with two people of Pose2Sim's wheels (BSD 3-Clause), 100 frames
of four cameras each, are fetched with pip into `--source`. Each camera's keypoints are
lifted alone: OpenPose's, which come along; those of our BlazePose detector on the
videos; MediaPipe's own pipeline, where a Python that has it is named; and exact
projections of the triangulated motion, without and with noise. The two last detectors
give 3-D poses of their own: the peers. It prints Markdown.
"""

from __future__ import annotations

import pathlib
import shutil
import tempfile

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.errors import UserError
from preprocessing.datasets.wheels import CACHE

FLAGS = flags.FlagValues()
flags.DEFINE_string(
    "weights", None, "What lifts, see `lift --model`; by default the weights that the "
    "package ships.", FLAGS,
)  # fmt: skip
flags.DEFINE_string("model", None, "What --weights was called before.", FLAGS)
flags.DEFINE_string(
    "wheel", None, "Pose2Sim's wheel with the videos, where it is not in --source.",
    FLAGS,
)  # fmt: skip
flags.DEFINE_string(
    "source", CACHE, "Folder of Pose2Sim's wheels, which are downloaded "
    "if they are not there.", FLAGS,
)  # fmt: skip
flags.DEFINE_string(
    "detector_weights", None, "BlazePose's networks, see `lift --detector_weights`.",
    FLAGS,
)  # fmt: skip
flags.DEFINE_string(
    "mediapipe", None, "A Python with mediapipe 0.10.21 and av; by default MediaPipe's "
    "own pipeline is left out.", FLAGS,
)  # fmt: skip
flags.DEFINE_string(
    "detections", None, "Folder that keeps what the detectors find, for the next "
    "run.", FLAGS,
)  # fmt: skip
flags.DEFINE_string("figure", None, "PNG file to draw.", FLAGS)
flags.DEFINE_string("output", None, "JSON file to write.", FLAGS)


def main(values):
    """Runs the comparison, prints it, and writes figure and JSON where asked."""
    from benchmarks.footage import (
        comparison,
        pose2sim_trials,
        real_detections_figure,
        views,
    )
    from dgnet_tf.files import json_documents
    from dgnet_tf.files.atomic import replacing
    from dgnet_tf.lifting import lifter as lifting
    from dgnet_tf.models import weight_folders

    if values.mediapipe and shutil.which(values.mediapipe) is None:
        raise UserError(
            f"--mediapipe={values.mediapipe}: is no program. Name a Python with "
            "mediapipe 0.10.21 and av, or leave it out."
        )
    weights = values.weights or values.model
    lifter = lifting.Lifter.load(weights)
    skeleton = lifter.skeleton
    rows, roots, facts = [], [], {}

    def kept(name, path):
        if not values.detections:
            return None
        file = f"{name.lower()}_{path.parent.name}_{path.stem}.npz"
        return pathlib.Path(values.detections) / file

    with tempfile.TemporaryDirectory() as folder:
        for trial in pose2sim_trials.unpack(values.source, folder, values.wheel):
            people = comparison.triangulated_people(trial, skeleton.name)
            subjects = comparison.shipped(trial, people, skeleton)
            finders = {"BlazePose": (views.blazepose, values.detector_weights)}
            if values.mediapipe:
                finders["MediaPipe"] = (views.mediapipe, values.mediapipe)
            for name, (find, argument) in finders.items():
                seen = tuple(
                    views.detected(camera, path, find, argument, kept(name, path))
                    for camera, path in zip(trial.rig, trial.videos, strict=True)
                )
                subjects.append(comparison.Subject(name, seen, None))
            rows += comparison.measure(lifter, trial, people, subjects)
            facts[trial.name] = [
                {
                    "reprojection_px": person.reprojection_px,
                    "reprojection_mm": person.reprojection_mm,
                    "left_out": person.left_out,
                    "frames": int(person.known.sum()),
                    "mean_pose": comparison.still(person, trial.rig[0], skeleton),
                }
                for person in people
            ]
            if trial.people == 1:
                (blazepose,) = (one for one in subjects if one.name == "BlazePose")
                roots = comparison.roots(lifter, trial, people, blazepose)
                if values.figure:
                    with replacing(values.figure) as beside:
                        real_detections_figure.draw(
                            beside, lifter, trial, people[0], blazepose.views
                        )
    named = weights or f"the weights {weight_folders.DEFAULT}"
    print(f"MPJPE / P-MPJPE, mm; dgnet_tf lifts with {named}:\n")
    print(comparison.accuracy_table(rows).markdown())
    print("\n" + "\n".join([*comparison.notes(rows), *_described(facts)]))
    print("\nRoot, from BlazePose's keypoints of one person:\n")
    print(comparison.root_table(roots).markdown())
    print(f"\n{comparison.time_table(rows).markdown()}")
    if values.figure:
        print(f"Figure: {values.figure}")
    if values.output:
        content = {"references": facts, "rows": rows, "roots": roots}
        json_documents.write(values.output, content)
        print(f"wrote {values.output}")


def _described(facts):
    for trial, people in facts.items():
        for index, person in enumerate(people):
            still = person["mean_pose"]
            yield (
                f"{trial}, person {index + 1}: detections lie "
                f"{person['reprojection_px']:.1f} px from the triangulation, "
                f"{person['reprojection_mm']:.0f} mm at the person; "
                f"{person['left_out']:.1%} left out; the whole pose is known in "
                f"{person['frames']} frames. Its mean pose, held still: "
                f"{still['mpjpe_mm']:.1f} / {still['p_mpjpe_mm']:.1f}."
            )


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
