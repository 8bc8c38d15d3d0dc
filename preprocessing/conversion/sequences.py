"""Recordings and pose sequences: a data set on its way to camera views."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable

import numpy as np

from dgnet_tf.data.view import View
from dgnet_tf.errors import UserError
from dgnet_tf.files.schemas import RATES

FARTHEST = 1e6  # metres; millimetres stay below, and the checks name them
MAX_FRAMES = 1_000_000  # of a sequence: more than two hours at 120 a second


class MissingSource(UserError):
    """A data set's files are not where `--source` says.

    `preprocessing.convert` prints the data set's instructions before the message.
    """


@dataclasses.dataclass(frozen=True, eq=False)
class PoseSequence:
    """One recorded motion.

    Attributes:
        subject, action, take: the person, what they do, and which recording of it.
        positions: (F, N, 3) metres, world axes, z up, floor at 0.
        fps: frames per second.
    """

    subject: str
    action: str
    take: str
    positions: np.ndarray
    fps: float


@dataclasses.dataclass(frozen=True)
class Recording:
    """A promise of one sequence's views: small, and sent to worker processes.

    Attributes:
        subject, action, take: name of the sequence.
        load: function without arguments that reads the sequence and returns its
            list of `View`s. It must be picklable (`functools.partial` of a
            module's function), and it runs where the views are used, so that no
            more than one sequence is in memory per process.
    """

    subject: str
    action: str
    take: str
    load: Callable[[], list[View]]


@dataclasses.dataclass(frozen=True)
class Dataset:
    """What a dataset module hands to the conversion.

    Attributes:
        name: value of `--dataset`.
        skeleton: name of the skeleton of all its poses.
        fps: frames per second of its views; where `rates` has several, the one that
            models take it to be.
        recordings: its recordings, in any order.
        options: whatever else determines the bytes; goes to `dataset.json`.
        sources: file name to SHA-256 of the files that it was read from.
        test_subjects, validation_subjects: its own splits; empty where it has none.
        rates: all frame rates of its views, where it mixes several.
        people: the person that each subject is, where its protocol makes several
            subjects of one; a subject that is not named is a person of its own.
        expected_frames: for groups (tuples) of subjects, how many frames with ground
            truth the full set has of them, each camera's counted.
        licence: the terms of the data, for whoever passes on what is made of them;
            "" where they are not known.

    Raises:
        UserError: if a frame rate is none that `dataset.json` may hold.
    """

    name: str
    skeleton: str
    fps: float
    recordings: tuple[Recording, ...]
    options: dict
    sources: dict[str, str]
    test_subjects: tuple[str, ...] = ()
    validation_subjects: tuple[str, ...] = ()
    rates: tuple[float, ...] = ()
    people: dict[str, str] = dataclasses.field(default_factory=dict)
    expected_frames: dict = dataclasses.field(default_factory=dict)
    licence: str = ""

    def __post_init__(self):
        least, most = RATES
        for rate in (self.fps, *self.rates):
            if not least <= rate <= most:
                raise UserError(
                    f"{next(iter(self.sources), self.name)}: holds a frame rate of "
                    f"{rate:g} a second, which must be {least:g} to {most:,}. Mend "
                    "the files, or leave those out that say so."
                )


def relative_name(source, file) -> str:
    """Returns a file's path below the source folder, with slashes; else its name."""
    source, file = pathlib.Path(source).expanduser(), pathlib.Path(file)
    below = file != source and file.is_relative_to(source)
    return file.relative_to(source).as_posix() if below else file.name


def check_positions(positions: np.ndarray, joints: int, where: str):
    """Checks that an array can be a sequence's positions; `where` is file and field.

    Raises:
        UserError: unless it is a floating-point array of shape (F, joints, 3)
            with F > 0 and finite values up to `FARTHEST`.
    """
    kind = getattr(positions, "dtype", type(positions).__name__)
    if not isinstance(positions, np.ndarray) or kind.kind != "f":
        raise UserError(
            f"{where}: is {kind}; positions must be floating-point numbers in metres."
        )
    if positions.ndim != 3 or positions.shape[1:] != (joints, 3):
        raise UserError(
            f"{where}: has shape {positions.shape}; it must be (frames, {joints}, 3). "
            "Reorder the joints to the skeleton's."
        )
    if len(positions) > MAX_FRAMES:
        raise UserError(
            f"{where}: has {len(positions)} frames, more than the {MAX_FRAMES} that a "
            "sequence may have. Cut it into several."
        )
    if len(positions) == 0:
        raise UserError(f"{where}: has no frames. Remove the clip or record it again.")
    bad = np.flatnonzero(~np.isfinite(positions).all(axis=(1, 2)))
    if len(bad):
        raise UserError(
            f"{where}: {len(bad)} of {len(positions)} frames hold NaN or infinite "
            f"positions, the first is frame {bad[0]}. Fill them in or cut the clip."
        )
    farthest = float(np.abs(positions).max())
    if farthest > FARTHEST:
        raise UserError(
            f"{where}: has positions {farthest:.3g} m away. Are these metres?"
        )
