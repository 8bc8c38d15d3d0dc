"""Converts a data set: recordings to views to records to shards and dataset.json."""

from __future__ import annotations

import contextlib
import pathlib
import shutil
from collections.abc import Callable, Iterator

from dgnet_tf import skeletons
from dgnet_tf.command_line import parallel, progress
from dgnet_tf.data import manifest as manifests
from dgnet_tf.errors import UserError, shortened
from dgnet_tf.files import atomic
from preprocessing.conversion import (
    checks,
    inventory,
    recording_files,
    shards,
    splits,
    view_records,
)
from preprocessing.conversion.sequences import Dataset


def convert(
    dataset: Dataset,
    output,
    *,
    record_frames: int = 128,
    record_overlap: int = 32,
    test_subjects=None,
    validation_subjects=None,
    workers: int = 1,
    strict: bool = False,
    show: Callable[[str], None] = print,
) -> manifests.Manifest:
    """Writes a data set's shards and `dataset.json` into a new folder.

    The bytes written depend on the arguments, not on `workers`. Each process holds
    one recording at a time; disk space is needed twice over until the end.

    Args:
        dataset: what a dataset module returned.
        output: folder to make; it may exist if it is empty.
        record_frames, record_overlap: see `view_records.starts`.
        test_subjects, validation_subjects: see `splits.assign`.
        workers: see `parallel.results`.
        strict: refuse the data set where a plausibility check warns.
        show: called with each check's outcome, one line of text.

    Raises:
        UserError: for bad input, a folder in use or a full disk. Nothing is left
            behind then, and neither after an interruption.
    """
    view_records.starts(1, record_frames, record_overlap)  # Checks the two of them.
    if record_frames > manifests.MAX_RECORD_FRAMES:
        raise UserError(
            f"--record_frames must be at most {manifests.MAX_RECORD_FRAMES}, got "
            f"{shortened(record_frames)}."
        )
    if workers < 1:
        raise ValueError(f"`workers` must be at least 1, got {workers}.")
    split_of = splits.assign(
        {recording.subject for recording in dataset.recordings},
        dataset.test_subjects,
        dataset.validation_subjects,
        test_subjects,
        validation_subjects,
    )
    with _new_folder(output) as folder:
        converted = _convert_recordings(
            dataset, folder / "parts", record_frames, record_overlap, workers
        )
        if not any(part.views for part in converted):
            raise UserError(
                "Nothing is left to convert: every recording was left out, for the "
                "reasons above."
            )
        _check(dataset, converted, split_of, strict, show)
        manifest = manifests.Manifest(
            dataset=dataset.name,
            skeleton=dataset.skeleton,
            fps=dataset.fps,
            record_frames=record_frames,
            record_overlap=record_overlap,
            options=dataset.options,
            sources=dataset.sources,
            licence=dataset.licence,
            splits={
                split: _write_split(
                    folder,
                    split,
                    [p for p in converted if split_of[p.subject] == split],
                )
                for split in manifests.SPLITS
                if split in split_of.values()
            },
        )
        # Such as a rate that no video has.
        manifests.check(manifest, pathlib.Path(output) / manifests.FILE_NAME)
        shutil.rmtree(folder / "parts")
        (folder / manifests.FILE_NAME).write_text(manifests.dumps(manifest))
    return manifest


def _convert_recordings(
    dataset, folder, record_frames, record_overlap, workers
) -> list[recording_files.Part]:
    folder.mkdir()
    tasks = [
        recording_files.Task(
            *(recording, str(folder / f"{index:06d}.tfrecord"), dataset.skeleton),
            *(dataset.fps, record_frames, record_overlap, dataset.rates),
        )
        for index, recording in enumerate(dataset.recordings)
    ]
    done = parallel.results(recording_files.convert_recording, tasks, workers)
    return list(progress.each(done, "convert", len(tasks), "sequence"))


def _views(converted: list[recording_files.Part]) -> list[recording_files.ViewSummary]:
    """Returns all views, ordered by name: sums over them always round alike."""
    views = (view for part in converted for view in part.views)
    return sorted(views, key=lambda view: view.measures.name)


def _check(dataset, converted, split_of, strict, show):
    measures = [view.measures for view in _views(converted)]
    findings = checks.check_views(measures, skeletons.get(dataset.skeleton))
    findings += inventory.check_inventory(measures, dataset, split_of)
    for finding in findings:
        show(finding.line(strict))
    if strict and not all(finding.passed for finding in findings):
        raise UserError(
            "Refused under --strict by plausibility checks: "
            + "; ".join(finding.text for finding in findings if not finding.passed)
            + ". Fix the source, or convert without --strict."
        )


def _write_split(folder, split, converted) -> manifests.Split:
    entries = [entry for part in converted for entry in part.entries]
    views = _views(converted)
    valid = sum(view.measures.frames for view in views)
    mean_pose = sum(view.pose_sum for view in views) / max(valid, 1)
    return manifests.Split(
        sequences=len(views),
        frames=sum(view.frames for view in views),
        seconds=sum(view.seconds for view in views),
        records=len(entries),
        subjects=tuple(sorted({part.subject for part in converted})),
        mean_pose=tuple(tuple(joint) for joint in mean_pose.tolist()),
        shards=shards.merge(folder, split, entries),
    )


@contextlib.contextmanager
def _new_folder(output) -> Iterator[pathlib.Path]:
    """Gives a temporary folder that becomes `output` if all goes well."""
    output = pathlib.Path(output).expanduser().resolve()
    try:
        with atomic.replacing(output, alone=True) as folder:
            # Now that nobody else can be about to make it.
            if output.is_file() or (output.is_dir() and any(output.iterdir())):
                raise UserError(
                    f"{output}: --output exists and is not an empty folder. Remove it "
                    "or choose another."
                )
            folder.mkdir()
            yield folder
    except OSError as error:
        raise UserError(
            f"{error.filename or output}: {error.strerror or error}; the conversion "
            "stopped and left nothing behind. Check that the folder can be written and "
            "the disk has room."
        ) from error
