"""Lifts and scores every view of a split."""

from __future__ import annotations

import dataclasses
import hashlib

import numpy as np
from tqdm import tqdm

from dgnet_tf import inference, manifest, runs, scoring, skeletons, views
from dgnet_tf.errors import UserError


def evaluate(
    model,
    config,
    data_dir,
    split: str = "test",
    *,
    flip: bool = True,
    noise_px: float = 0.0,
    seed: int = 0,
    precision: str | None = None,
) -> dict:
    """Scores a model on every valid frame of a split.

    One view is in memory at a time. The constant mean pose of the training split
    is scored beside the model.

    Args:
        model: normalised keypoints (B, T, N, 2) -> {"pose": (B, T, N, 3), ...}.
        config: its run's configuration.
        data_dir: folder of a converted data set.
        split: "train", "validation" or "test".
        flip: average with the mirrored estimate.
        noise_px: standard deviation of Gaussian noise on the keypoints, pixels.
        seed: of the noise and of the bootstrap interval.
        precision: see `folding.fold`.

    Returns:
        The content of `report.json`.

    Raises:
        UserError: if the data has another skeleton than the model, no such split
            or no valid frame in it, or if the model's output is not finite.
    """
    data = manifest.read(data_dir)
    if data.skeleton != config.skeleton:
        raise UserError(
            f"{data_dir}: holds skeleton {data.skeleton!r}, the run was trained on "
            f"{config.skeleton!r}. Convert the data to that skeleton, or evaluate "
            "another run."
        )
    root = skeletons.get(data.skeleton).root
    mean_pose = None
    if "train" in data.splits:
        mean_pose = np.array(data.splits["train"].mean_pose)  # (N, 3)

    serve = inference.serving_function(model, config, flip=flip, precision=precision)
    found = views.load_views(data_dir, split)
    total = data.splits[split].sequences
    scores, mean_pose_scores = [], []
    for view in tqdm(found, "Evaluating", total, unit="view", disable=None):
        keypoints = view.keypoints
        if noise_px:
            keypoints = keypoints + noise(view, noise_px, seed)
        predicted = inference.lift_view(
            serve, keypoints, view.image_size, config.frames * config.frame_stride
        )
        if not np.isfinite(predicted).all():
            raise UserError(
                f"The model gives values that are not finite for {_name(view)}; its "
                "training diverged. Train again, with a lower --learning_rate."
            )
        scores.append(scoring.score_view(view, predicted, root))
        if mean_pose is not None:
            constant = np.broadcast_to(mean_pose, predicted.shape)
            mean_pose_scores.append(scoring.score_view(view, constant, root))
    frames = sum(score.frames for score in scores)
    if not frames:
        raise UserError(
            f"{data_dir}: split {split!r} has no valid frame to score. Evaluate "
            "another split, or convert data with ground truth."
        )
    per_action = scoring.pooled_by(scores, "action")
    baselines = {}
    if mean_pose is not None:
        baselines["mean_pose"] = scoring.pooled(mean_pose_scores)
    return {
        "dataset": data.dataset,
        "split": split,
        "frames": frames,
        "views": len(scores),
        "metrics": scoring.pooled(scores),
        "metrics_action_mean": scoring.plain_mean(per_action),
        "intervals": {"mpjpe_mm": scoring.bootstrap_interval(scores, seed)},
        "baselines": baselines,
        "per_action": per_action,
        "per_subject": scoring.pooled_by(scores, "subject"),
        "per_camera": scoring.pooled_by(scores, "camera"),
        "options": {
            "flip": flip,
            "precision": precision or config.precision,
            "noise_px": noise_px,
            "seed": seed,
            "overlap": config.overlap,
            "scored": "every valid frame of every view, once",
            "joints": data.joints,
            "root_counted": True,
            "fps": data.fps,
            "model": {
                "parameters": model.count_params(),
                **dataclasses.asdict(config),
            },
            "versions": runs.versions(),
        },
    }


def noise(view, noise_px: float, seed: int) -> np.ndarray:
    """Returns Gaussian noise (F, N, 2) that depends on the view's ids and the seed."""
    digest = hashlib.sha256(f"{seed}/{_name(view)}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest[:8], "little"))
    return rng.normal(0.0, noise_px, view.keypoints.shape)


def _name(view) -> str:
    return "/".join((view.subject, view.action, view.take, view.camera))
