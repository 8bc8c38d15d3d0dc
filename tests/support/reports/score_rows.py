"""Scores and reports with numbers of one's choice, for tests of what pools them."""

import numpy as np

from dgnet_tf.evaluation import scoring, worst


def make_score(mpjpe, frames, clip=None, **ids):
    """A view of two joints with the same MPJPE in each frame; other metrics are 0.

    The first joint's error is 0, the second's twice the mean.
    """
    ids = {"subject": "S1", "action": "Walking", "take": "1", "camera": "c0", **ids}
    joint_sums = {name: np.zeros(2) for name in scoring.JOINT_METRICS}
    joint_sums["mpjpe_mm"] = np.array([0.0, 2 * mpjpe * frames])
    sums = dict.fromkeys(scoring.METRICS, 0.0)
    sums["mpjpe_mm"] = mpjpe * frames
    return scoring.ViewScore(
        frames=frames,
        steps=max(frames - 1, 0),
        triples=max(frames - 2, 0),
        joint_sums=joint_sums,
        sums=sums,
        worst=clip and worst.WorstStretch(**ids, **clip),
        **ids,
    )


def make_row(video, frames=10, action="Walking", **means):
    """A video's row with the given means over its frames, steps or triples."""
    counts = {"frames": frames, "steps": frames - 1, "triples": frames - 2}
    sums = dict.fromkeys(scoring.METRICS, 0.0)
    for name, value in means.items():
        counted = counts[scoring.COUNTED_BY[name]]
        sums[name] = None if value is None else value * counted
    return {
        "subject": "S1",
        "action": action,
        "take": str(video),
        "cameras": ["c0"],
        **counts,
        "sums": sums,
    }


def make_report(rows, **options):
    """What `pairing` reads of a report."""
    return {
        "dataset": "synthetic",
        "split": "test",
        "per_sequence": rows,
        "options": {
            "skeleton": "human36m_17",
            "joints": 17,
            "root_counted": True,
            "noise_px": 0.0,
            "noise_correlation": 0.0,
            "seed": 0,
            "actions": None,
            "fps": 50.0,
            "flip": True,
            "overlap": "mean",
            "frame_stride": 1,
            "precision": "float32",
            **options,
        },
    }
