"""What a user's type checker makes of the public names; never run.

An error is expected where a line says `type: ignore`, and only there: an `ignore` that
nothing needs is an error, too.
"""

from __future__ import annotations

import numpy as np

import dgnet_tf
from dgnet_tf import cameras, keypoint_files, layouts, pose_files, skeletons
from dgnet_tf.lifting.lifted import Lifted

keypoints = np.zeros((100, 17, 2))
lifter = dgnet_tf.Lifter.load()
lifter = dgnet_tf.Lifter.load("demo/model", engine="tensorflow")
rate: float = lifter.fps
skeleton: skeletons.Skeleton = lifter.skeleton
lifted = lifter.lift(keypoints, layout="coco_17", image_size=(1920, 1080), fps=25)
people = lifter.lift({"anna": keypoints}, layout="coco_17", image_size=(1920, 1080))
anna: Lifted = people["anna"]
found = lifter.lift_video("walk.mp4", start=1.5, person="all")
stream = lifter.stream((1280, 720), layout="coco_17", fps=30)
stream.push(keypoints[0])
pose_files.write([anna], "poses.csv", units="cm")
file = keypoint_files.read("keypoints.json", "coco_17", (1920, 1080), fps=25.0)
tracks: int = len(file.people)
made, confidence = layouts.convert(keypoints, keypoints[..., 0], "coco_17", "x")
positions: np.ndarray = cameras.world_to_camera(made, made, confidence)

model = dgnet_tf.DGNet(blocks=2, channels=64)
trained: dgnet_tf.DGNet = dgnet_tf.DGNet.from_preset("mocap_human36m_17")
names: list[str] = dgnet_tf.DGNet.presets
windows = dgnet_tf.load_windows("data", "validation", frames=8, targets=["pose"])
weights: dict[str, float] = dgnet_tf.block_loss_weights(["pose", "block_1"], 0.1)
loss, metric = dgnet_tf.SumSquaredError(), dgnet_tf.PCK(threshold_mm=100.0)
layer = dgnet_tf.layers.DynamicSpatialGraphConv(64, neighbors=5)
errors: np.ndarray = dgnet_tf.metrics.mpjpe(keypoints, keypoints)
errors = dgnet_tf.metrics.pck([[0.0, 0.0, 0.0]], [[0.0, 0.0, 1.0]], threshold=0.1)
run = dgnet_tf.runs.load("runs/mine")
channels: int = run.config.channels
report: dict = dgnet_tf.report.read("report.json", ["options.fps"])
version: str = dgnet_tf.__version__

dgnet_tf.Lifter.load(3.5)  # type: ignore[arg-type]
lifter.lift(keypoints, image_size=(1920, 1080))  # type: ignore[call-arg]
dgnet_tf.DGNet(blocks="two")  # type: ignore[arg-type]
dgnet_tf.load_windows("data", frames=2.5)  # type: ignore[arg-type]
dgnet_tf.layers.FixedSpatialGraphConv("64")  # type: ignore[arg-type]
dgnet_tf.metrics.auc(keypoints)  # type: ignore[call-arg]
dgnet_tf.Lifterr()  # type: ignore[attr-defined]
