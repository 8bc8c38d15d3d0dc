"""Procedural walkers as a data set, for tests and where nothing can be downloaded.

They are no substitute for real motion: scores on them do not carry over to people.
"""

from __future__ import annotations

import functools

from dgnet_tf.data.view import View
from preprocessing.cameras import camera_rig, virtual_cameras
from preprocessing.conversion.sequences import Dataset, PoseSequence, Recording
from preprocessing.datasets import walker
from preprocessing.datasets.definition import Definition, Flag, check_arguments

FLAGS = (
    Flag("subjects", "number of people", int, 8, least=3),
    Flag("clip_frames", "frames of each clip, at 50 a second", int, 300, least=1),
    Flag("motion_seed", "seed of bodies and motions", int, 0, least=0),
)


def read(
    subjects: int = 8,
    clip_frames: int = 300,
    motion_seed: int = 0,
    rig: camera_rig.Rig = camera_rig.DEFAULT,
) -> Dataset:
    """Lists the clips: one of each action for each person.

    The last person is the test split, the last but one the validation split.

    Args:
        subjects: number of people, at least 3.
        clip_frames: frames of each clip, at 50 a second.
        motion_seed: seed of people and motions.
        rig: the virtual cameras that film each clip.
    """
    check_arguments(
        FLAGS, subjects=subjects, clip_frames=clip_frames, motion_seed=motion_seed
    )
    people = [f"walker_{person:02d}" for person in range(subjects)]
    recordings = tuple(
        Recording(
            name,
            action,
            "take_0",
            functools.partial(
                load, person, name, action, clip_frames, motion_seed, rig
            ),
        )
        for person, name in enumerate(people)
        for action in walker.ACTIONS
    )
    return Dataset(
        name="synthetic",
        skeleton="human36m_17",
        fps=walker.FPS,
        recordings=recordings,
        options={
            "subjects": subjects,
            "clip_frames": clip_frames,
            "motion_seed": motion_seed,
            **rig.options(),
        },
        sources={},
        test_subjects=(people[-1],),
        validation_subjects=(people[-2],),
    )


def load(person, name, action, frames, motion_seed, rig) -> list[View]:
    """Makes and films one clip."""
    positions = walker.motion(person, action, frames, motion_seed)
    sequence = PoseSequence(name, action, "take_0", positions, walker.FPS)
    return virtual_cameras.film(sequence, rig)


DEFINITION = Definition(
    name="synthetic",
    read=read,
    filmed=True,
    flags=FLAGS,
    licence="The motion was computed; no one's terms hold for it.",
    instructions="""
A seeded procedural walker, for tests and where nothing can be downloaded. It reads no
files.

    python -m preprocessing.convert --dataset=synthetic --output=data/synthetic
""",
)
