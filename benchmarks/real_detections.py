"""Lifts real detections of four cameras and compares with their triangulation.

python -m benchmarks.real_detections --wheel=pose2sim-0.6.1-py3-none-any.whl
    --model=RUN|DIR [--figure=FILE.png] [--output=FILE.json]

The wheel is what `pip download --no-deps pose2sim==0.6.1` fetches: OpenPose's
detections of a person who balances along a beam, 100 frames of four calibrated cameras.
Each camera's detections are lifted alone, as filmed and as a camera like those of the
training would have seen them; all four are triangulated. It is a smoke test on 1.7
seconds, no benchmark.
"""

from __future__ import annotations

import dataclasses
import tempfile

import numpy as np
from absl import flags

from dgnet_tf import command_line

FLAGS = flags.FlagValues()
flags.DEFINE_string(
    "wheel",
    None,
    "Path of Pose2Sim's wheel, which holds the detections.",
    FLAGS,
    required=True,
)
flags.DEFINE_string(
    "model", None, "Exported model, or folder of a run.", FLAGS, required=True
)
flags.DEFINE_string("figure", None, "PNG file to draw.", FLAGS)
flags.DEFINE_string("output", None, "JSON file to write.", FLAGS)

# A view farther than this from the point's projection is left out.
LIMIT_PX = 60.0
# The cameras of Human3.6M and the virtual ones: what models are trained with.
TRAINED_FOCAL, TRAINED_SIZE = 1145.0, (1000, 1000)
FILMED = "as filmed"
_MM = 1000.0


@dataclasses.dataclass(frozen=True, eq=False)
class Reference:
    """What all cameras together say.

    Attributes:
        positions: (F, N, 3) metres, world axes; NaN where a joint is not known.
        reprojection_px: mean distance of the detections that were used.
        reprojection_mm: the same at the person's distance.
        left_out: fraction of the detections that were not used.
    """

    positions: np.ndarray
    reprojection_px: float
    reprojection_mm: float
    left_out: float


def main(flag_values):
    """Runs the comparison, prints it, and writes figure and JSON where asked."""
    from benchmarks.footage import (
        pose2sim_demo,
        real_detections_figure,
        triangulation,
    )
    from dgnet_tf.files import json_documents
    from dgnet_tf.files.atomic import replacing
    from dgnet_tf.keypoints import keypoint_files
    from dgnet_tf.lifting import lifter as lifting
    from dgnet_tf.lifting import track_lifting

    lifter = lifting.Lifter.load(flag_values.model)
    with tempfile.TemporaryDirectory() as folder:
        demo = pose2sim_demo.unpack(flag_values.wheel, folder)
        tracks = [
            surest(
                keypoint_files.read(
                    path, pose2sim_demo.LAYOUT, camera.image_size
                ).people
            )
            for camera, path in zip(demo.rig, demo.folders, strict=True)
        ]
    skeleton = lifter.skeleton
    reference = triangulated(demo.rig, tracks, pose2sim_demo.LAYOUT, skeleton.name)
    middle = np.nanmean(reference.positions[:, skeleton.root], axis=0)
    rigs = {
        FILMED: demo.rig,
        "trained lens": [trained(camera) for camera in demo.rig],
        "trained lens, level": [trained(camera, middle) for camera in demo.rig],
    }
    lifted, rows = {}, []
    for views, rig in rigs.items():
        lifted[views] = []
        for filmed, camera, track in zip(demo.rig, rig, tracks, strict=True):
            if views != FILMED:
                track = refilmed(filmed, track, camera)
            person = track_lifting.lift_track(
                lifter,
                camera.name,
                track,
                pose2sim_demo.LAYOUT,
                camera.image_size,
                fps=pose2sim_demo.FPS,
            )
            target = triangulation.rooted(camera, reference.positions, skeleton.root)
            scored = score(person.positions, target)
            rows.append({"camera": camera.name, "keypoints": views, **scored})
            lifted[views].append(person)
    constant = triangulation.rooted(demo.rig[0], reference.positions, skeleton.root)
    mean_pose = np.broadcast_to(np.nanmean(constant, axis=0), constant.shape)
    content = {
        "reference": {
            "reprojection_px": reference.reprojection_px,
            "reprojection_mm": reference.reprojection_mm,
            "left_out": reference.left_out,
            "mean_pose": score(mean_pose, constant),
        },
        "between_cameras_mm": {
            views: disagreement(rigs[views], [person.positions for person in people])
            for views, people in lifted.items()
        },
        "rows": rows,
    }
    print(table(content))
    if flag_values.figure:
        with replacing(flag_values.figure) as beside:
            real_detections_figure.draw(
                beside, demo.rig, tracks, lifted[FILMED], reference.positions
            )
        print(f"Figure: {flag_values.figure}")
    if flag_values.output:
        json_documents.write(flag_values.output, content)
        print(f"wrote {flag_values.output}")


