"""Lifts and scores every view of a split."""

from __future__ import annotations

import dataclasses
import pathlib
import typing
from collections.abc import Sequence
from typing import Any

import numpy as np

from dgnet_tf import skeletons
from dgnet_tf.command_line import progress
from dgnet_tf.config.fields import FIELDS, Config
from dgnet_tf.data import actions as chosen_actions
from dgnet_tf.data import manifest, views
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import (
    balance,
    intervals,
    joint_sets,
    protocols,
    root_scores,
    scoring,
    worst,
)
from dgnet_tf.evaluation.uncertainties import scores as scores_of
from dgnet_tf.evaluation.uncertainties import trials
from dgnet_tf.files import provenance
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.inference.view_lifter import ViewLifter
from dgnet_tf.models import multiply_adds
from dgnet_tf.models.uncertainty import Uncertainty

if typing.TYPE_CHECKING:
    import tensorflow as tf

# Frames in all whose stated uncertainty is compared with their errors; of a larger
# split an even share.
_MOST_STATED = 50_000


def evaluate(
    model: tf.keras.Model,
    config: Config,
    data_dir: str | pathlib.Path,
    split: str = "test",
    *,
    noise_px: float = 0.0,
    noise_correlation: float = 0.0,
    seed: int = 0,
    actions: Sequence[str] = (),
    count_root: bool = True,
    balanced: bool = False,
    roots: bool = False,
    uncertainty: Uncertainty | None = None,
    **asked: Any,
) -> dict:
    """Scores a model on every valid frame of a split.

    One view is in memory at a time. The constant mean pose of the training split
    is scored beside the model.

    Args:
        model: normalised keypoints (B, T, N, 2) -> {"pose": (B, T, N, 3), ...}.
        config: its run's configuration.
        data_dir: folder of a converted data set.
        split: "train", "validation" or "test".
        noise_px: standard deviation of Gaussian noise on the keypoints, pixels.
        noise_correlation: correlation of that noise from one frame to the next, from 0
            (white noise) to 0.99.
        seed: of the noise and of the bootstrap intervals.
        actions: names of the actions to score, whole names; all if empty.
        count_root: let the root, whose error is zero, count as a joint.
        balanced: also score the estimates of `balance`.
        roots: also score the root's trajectory and skating feet, see `root_scores`.
        uncertainty: what the model states of its errors, to be compared with them.
        **asked: `flip`, `overlap`, `frame_stride` and so on in the place of the run's
            own, see `InferenceOptions`.

    Returns:
        The content of `report.json`; see docs/evaluation.md.

    Raises:
        ValueError: for an argument out of its range.
        UserError: if the data has another skeleton than the model, no such split or
            action, no valid frame to score, or no intrinsics where `balanced` or
            `roots` needs them, or if the model's output is not finite.
    """
    options = InferenceOptions.of(config, **asked)
    FIELDS["noise_correlation"].check(noise_correlation)
    if isinstance(actions, str):
        raise ValueError(f"`actions` must be a sequence of names, got {actions!r}.")
    data = fitting_data(data_dir, config)
    if actions:
        chosen_actions.frames(data_dir, data, split, actions)
    train = data.splits.get("train")
    mean_pose = np.array(train.mean_pose) if train else None  # (N, 3)
    joints = joint_sets.choose(data.skeleton, count_root)
    noise = {
        "noise_px": noise_px,
        "noise_correlation": noise_correlation,
        "seed": seed,
    }
    trajectories = root_scores.RootScores(skeletons.get(data.skeleton))
    stated = uncertainty is not None
    lifter = ViewLifter(model, options, **noise, disagreement=stated)
    found = views.load_views(data_dir, split)
    names = balance.CONSUMES if balanced else [balance.XYZ]
    scores: dict[str, list] = {name: [] for name in names}
    mean_pose_scores, unfitted = [], 0
    frames = data.splits[split].frames
    sure: list[trials.Errors] = []
    step = -(-frames // _MOST_STATED)
    for view in progress.each(
        *(found, "evaluate", frames, "frame"), size=views.length, shown=True
    ):
        if not view.valid.any() or (actions and view.action not in actions):
            continue
        seen = lifter.network_keypoints(view)
        predicted, disagreement = lifter.measured(view, seen)
        if not np.isfinite(predicted).all():
            raise UserError(
                f"The model gives values that are not finite for {view.name}; its "
                "training diverged. Train again, with a lower --learning_rate."
            )
        if stated:
            scored = seen[..., 2] if options.inputs == "xyc" else view.confidence
            errors = trials.of_view(view, predicted, disagreement, scored, joints.root)
            sure.append(errors.thinned(step))
        if roots:
            trajectories.add(view, lifter.keypoints(view), predicted)
        estimates = {balance.XYZ: predicted}
        if balanced:
            estimates, fitted = balance.all_estimates(
                view, lifter.keypoints(view), predicted, joints.root
            )
            unfitted += int((view.valid & ~fitted).sum())
        for name, estimate in estimates.items():
            scores[name].append(scoring.score_view(view, estimate, joints))
        if mean_pose is not None:
            constant = np.broadcast_to(mean_pose, predicted.shape)
            mean_pose_scores.append(scoring.score_view(view, constant, joints))
    headline = scores[balance.XYZ]
    _check_scored(headline, actions, data_dir, split)
    per_joint = scoring.pooled_by_joint(headline, joints.names)
    baselines = {}
    if mean_pose is not None:
        baselines["mean_pose"] = scoring.pooled(mean_pose_scores)
    report = {
        "dataset": data.dataset,
        "split": split,
        "frames": sum(score.frames for score in headline),
        "views": len(headline),
        **_summary(headline, seed),
        "baselines": baselines,
        "estimates": {
            name: {"consumes": balance.CONSUMES[name], **_summary(estimate, seed)}
            for name, estimate in scores.items()
        },
        "protocols": protocols.tables(data.dataset, headline),
        **{
            f"per_{field}": scoring.pooled_by(headline, field)
            for field in ("action", "subject", "camera")
        },
        "per_subject_action": {
            subject: scoring.pooled_by(scored, "action")
            for subject, scored in scoring.grouped(headline, "subject").items()
        },
        "per_joint": per_joint,
        "worst_joints": worst.joints(per_joint),
        "worst_clips": worst.stretches(headline),
        "per_sequence": scoring.videos(headline),
        "counted_by": scoring.COUNTED_BY,
        "options": {
            **options.chosen(),
            **noise,
            "actions": sorted(actions) or None,
            "balanced": balanced,
            "scored": "every valid frame of every view, once",
            "skeleton": data.skeleton,
            "joints": data.joints,
            "root_counted": count_root,
            "joints_14": joints.fourteen and [joints.names[i] for i in joints.fourteen],
            "fps": data.fps,
            "model": {
                "parameters": model.count_params(),
                "multiply_adds_per_frame": multiply_adds.per_frame(model),
                **dataclasses.asdict(config),
            },
            "versions": provenance.versions(),
        },
    }
    if stated:
        report["uncertainty"] = scores_of.report(sure, uncertainty, joints.root)
    if roots:
        report["root"] = trajectories.summary()
    if balanced:
        report["options"]["frames_without_fitted_root"] = unfitted
    return report


def fitting_data(data_dir: str | pathlib.Path, config: Config) -> manifest.Manifest:
    """Returns the description of a data set that a run can be evaluated on.

    Raises:
        UserError: if it has another skeleton, or is damaged.
    """
    data = manifest.read(data_dir)
    if data.skeleton != config.skeleton:
        raise UserError(
            f"{data_dir}: holds skeleton {data.skeleton!r}, the run was trained on "
            f"{config.skeleton!r}. Convert the data to that skeleton, or evaluate "
            "another run."
        )
    return data


def _check_scored(scores, actions, data_dir, split):
    """Raises if there is nothing to report on."""
    if not scores and not actions:
        raise UserError(
            f"{data_dir}: split {split!r} has no valid frame to score. Evaluate "
            "another split, or convert data with ground truth."
        )
    empty = sorted(set(actions) - {score.action for score in scores})
    if empty:
        raise UserError(
            f"{data_dir}: action {empty[0]!r} has no valid frame in the split "
            f"{split!r}. Leave it out, or evaluate another split."
        )


def _summary(scores, seed: int) -> dict:
    """Returns both means of each metric and their intervals."""
    rows = scoring.videos(scores)
    return {
        "metrics": scoring.pooled(scores),
        "metrics_action_mean": scoring.plain_mean(scoring.pooled_by(scores, "action")),
        "intervals": intervals.of(rows, intervals.frame_means, seed),
        "intervals_action_mean": intervals.of(rows, intervals.action_means, seed),
    }
