"""`dataset.json`: the contents of a converted data set."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Literal

from dgnet_tf import skeletons
from dgnet_tf.data import records
from dgnet_tf.errors import UserError, shortened
from dgnet_tf.files import json_documents, provenance, schemas
from dgnet_tf.files.schemas import Amount, Count, Name, Number, Object, Rate, Text

FILE_NAME = "dataset.json"
SPLITS = ("train", "validation", "test")
# Frames of a record: each is in memory whole, many times over.
MAX_RECORD_FRAMES = 100_000
_FILE = r"(train|validation|test)-\d{5,9}-of-\d{5,9}\.tfrecord"
_ShardName = schemas.text(_FILE, "like train-00000-of-00001.tfrecord")
_Units = Literal["pixels", "metres"]


@dataclasses.dataclass(frozen=True)
class Shard:
    """One TFRecord file: its name, number of records, size and digest."""

    file: _ShardName
    records: Count
    bytes: Count
    sha256: schemas.Sha256


@dataclasses.dataclass(frozen=True)
class Split:
    """One split.

    Attributes:
        sequences: number of camera views.
        frames: frames, each frame of each view counted once.
        seconds: their length, each view's at its own frame rate.
        records: records over all shards.
        subjects: the people in it.
        mean_pose: (N, 3) mean root-relative camera-space pose of its valid
            frames, metres.
        shards: its files.
    """

    sequences: Count
    frames: Count
    seconds: Amount
    records: Count
    subjects: tuple[Text, ...]
    mean_pose: tuple[tuple[Number, Number, Number], ...]
    shards: tuple[Shard, ...]


@dataclasses.dataclass(frozen=True)
class Manifest:
    """The contents of `dataset.json`; `units` and `version` are fixed by the code.

    `licence` is the terms of the data; "" in data sets that state none, as those of
    earlier versions.
    """

    dataset: Name
    skeleton: Literal[tuple(skeletons.SKELETONS)]
    fps: Rate
    record_frames: schemas.whole(1, MAX_RECORD_FRAMES)
    record_overlap: schemas.whole(0, MAX_RECORD_FRAMES)
    options: Object
    sources: dict[Text, Text]  # file name: sha256
    splits: dict[Literal[SPLITS], Split]
    licence: Text = ""

    @property
    def joints(self) -> int:
        """N, the skeleton's number of joints."""
        return len(skeletons.get(self.skeleton).joints)


@schemas.closed
@dataclasses.dataclass(frozen=True, kw_only=True)
class _Document(Manifest):
    """The fields of `dataset.json`."""

    version: int
    units: dict[Text, _Units]


_KIND = json_documents.JsonKind(
    "a valid manifest",
    "Convert the data set again.",
    "Convert a data set into this folder with `python -m preprocessing.convert "
    "--output=...`.",
    _Document,
    ("version", records.VERSION),
)


def dumps(manifest: Manifest) -> str:
    """Serialises a manifest, always to the same text."""
    content = {
        "version": records.VERSION,
        "units": {"keypoints": "pixels", "positions": "metres"},
        **dataclasses.asdict(manifest),
    }
    if not manifest.licence:  # Studies know data of earlier versions by this text.
        del content["licence"]
    return json_documents.dumps(content, sort_keys=True)


def summary(manifest: Manifest) -> dict:
    """Returns where a data set comes from and who is in it, ready for JSON."""
    licence = {"licence": manifest.licence} if manifest.licence else {}
    names = ("dataset", "skeleton", "fps", "options", "sources")
    splits = {
        name: {
            "sequences": split.sequences,
            "frames": split.frames,
            "seconds": split.seconds,
            "subjects": list(split.subjects),
        }
        for name, split in manifest.splits.items()
    }
    return {**licence, **{n: getattr(manifest, n) for n in names}, "splits": splits}


def read(data_dir: str | pathlib.Path) -> Manifest:
    """Reads and checks a data set's manifest.

    Raises:
        UserError: if it is missing or of another version, or if a field has a wrong
            type or range, or does not agree with another; the message names it.
    """
    path = pathlib.Path(data_dir) / FILE_NAME
    return _build(path, _KIND.read(path))


