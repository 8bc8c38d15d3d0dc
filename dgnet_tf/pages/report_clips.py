"""Clips of an HTML report: views lifted again, with errors and affinities."""

from __future__ import annotations

import dataclasses

import numpy as np

from dgnet_tf import metrics, skeletons
from dgnet_tf.command_line import progress
from dgnet_tf.data import manifest, views
from dgnet_tf.drawing.clip import Clip, Person
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import joint_sets, scoring, worst
from dgnet_tf.inference import affinities
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.inference.view_lifter import ViewLifter
from dgnet_tf.pages import clip_json
from dgnet_tf.pages.clip_json import pack, pack_weights

_MM = 1000.0


@dataclasses.dataclass(frozen=True, eq=False)
class ReportClip:
    """A stretch of F frames of one camera view."""

    name: str  # subject/action/take/camera
    clip: Clip  # the stretch, with ground truth and the spatial affinities
    mpjpe_mm: np.ndarray  # (F,), NaN where a frame is not valid
    p_mpjpe_mm: np.ndarray  # likewise
    affinities: affinities.Affinities  # of the network's first block
    worst: worst.WorstStretch | None  # of the view; None where no frame is valid

    def encoded(self) -> dict:
        """Returns it as what `json.dumps` takes, for the page."""
        found = {
            "name": self.name,
            "clip": clip_json.encode(self.clip),
            "mpjpe_mm": _numbers(self.mpjpe_mm),
            "p_mpjpe_mm": _numbers(self.p_mpjpe_mm),
            "worst": dataclasses.asdict(self.worst) if self.worst else None,
            "affinities": {},
        }
        for field in dataclasses.fields(self.affinities):
            matrix = getattr(self.affinities, field.name)
            if matrix is not None:
                packing = pack if (matrix < 0).any() else pack_weights
                found["affinities"][field.name] = packing(matrix)
        return found


def _numbers(errors):
    return [round(float(e), 1) if np.isfinite(e) else None for e in errors]


def worst_frame(clips: list[ReportClip], joint: str):
    """Returns where a joint is farthest from its ground truth.

    That is the clip's index, the frame's number and the error in mm; None without a
    clip that has a valid frame.
    """
    found = None
    for index, shown in enumerate(clips):
        (person,) = shown.clip.people
        if joint not in shown.clip.skeleton.joints:
            return None
        column = shown.clip.skeleton.joints.index(joint)
        moved = person.positions[:, column] - person.target[:, column]
        errors = _MM * np.linalg.norm(moved, axis=-1)
        errors = np.where(np.isfinite(shown.mpjpe_mm), errors, -1.0)
        frame = int(np.argmax(errors))
        if errors[frame] >= 0 and (found is None or errors[frame] > found[2]):
            found = index, person.first_frame + frame, float(errors[frame])
    return found


class Lifting(ViewLifter):
    """A run that lifts views as a report's options say, and what it is held to."""

    def __init__(self, run, options: dict):
        super().__init__(
            run.model,
            InferenceOptions.of_report(run.config, options),
            noise_px=options.get("noise_px", 0.0),
            noise_correlation=options.get("noise_correlation", 0.0),
            seed=options.get("seed", 0),
        )
        self.joints = joint_sets.choose(
            run.config.skeleton, options.get("root_counted", True)
        )


def find_worst(lifting: Lifting, data_dir, split: str) -> list[dict]:
    """Returns the `worst_clips` of a split, for reports that lack them."""
    scores = []
    frames = manifest.read(data_dir).splits[split].frames
    found = views.load_views(data_dir, split, verify=False)
    for view in progress.each(
        found, "look for the worst", frames, "frame", size=views.length
    ):
        if view.valid.any():
            predicted = lifting.positions(view)
            scores.append(scoring.score_view(view, predicted, lifting.joints))
    return worst.stretches(scores)


def load(
    lifting: Lifting, data_dir, split: str, names, seconds: float
) -> list[ReportClip]:
    """Lifts the views of these names, subject/action/take/camera, in their order.

    Of a longer view it takes that many seconds around its worst two.

    Raises:
        UserError: if the split has no view of that name.
    """
    wanted, found, seen = dict.fromkeys(names), {}, []
    for view in views.load_views(data_dir, split):
        seen.append(view.name)
        if view.name in wanted:
            found[view.name] = _clip(lifting, view, seconds)
    for name in wanted:
        if name not in found:
            raise UserError(
                f"{data_dir}: split {split!r} has no clip {name!r}; it has "
                f"{', '.join(seen[:12])}{' and others' if len(seen) > 12 else ''}."
            )
    return [found[name] for name in wanted]


def _clip(lifting, view, seconds) -> ReportClip:
    skeleton = skeletons.get(lifting.options.skeleton)
    keypoints, positions = lifting.keypoints(view), lifting.positions(view)
    target = view.positions - view.positions[:, skeleton.root, None]
    counted = list(lifting.joints.counted)
    errors = np.full((2, len(positions)), np.nan)
    if view.valid.any():
        both = positions[view.valid][:, counted], target[view.valid][:, counted]
        errors[0, view.valid] = _MM * metrics.mpjpe(*both)
        errors[1, view.valid] = _MM * metrics.p_mpjpe(*both)
    worst_part = worst.find(view, errors[0])
    start, stop = _stretch(len(positions), view.fps, seconds, worst_part)
    part = slice(start, stop)
    weights = affinities.over_time(
        *(lifting.model, lifting.options, lifting.network_keypoints(view)),
        view.image_size,
    )
    whole = (weights.spatial, weights.forward, weights.backward)
    weights = affinities.Affinities(*(m if m is None else m[part] for m in whole))
    truth = np.where(view.valid[part, None, None], target[part], np.nan)
    arrays = keypoints[part], positions[part], truth, weights.spatial
    person = Person(view.subject, start, *arrays)
    clip = Clip(view.name, view.fps, view.image_size, skeleton, (person,))
    mpjpe, p_mpjpe = errors[0][part], errors[1][part]
    return ReportClip(view.name, clip, mpjpe, p_mpjpe, weights, worst_part)


def _stretch(frames, fps, seconds, part) -> tuple[int, int]:
    """The frames, at most so many seconds, with the worst part in their middle."""
    length = min(frames, max(round(seconds * fps), 1))
    middle = part.first_frame + part.frames // 2 if part else 0
    start = min(max(middle - length // 2, 0), frames - length)
    return start, start + length
