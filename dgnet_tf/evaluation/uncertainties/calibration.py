"""What the disagreement of estimates stands for in millimetres."""

from __future__ import annotations

import numpy as np
from scipy import optimize

from dgnet_tf import skeletons
from dgnet_tf.evaluation.uncertainties import scores, trials
from dgnet_tf.evaluation.uncertainties.trials import Errors
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models.uncertainty import Uncertainty

_MM = 1000.0
_LEAST_ERROR = 0.1  # Millimetres: what is nearer counts as so far.
# Of the mean squared error: however much estimates agree, they may all be off.
_LEAST_BASE = 0.01


def fit(
    found: Errors, skeleton: skeletons.Skeleton, options: dict, people: dict
) -> Uncertainty:
    """Fits the expected error to the disagreement and to what was missing.

    Its three numbers are those of a joint and of its mirror image together, and of most
    likelihood were errors exponentially distributed about their expectation, which has
    the right mean however they are. The root has none.

    Args:
        found: errors of people whom the network was not trained on.
        skeleton: of the joints.
        options, people: see `Uncertainty`.
    """
    numbers = np.zeros((3, len(skeleton.joints)))
    pairs = dict(skeleton.symmetric_pairs)
    for joint in range(len(skeleton.joints)):
        if joint == skeleton.root or joint in skeleton.right:
            continue
        group = [joint, pairs[joint]] if joint in pairs else [joint]
        numbers[:, group] = _fit_group(
            *(
                column[:, group].ravel()
                for column in (found.errors_mm, found.disagreement, found.confidence)
            )
        )[:, None]
    base, slope, missing = (row.round(4).tolist() for row in numbers)
    expected = Uncertainty(base, slope, missing, 1.0, 1.0, options, people)
    ratios = scores.ratios(found, expected, skeleton.root)
    half, nine_tenths = np.quantile(ratios, [0.5, 0.9]).round(4).tolist()
    return Uncertainty(base, slope, missing, half, nine_tenths, options, people)


def _fit_group(errors, disagreement, confidence) -> np.ndarray:
    """Returns base, slope and missing of (M,) samples."""
    squares = np.square(_MM * disagreement.astype(np.float64))
    terms = np.stack([np.ones_like(squares), squares, 1.0 - confidence], axis=-1)
    errors = np.maximum(errors, _LEAST_ERROR)
    # Parts of the whole, so that all three are of one size.
    sizes = np.maximum(terms.mean(axis=0), 1e-12) / np.square(errors).mean()

    def loss(parts):
        variance = np.maximum(terms @ (parts / sizes), _LEAST_ERROR**2)
        expected = np.sqrt(variance)
        slope = (expected - errors) / (2.0 * expected * variance)
        loss = (np.log(expected) + errors / expected).mean()
        return loss, (slope @ terms) / len(errors) / sizes

    start = np.array([0.5, 0.3, 0.2])
    bounds = [(_LEAST_BASE, None), (0.0, None), (0.0, None)]
    parts = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return np.sqrt(np.where(terms.any(axis=0), parts / sizes, 0.0))


def calibrate(
    model, options: InferenceOptions, data_dir, dataset: str, split: str
) -> tuple[Uncertainty, dict]:
    """Calibrates a network on a split's people, and checks it on each half of them.

    Each of `trials.TRIALS` counts as much as the others. For the check, the people are
    dealt into two halves; each is told what was fitted to the other.

    Returns:
        What was calibrated on all; for the report {"trials": {name: scores of each
        half by the other's calibration, see `scores.of`}}, None for one person alone.

    Raises:
        UserError: if the data are damaged.
        ValueError: if a frame has one estimate alone.
    """
    skeleton = skeletons.get(options.skeleton)
    found = {
        name: trials.run(
            *(model, options, data_dir, split, trial), title=f"calibrate, {name}"
        )
        for name, trial in trials.TRIALS.items()
    }
    everybody = trials.joined(list(found.values()))
    names = sorted(set(everybody.people.tolist()))
    told = options.chosen()
    described = {"dataset": dataset, "split": split, "subjects": names}
    fitted = fit(everybody, skeleton, told, described)
    if len(names) < 2:
        return fitted, {"trials": None}
    halves = names[::2], names[1::2]
    by_other = [
        (half, fit(everybody.of(other), skeleton, told, described))
        for half, other in (halves, halves[::-1])
    ]
    checked = {}
    for name, errors in found.items():
        parts = [(errors.of(half), other) for half, other in by_other]
        checked[name] = scores.of(parts, skeleton.root)
    return fitted, {"trials": checked}
