"""Errors and disagreement of a network on people, seen well, badly and in part."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from dgnet_tf import metrics, skeletons
from dgnet_tf.command_line import progress
from dgnet_tf.data import manifest, views
from dgnet_tf.data.view import View
from dgnet_tf.evaluation.uncertainties import gaps
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.inference.view_lifter import ViewLifter, seeded

_MM = 1000.0
# Frames lifted for a trial, and of a view: errors of neighbours are alike.
MOST_FRAMES, STRETCH = 12_000, 150


@dataclasses.dataclass(frozen=True)
class Trial:
    """How people are seen.

    Attributes:
        noise_px, noise_correlation: of the keypoints, see `ViewLifter`.
        gaps: whether keypoints are missing, see `gaps.draw`.
    """

    noise_px: float = 0.0
    noise_correlation: float = 0.0
    gaps: bool = False


TRIALS = {
    "clean": Trial(),
    "noisy": Trial(10.0, 0.95),
    "gaps": Trial(5.0, 0.95, gaps=True),
}


@dataclasses.dataclass(frozen=True, eq=False)
class Errors:
    """What a trial gave in M frames of N joints.

    Attributes:
        errors_mm: (M, N) of each joint relative to the root.
        disagreement: (M, N) metres, see `Engine.lift_measured`.
        confidence: (M, N) of the keypoints.
        people: (M,) name of the person.
    """

    errors_mm: np.ndarray
    disagreement: np.ndarray
    confidence: np.ndarray
    people: np.ndarray

    def of(self, people) -> Errors:
        """Returns those of some people."""
        chosen = np.isin(self.people, list(people))
        fields = dataclasses.fields(self)
        return Errors(*(getattr(self, field.name)[chosen] for field in fields))

    def thinned(self, step: int) -> Errors:
        """Returns every `step`-th frame."""
        fields = dataclasses.fields(self)
        return Errors(*(getattr(self, field.name)[::step] for field in fields))


def joined(parts: list[Errors]) -> Errors:
    """Returns all frames of several."""
    fields = dataclasses.fields(Errors)
    columns = ([getattr(part, field.name) for part in parts] for field in fields)
    return Errors(*map(np.concatenate, columns))


def run(
    model,
    options: InferenceOptions,
    data_dir,
    split: str,
    trial: Trial,
    *,
    title: str = "calibrate",
    seed: int = 0,
) -> Errors:
    """Lifts stretches of a split's views, about `MOST_FRAMES` in all.

    Raises:
        UserError: if the data are damaged.
        ValueError: if a frame has one estimate alone.
    """
    if options.estimates < 2:
        raise ValueError("one estimate alone cannot disagree: average several.")
    skeleton = skeletons.get(options.skeleton)
    lifter = ViewLifter(
        *(model, options),
        noise_px=trial.noise_px,
        noise_correlation=trial.noise_correlation,
        seed=seed,
        disagreement=True,
    )
    found = []
    frames = min(MOST_FRAMES, manifest.read(data_dir).splits[split].frames)  # About.
    for view in progress.each(
        *(_stretches(data_dir, split, seed), title, frames, "frame"), size=views.length
    ):
        seen = np.ones(view.confidence.shape, bool)
        keypoints = lifter.network_keypoints(view)
        if trial.gaps:
            rng = seeded(seed, f"{view.name}/gaps")
            seen = gaps.draw(rng, len(seen), view.fps, skeleton, options.optional)
            keypoints = gaps.fill(keypoints, seen, skeleton)
        positions, disagreement = lifter.measured(view, keypoints)
        # The records' own is often the same throughout, which tells nothing.
        confidence = keypoints[..., 2] if options.inputs == "xyc" else 1.0 * seen
        scored = view, positions, disagreement, confidence
        found.append(of_view(*scored, skeleton.root))
    return joined(found)


def of_view(
    view: View,
    positions: np.ndarray,
    disagreement: np.ndarray,
    confidence: np.ndarray,
    root: int,
) -> Errors:
    """Returns the errors of positions (F, N, 3) metres in the valid frames of a view.

    Disagreement and confidence are (F, N); `root` is the index of the root.
    """
    positions, target = positions[view.valid], view.positions[view.valid]
    return Errors(
        _MM * metrics.joint_errors(positions, target - target[:, root, None]),
        disagreement[view.valid],
        confidence[view.valid],
        np.full(len(target), view.subject),
    )


def _stretches(data_dir, split, seed) -> Iterator[View]:
    """Yields a stretch of each of some views, which a seed and their names choose."""
    share = MOST_FRAMES / (STRETCH * manifest.read(data_dir).splits[split].sequences)
    for view in views.load_views(data_dir, split):
        rng = seeded(seed, f"{view.name}/stretch")
        if rng.random() >= share:
            continue
        start = rng.integers(max(len(view.valid) - STRETCH, 0) + 1)
        names = ("keypoints", "confidence", "positions", "valid")
        part = slice(start, start + STRETCH)
        yield dataclasses.replace(view, **{n: getattr(view, n)[part] for n in names})
