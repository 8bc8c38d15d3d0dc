"""Checks a data set as a whole: missing frames, duplicates, people in two splits."""

from __future__ import annotations

import collections
import itertools

import numpy as np

from dgnet_tf.data.manifest import SPLITS
from preprocessing.conversion.checks import Finding, Measures
from preprocessing.conversion.sequences import Dataset

SAME = 1e-5  # relative difference of what rounding alone sets apart
SAME_BONES = 1e-3  # relative difference of one person's mean bone lengths


def check_inventory(
    measures: list[Measures], dataset: Dataset, split_of: dict[str, str]
) -> list[Finding]:
    """Judges frame counts, duplicates and splits.

    Args:
        measures: of all views.
        dataset: what was converted.
        split_of: the split of each subject.
    """
    measures = [view for view in measures if view.frames]
    return [
        *_frames(measures, dataset),
        _duplicates(measures, split_of),
        _people(measures, dataset, split_of),
    ]


def _frames(measures, dataset):
    for subjects, expected in dataset.expected_frames.items():
        found = sum(view.frames for view in measures if view.subject in subjects)
        text = f"{', '.join(subjects)}: {found:,} frames with ground truth"
        advice = (
            "Sequences or people are missing."
            if found < expected
            else "There is more than the full set has."
        )
        yield Finding(
            found == expected,
            f"{text}, the full set has {expected:,}",
            f"{advice} Compare the sequences with docs/datasets.md.",
        )


def _duplicates(measures, split_of):
    """Compares sequences by distances that do not depend on the camera."""
    first = {}
    for view in measures:
        first.setdefault(view.name.rpartition("/")[0], view)
    sequences = sorted(first.items(), key=lambda item: (item[1].frames, *item[1].spans))
    pairs = [
        (name, split_of[view.subject], after, split_of[following.subject])
        for (name, view), (after, following) in itertools.pairwise(sequences)
        if view.frames == following.frames
        and np.allclose(view.spans, following.spans, rtol=SAME, atol=0.0)
    ]
    if not pairs:
        return Finding(True, f"no two of {len(first)} sequences are the same motion")
    # First those that give away a test.
    one, split, other, other_split = max(pairs, key=lambda pair: pair[1] != pair[3])
    return Finding(
        False,
        f"{len(pairs)} of {len(first)} sequences repeat another: {one} ({split}) and "
        f"{other} ({other_split}) are the same motion",
        "Remove one of each pair.",
    )


def _people(measures, dataset, split_of):
    """Finds people in several splits, by the data set's own word or by their bones."""
    splits = collections.defaultdict(set)
    for subject, split in split_of.items():
        splits[dataset.people.get(subject, subject)].add(split)
    shared = sorted(person for person, found in splits.items() if len(found) > 1)
    bones = _bones(measures)
    for one, other in itertools.combinations(sorted(bones), 2):
        people = {dataset.people.get(subject, subject) for subject in (one, other)}
        if (
            len(people) > 1
            and split_of[one] != split_of[other]
            and np.allclose(bones[one], bones[other], rtol=SAME_BONES, atol=0.0)
        ):
            return Finding(
                False,
                f"subjects {one} ({split_of[one]}) and {other} ({split_of[other]}) "
                "have the same bones: one person, or motions fitted to one body",
                "Put them into one split with --test_subjects and "
                "--validation_subjects, or read scores as those of known people.",
            )
    if shared:
        found = set().union(*(splits[person] for person in shared))
        where = " and ".join(split for split in SPLITS if split in found)
        return Finding(
            True, f"{', '.join(shared)} are in {where}, as in the data set's protocol"
        )
    return Finding(True, "nobody is in two splits")


def _bones(measures) -> dict[str, np.ndarray]:
    """Returns the mean bone lengths of each subject."""
    bones, frames = {}, collections.Counter()
    for view in measures:
        bones[view.subject] = bones.get(view.subject, 0.0) + view.bones
        frames[view.subject] += view.frames
    return {subject: bones[subject] / frames[subject] for subject in bones}
