"""MPI-INF-3DHP: eight people in a studio for training, six sequences for testing.

Read are the original files, `S*/Seq*/annot.mat` with `camera.calibration` (training)
and `TS*/annot_data.mat` (test), or P-STMO's `data_train_3dhp.npz` and
`data_test_3dhp.npz`; any of them alone or together. Where a part is there in both
forms, the original files are read.

Records: the person is S1 to S8 or TS1 to TS6, other people than S1 to S8 and a test
split of their own. The action is the setting, by which the test set is scored; what
people do changes within a sequence (`activity_annotation`, 1 to 7) and is left out.
The take is the sequence: Seq1, Seq2 or TS1 to TS6.

Frame rates: training sequences have 25 or 50 frames per second, as their owners' tools
state. Nothing states those of the test sequences: they are taken as 25.
"""

from __future__ import annotations

import functools
import math
import pathlib

from dgnet_tf.errors import UserError
from dgnet_tf.files import listing, provenance
from preprocessing.conversion.sequences import (
    Dataset,
    MissingSource,
    Recording,
    relative_name,
)
from preprocessing.datasets.definition import (
    Definition,
    Flag,
    check_arguments,
    source_flag,
)
from preprocessing.datasets.mpi_inf_3dhp import (
    community_npz,
    test_annotations,
    train_annotations,
)
from preprocessing.datasets.mpi_inf_3dhp.views import SKELETON, Sequence

ANNOTATIONS = ("univ_annot3", "annot3")
SKELETONS = (SKELETON, "human36m_17")
TEST_FPS = 25.0

# Frames of the videos, and frames per second. Annotations may go on for a few frames.
_TRAIN = {
    ("S1", "Seq1"): (6416, 25.0), ("S1", "Seq2"): (12430, 50.0),
    ("S2", "Seq1"): (6502, 25.0), ("S2", "Seq2"): (6081, 25.0),
    ("S3", "Seq1"): (12488, 50.0), ("S3", "Seq2"): (12283, 50.0),
    ("S4", "Seq1"): (6171, 25.0), ("S4", "Seq2"): (6675, 25.0),
    ("S5", "Seq1"): (12820, 50.0), ("S5", "Seq2"): (12312, 50.0),
    ("S6", "Seq1"): (6188, 25.0), ("S6", "Seq2"): (6145, 25.0),
    ("S7", "Seq1"): (6239, 25.0), ("S7", "Seq2"): (6320, 25.0),
    ("S8", "Seq1"): (6468, 25.0), ("S8", "Seq2"): (6054, 25.0),
}  # fmt: skip
_TRAIN_SETTING, _TRAIN_SIZE = "studio_green_screen", (2048, 2048)

# Setting, image size and number of valid frames.
_TEST = {
    "TS1": ("studio_green_screen", (2048, 2048), 603),
    "TS2": ("studio_green_screen", (2048, 2048), 540),
    "TS3": ("studio", (2048, 2048), 505),
    "TS4": ("studio", (2048, 2048), 553),
    "TS5": ("outdoor", (1920, 1080), 276),
    "TS6": ("outdoor", (1920, 1080), 452),
}

# Where the archive of the test set leaves its folders.
_TEST_FOLDERS = ("", "mpi_inf_3dhp_test_set", "mpi_inf_3dhp_test_set/" * 2)

FLAGS = (
    source_flag("the folder of its files, or one of P-STMO's two files"),
    Flag(
        "annotation",
        "3-D ground truth: univ_annot3, which is scaled to one height and which "
        "the field uses, or annot3, true to scale",
        choices=ANNOTATIONS,
    ),
    Flag(
        "skeleton",
        "its own mpi_inf_3dhp_17, or its joints as human36m_17's",
        choices=SKELETONS,
    ),
    Flag(
        "fps",
        "rate to thin all sequences to, by taking every n-th frame (default: each "
        "sequence's own)",
        float,
        least=1.0,
        most=1000.0,
    ),
)


def read(
    source,
    *,
    annotation: str = "univ_annot3",
    skeleton: str = SKELETON,
    fps: float | None = None,
) -> Dataset:
    """Finds the sequences that are there, not yet their poses.

    Args:
        source: folder that holds any of the files above, or one `.npz`.
        annotation: "univ_annot3", scaled to one height for all people, by which the
            field trains and scores, or "annot3", true to scale.
        skeleton: "mpi_inf_3dhp_17" or "human36m_17"; see `mpi_inf_3dhp_views`.
        fps: None keeps each sequence's frame rate. A number takes every n-th frame.

    Raises:
        MissingSource: if none of the files is there.
        UserError: if a sequence is unknown, if an `.npz` is to give "annot3", or if a
            frame rate is not a whole multiple of `fps`.
    """
    check_arguments(FLAGS, annotation=annotation, skeleton=skeleton, fps=fps)
    source = pathlib.Path(source)
    found = _find(source, annotation)
    if not found:
        raise MissingSource(
            f"{source}: --source must hold S1/Seq1/annot.mat, TS1/annot_data.mat, "
            f"{' or '.join(community_npz.FILES)}; none of them was found."
        )
    recordings, rates = [], set()
    for name, recorded_fps, where, load in found:
        sequence = _sequence(name, recorded_fps, where, skeleton, fps)
        rates.add(sequence.rate)
        recordings.append(
            Recording(
                sequence.subject,
                sequence.setting,
                sequence.take,
                functools.partial(load, sequence=sequence),
            )
        )
    subjects = {recording.subject for recording in recordings}
    return Dataset(
        name="mpi_inf_3dhp",
        skeleton=skeleton,
        fps=min(rates),
        rates=tuple(sorted(rates)),
        recordings=tuple(recordings),
        options={"annotation": annotation, "fps": fps},
        sources=_sources(source, found, annotation),
        test_subjects=tuple(sorted(subjects & set(_TEST))),
        expected_frames=_expected_frames(subjects, fps),
    )


