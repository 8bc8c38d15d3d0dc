"""Reports of videos whose errors are given, for tests of what reads reports."""

from __future__ import annotations

import copy

from dgnet_tf.config import config
from dgnet_tf.data import manifest
from dgnet_tf.evaluation import intervals, scoring

# Of each video's error: what the other metrics are, so that they can be told apart.
FACTORS = {"p_mpjpe_mm": 0.5, "n_mpjpe_mm": 0.8, "pck": 0.001, "auc": 0.0005}


def report(videos, *, dataset="mocap", split="test", options=None, **model) -> dict:
    """Returns a report.

    Args:
        videos: {(subject, action, take): MPJPE in mm}, or (MPJPE, frames).
        dataset, split: of the report.
        options: that differ from the usual ones.
        **model: fields of the configuration, and `parameters`.
    """
    rows = []
    for (subject, action, take), value in sorted(videos.items()):
        error, frames = value if isinstance(value, tuple) else (value, 100)
        rows.append(
            {
                "subject": subject,
                "action": action,
                "take": take,
                "cameras": ["c0"],
                "frames": frames,
                "steps": frames - 1,
                "triples": frames - 2,
                "sums": {
                    name: error * FACTORS.get(name, 1.0) * (frames - missing)
                    for name in scoring.METRICS
                    for missing in [
                        {"frames": 0, "steps": 1, "triples": 2}[
                            scoring.COUNTED_BY[name]
                        ]
                    ]
                },
            }
        )
    per_action = _by(rows, lambda row: row["action"])
    people = sorted({row["subject"] for row in rows})
    return {
        "dataset": dataset,
        "split": split,
        "frames": sum(row["frames"] for row in rows),
        "views": len(rows),
        "metrics": _pooled(rows),
        "metrics_action_mean": scoring.plain_mean(per_action),
        "intervals": intervals.of(rows, intervals.frame_means),
        "intervals_action_mean": intervals.of(rows, intervals.action_means),
        "per_action": per_action,
        "per_subject_action": {
            person: _by(
                [row for row in rows if row["subject"] == person],
                lambda row: row["action"],
            )
            for person in people
        },
        "per_sequence": rows,
        "protocols": {},
        "options": {
            "flip": True,
            "precision": "float32",
            "noise_px": 0.0,
            "noise_correlation": 0.0,
            "seed": 0,
            "overlap": "mean",
            "frame_stride": 1,
            "actions": None,
            "skeleton": "human36m_17",
            "joints": 17,
            "root_counted": True,
            "fps": 50.0,
            "model": {
                "parameters": 1000,
                "multiply_adds_per_frame": 2000,
                **vars(config.make("paper")),
                **model,
            },
            **(options or {}),
        },
    }


def data(dataset="mocap", **options) -> manifest.Manifest:
    """Returns the manifest of a data set without records."""
    return manifest.Manifest(dataset, "human36m_17", 50.0, 128, 32, options, {}, {})


def without(made: dict, *path) -> dict:
    """Returns a copy of a report that lacks one field."""
    made = copy.deepcopy(made)
    inner = made
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return made


def _by(rows, key):
    names = sorted({key(row) for row in rows})
    return {n: _pooled([row for row in rows if key(row) == n]) for n in names}


def _pooled(rows):
    return {
        name: sum(row["sums"][name] for row in rows)
        / sum(row[scoring.COUNTED_BY[name]] for row in rows)
        for name in scoring.METRICS
    }