def check(manifest: Manifest, path: str | pathlib.Path) -> None:
    """Raises UserError where a manifest, written to this path, could not be read."""
    _build(path, _KIND.parse(path, dumps(manifest)))


def _build(path, content) -> Manifest:
    with _KIND.building(path):
        del content["version"], content["units"]
        for split in content["splits"].values():
            split["subjects"] = tuple(split["subjects"])
            split["mean_pose"] = tuple(map(tuple, split["mean_pose"]))
            split["shards"] = tuple(Shard(**shard) for shard in split["shards"])
        splits = {name: Split(**split) for name, split in content["splits"].items()}
        manifest = Manifest(**{**content, "splits": splits})
        _check_agreement(manifest)
    return manifest


def _check_agreement(manifest: Manifest):
    """Raises ValueError where fields contradict each other."""

    def refuse(field, value, rule):
        raise ValueError(f"field {field!r} must be {rule}, got {shortened(value)}")

    length, overlap = manifest.record_frames, manifest.record_overlap
    if overlap >= length:
        refuse("record_overlap", overlap, f"less than record_frames, {length}")
    for name, split in manifest.splits.items():
        place, shards = f"splits.{name}", split.shards
        total = sum(shard.records for shard in shards)
        if split.records != total:
            refuse(f"{place}.records", split.records, f"{total}, the sum of the shards")
        if len(split.mean_pose) != manifest.joints:
            rule = f"a list of {manifest.joints} joints"
            refuse(f"{place}.mean_pose", list(split.mean_pose), rule)
        # Each view's first record has a frame, and each further one adds some.
        if not split.sequences <= split.records <= split.frames <= total * length:
            rule = "no less than sequences, and no more than frames or than fits"
            refuse(f"{place}.records", split.records, rule)
        files = [shard.file for shard in shards]
        for number, file in enumerate(files):
            if file in files[:number] or not file.startswith(f"{name}-"):
                rule = "a file of this split, once"
                refuse(f"{place}.shards[{number}].file", file, rule)


def check_split(data_dir: str | pathlib.Path, split: str) -> None:
    """Refuses a folder without a data set or that split, in a moment.

    Raises:
        UserError: as `read` and `shard_paths`; digests are not compared.
    """
    shard_paths(data_dir, read(data_dir), split, verify=False)


def shard_paths(
    data_dir: str | pathlib.Path, manifest: Manifest, split: str, verify: bool = True
) -> list[str]:
    """Returns the paths of a split's shards, checked against the manifest.

    Args:
        data_dir: folder that holds `dataset.json`.
        manifest: its content.
        split: "train", "validation" or "test".
        verify: also compare digests, which reads every file once.

    Raises:
        UserError: if the split or a shard is missing or differs from the
            manifest; the message names the file.
    """
    data_dir = pathlib.Path(data_dir)
    if split not in SPLITS:
        raise ValueError(f"`split` must be one of {SPLITS}, got {split!r}.")
    if split not in manifest.splits:
        raise UserError(
            f"{data_dir / FILE_NAME}: has no split {split!r}, only "
            f"{sorted(manifest.splits)}. Choose one of these, or convert again "
            f"with --{split}_subjects."
        )
    paths = []
    for shard in manifest.splits[split].shards:
        path = data_dir / shard.file
        if not path.is_file():
            raise UserError(f"{path}: named in {FILE_NAME} but missing. Convert again.")
        if (size := path.stat().st_size) != shard.bytes:
            raise UserError(
                f"{path}: has {size} bytes where {FILE_NAME} says {shard.bytes}; it "
                "is truncated or was replaced. Convert again."
            )
        if (count := records.count_records(path)) != shard.records:
            raise UserError(
                f"{path}: has {count} records where {FILE_NAME} says {shard.records}. "
                "Convert again."
            )
        if verify and provenance.sha256(path) != shard.sha256:
            raise UserError(
                f"{path}: its sha256 differs from {FILE_NAME}; it was changed "
                "after conversion. Convert again."
            )
        paths.append(str(path))
    return paths