def surest(people):
    """Returns the track whose joints have the most confidence in all.

    It starts at frame 0, as those of the other cameras do: before its first detection
    every joint is missing.
    """
    track = max(people, key=lambda track: track.confidence.sum())
    before = [(track.first_frame, 0)]
    return dataclasses.replace(
        track,
        first_frame=0,
        keypoints=np.pad(track.keypoints, [*before, (0, 0), (0, 0)]),
        confidence=np.pad(track.confidence, [*before, (0, 0)]),
    )


def triangulated(rig, tracks, layout: str, skeleton: str) -> Reference:
    """Triangulates the keypoints of all cameras and makes the skeleton's joints.

    Args:
        rig: V cameras.
        tracks: the same person in each, all from frame 0 on.
        layout: of their keypoints.
        skeleton: to make.
    """
    from benchmarks.footage import triangulation
    from dgnet_tf.keypoints import layouts

    frames = min(len(track.keypoints) for track in tracks)
    pixels = np.stack([track.keypoints[:frames] for track in tracks])  # (V, F, J, 2)
    confidence = np.stack([track.confidence[:frames] for track in tracks])
    points, used, distances = triangulation.without_outliers(
        rig, pixels, confidence, LIMIT_PX
    )
    positions, _ = layouts.convert(points, confidence.max(axis=0), layout, skeleton)
    depth = [
        triangulation.to_camera(camera, points)[..., 2] for camera in rig
    ]  # (V, F, J)
    focal = np.array([camera.focal.mean() for camera in rig])[:, None, None]
    return Reference(
        positions,
        float(np.nanmean(distances)),
        float(_MM * np.nanmean(distances * depth / focal)),
        float(1 - (used > 0).sum() / (confidence > 0).sum()),
    )


def trained(camera, aim: np.ndarray | None = None):
    """Returns a camera in the same place with the lens of those of the training.

    Args:
        camera: a calibrated camera.
        aim: world point that it is turned to, without roll, as the virtual cameras
            are; None leaves its direction as it is.
    """
    rotation = camera.rotation
    if aim is not None:
        forward = (aim - camera.center) / np.linalg.norm(aim - camera.center)
        right = np.cross(forward, [0.0, 0.0, 1.0])
        right /= np.linalg.norm(right)
        rotation = np.stack([right, np.cross(forward, right), forward])
    return dataclasses.replace(
        camera,
        rotation=rotation,
        focal=np.full(2, TRAINED_FOCAL),
        principal=np.array(TRAINED_SIZE) / 2,
        distortion=np.zeros(4),
        image_size=TRAINED_SIZE,
    )


def refilmed(camera, track, other):
    """Returns the track as another camera in the same place would have seen it."""
    from benchmarks.footage import triangulation

    directions = triangulation.undistort(camera, track.keypoints)  # (F, J, 2)
    rays = np.concatenate([directions, np.ones_like(directions[..., :1])], axis=-1)
    points = camera.center + rays @ camera.rotation
    return dataclasses.replace(track, keypoints=triangulation.project(other, points))


def score(positions: np.ndarray, target: np.ndarray) -> dict:
    """Scores the frames in which every joint is known, in mm."""
    from dgnet_tf import metrics

    known = np.isfinite(target).all(axis=(1, 2))
    found = {
        "mpjpe_mm": metrics.mpjpe,
        "n_mpjpe_mm": metrics.n_mpjpe,
        "p_mpjpe_mm": metrics.p_mpjpe,
    }
    scores = {
        name: float(_MM * metric(positions[known], target[known]).mean())
        for name, metric in found.items()
    }
    return {"frames": int(known.sum()), **scores}


def disagreement(rig, lifted) -> float:
    """Mean distance, mm, of the cameras' poses from their mean, in world axes."""
    world = np.stack(
        [
            positions @ camera.rotation
            for camera, positions in zip(rig, lifted, strict=True)
        ]
    )  # (V, F, N, 3)
    return float(_MM * np.linalg.norm(world - world.mean(axis=0), axis=-1).mean())


def table(content: dict) -> str:
    """Renders the result for people."""
    import tabulate

    reference, between = content["reference"], content["between_cameras_mm"]
    still = reference["mean_pose"]
    rows = tabulate.tabulate(
        [list(row.values()) for row in content["rows"]],
        list(content["rows"][0]),
        floatfmt=".1f",
    )
    return (
        f"{rows}\n\n"
        f"Triangulation: detections lie {reference['reprojection_px']:.1f} px from it, "
        f"{reference['reprojection_mm']:.0f} mm at the person; "
        f"{reference['left_out']:.1%} left out. Its own mean pose, held still: "
        f"{still['mpjpe_mm']:.1f} mm, {still['p_mpjpe_mm']:.1f} after alignment.\n"
        + "\n".join(
            f"Lifted poses of the cameras, {views}: {value:.0f} mm from their mean."
            for views, value in between.items()
        )
    )


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