def _find(source, annotation) -> list[tuple]:
    """Returns name, frames per second, file and loader of each sequence.

    Frames per second are None where the form does not tell.
    """
    if source.is_file():
        return _packed(source, annotation)
    train = listing.found(source, "S*/Seq*/annot.mat")
    test = next(
        (
            paths
            for folder in _TEST_FOLDERS
            if (paths := listing.found(source / folder, "TS*/annot_data.mat"))
        ),
        [],
    )
    found = []
    for path in train:
        load = functools.partial(
            train_annotations.load, str(path), annotation=annotation
        )
        found.append(((path.parts[-3], path.parts[-2]), None, path, load))
    for path in test:
        load = functools.partial(
            test_annotations.load, str(path), annotation=annotation
        )
        found.append(((path.parts[-2], path.parts[-2]), None, path, load))
    for packed, original in zip(community_npz.FILES, (train, test), strict=True):
        if not original and (source / packed).is_file():
            found += _packed(source / packed, annotation)
    return found


def _packed(path, annotation):
    if annotation != community_npz.ANNOTATION:
        raise UserError(
            f"{path}: P-STMO's files hold {community_npz.ANNOTATION!r}. For "
            f"{annotation!r} take the original annot.mat and annot_data.mat."
        )
    load = functools.partial(community_npz.load, str(path))
    return [
        (name, fps, path, load)
        for name, fps in community_npz.find_sequences(path).items()
    ]


def _sequence(name, stated_fps, where, skeleton, fps) -> Sequence:
    subject, take = name
    if name in _TRAIN:
        setting, size = _TRAIN_SETTING, _TRAIN_SIZE
        frames, recorded_fps = _TRAIN[name]
    elif subject in _TEST and subject == take:
        setting, size, _ = _TEST[subject]
        frames, recorded_fps = None, TEST_FPS
    else:
        raise UserError(
            f"{where}: {subject}/{take} is not a sequence of MPI-INF-3DHP: they are "
            "S1 to S8 with Seq1 and Seq2, and TS1 to TS6. Leave it out."
        )
    recorded_fps = stated_fps or recorded_fps
    step = max(1, round(recorded_fps / fps)) if fps else 1
    if fps and recorded_fps / step != fps:
        raise UserError(
            f"{where}: {subject}/{take} has {recorded_fps:g} frames per second, from "
            f"which {fps:g} cannot be had by taking every n-th. Choose another --fps."
        )
    return Sequence(subject, setting, take, size, recorded_fps, frames, step, skeleton)


def _expected_frames(subjects, fps) -> dict[tuple[str, ...], int]:
    """Returns the frames of the whole training and test sets, where any is there."""
    expected = {}
    train = tuple(sorted({subject for subject, _ in _TRAIN}))
    slowest = min(recorded_fps for _, recorded_fps in _TRAIN.values())
    if subjects & set(train) and not (fps and slowest % fps):
        thinned = (
            math.ceil(frames * (fps or recorded_fps) / recorded_fps)
            for frames, recorded_fps in _TRAIN.values()
        )
        expected[train] = len(train_annotations.CAMERAS) * sum(thinned)
    # Which frames are valid is not known, so neither how many are left of fewer.
    if subjects & set(_TEST) and fps in (None, TEST_FPS):
        expected[tuple(_TEST)] = sum(valid for _, _, valid in _TEST.values())
    return expected


def _sources(source, found, annotation) -> dict[str, str]:
    """Returns the digests of the files that records are made from."""
    paths = {path for _, _, path, _ in found}
    if annotation == "annot3":
        beside = {path.with_name(train_annotations.CALIBRATION) for path in paths}
        paths |= {path for path in beside if path.is_file()}
    named = {relative_name(source, path): path for path in sorted(paths)}
    return provenance.digests(named)


DEFINITION = Definition(
    name="mpi_inf_3dhp",
    read=read,
    flags=FLAGS,
    licence="MPI-INF-3DHP: for research only, by its owners' terms.",
    instructions="""
MPI-INF-3DHP is given out by its owners at <https://vcai.mpi-inf.mpg.de/3dhp-dataset/>,
for research only, and may not be passed on. Their `get_dataset.sh` and `get_testset.sh`
fetch it; read and accept the terms in `conf.ig` first. Videos and images are not
needed, only:

    3DHP/S1/Seq1/annot.mat            S1 to S8, Seq1 and Seq2: training
    3DHP/S1/Seq1/camera.calibration   only for --annotation=annot3
    3DHP/TS1/annot_data.mat           TS1 to TS6: test
                                      (or in 3DHP/mpi_inf_3dhp_test_set/)

Or put `data_train_3dhp.npz` and `data_test_3dhp.npz`, as P-STMO's repository describes
them, into `3DHP/`. Each part may be there alone.

    python -m preprocessing.convert --dataset=mpi_inf_3dhp --source=3DHP \\
        --output=data/mpi_inf_3dhp
""",
)
