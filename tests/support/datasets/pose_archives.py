"""Writes small pose archives of procedural walkers."""

from __future__ import annotations

import numpy as np

from preprocessing.datasets import walker

# Name, person, action and frames.
CLIPS = (
    ("clip_a", "anna", "walk", 50),
    ("clip_b", "ben", "squat", 21),
    ("clip_c", "cleo", "wave", 37),
)


def arrays() -> dict:
    """Returns the keys of an archive."""
    names, subjects, actions, _ = zip(*CLIPS, strict=True)
    content = {
        "clips": np.array(names),
        "subjects": np.array(subjects),
        "actions": np.array(actions),
        "fps": np.float64(50.0),
        "bodies": np.array(["ignored"]),
    }
    for person, (name, _, action, frames) in enumerate(CLIPS):
        motion = walker.motion(person, action, frames)
        content[f"pos/{name}"] = motion.astype(np.float32)
    return content


def write(path, changes=None):
    """Writes an archive; `changes` replace keys, and None removes one."""
    content = {**arrays(), **(changes or {})}
    np.savez(
        path, **{key: value for key, value in content.items() if value is not None}
    )
    return path
