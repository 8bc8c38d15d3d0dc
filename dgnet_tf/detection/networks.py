"""BlazePose's networks: found, verified, fetched, and kept for the next time.

They are Google's, under the Apache License 2.0, and not part of this package. The npm
package `@mediapipe/pose` holds the detection network and three landmark networks; a
`.task` bundle of MediaPipe holds one of each, and the wheel of `mediapipe` 0.10.21 the
landmark network `full` alone.
"""

from __future__ import annotations

import dataclasses
import hashlib
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable

from dgnet_tf.command_line import children
from dgnet_tf.errors import UserError, check_choice
from dgnet_tf.files import atomic

PACKAGE = "@mediapipe/pose@0.5.1675469404"
CACHE = "~/.cache/dgnet_tf"
FOLDER = "blazepose"  # Within it.
SIZES = ("heavy", "full", "lite")
_MAX_BYTES = 64 << 20  # Of a network.
_DETECTION = "pose_detection.tflite"
# What each network may be called, by its name in the cache, and the sha256 of what may
# have that name: of the npm package, and of the wheel where that has another.
_NAMES = {_DETECTION: (_DETECTION, "pose_solution_packed_assets.data")}
_SHA256 = {
    _DETECTION: (
        "a63c614bef30d35947f13be361820b1e4e3bec9cfeebf4d11216a18373108e85",
        "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    ),
    "pose_landmark_heavy.tflite": (
        "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
    ),
    "pose_landmark_full.tflite": (
        "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    ),
    "pose_landmark_lite.tflite": (
        "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61",
    ),
}
# The members of a bundle, whose bytes differ from version to version.
_BUNDLED = ("pose_detector.tflite", "pose_landmarks_detector.tflite")
_WANTED = {*_SHA256, *_NAMES[_DETECTION], *_BUNDLED}
_IDENTIFIER = slice(4, 8), b"TFL3"
_HINT = (
    f"Fetch it with `npm pack {PACKAGE}` (41 MB, Apache-2.0) and name the .tgz with "
    "--detector_weights; it is kept for the next time."
)


@dataclasses.dataclass(frozen=True, eq=False)
class Networks:
    """The two networks, as files' bytes.

    Attributes:
        source: what they were read from, for messages.
        detection: finds the person in the image.
        landmarks: finds the landmarks of the person.
    """

    source: str
    detection: bytes
    landmarks: bytes


def find(weights=None, size: str | None = None, cache=CACHE) -> Networks:
    """Finds the networks, and keeps verified ones in the cache.

    Args:
        weights: the npm package's `.tgz` or folder, a `.task` bundle, or the wheel of
            mediapipe 0.10.21; None stands for the cache, which npm fills where it is
            installed.
        size: of the landmark network, one of `SIZES`, by default "heavy"; a bundle has
            one alone, and takes None.
        cache: folder.

    Raises:
        UserError: if they are not there and cannot be fetched, or are others.
        ValueError: if there is no such size.
    """
    check_choice("size", size, (None, *SIZES))
    folder = pathlib.Path(cache).expanduser() / FOLDER
    names = (_DETECTION, f"pose_landmark_{size or SIZES[0]}.tflite")
    if weights is None:
        if not all((folder / name).is_file() for name in names):
            _fetch(folder)
        return Networks(str(folder), *(_cached(folder, name) for name in names))
    path = pathlib.Path(weights).expanduser()
    members = _members(path)
    if set(_BUNDLED) <= set(members):
        return _of_bundle(path, members, size)
    found = []
    for name in names:
        content = _member(path, members, name)
        _check(path, name, content)
        _keep(folder, name, content)
        found.append(content)
    return Networks(str(path), *found)


def _of_bundle(path, members, size) -> Networks:
    if size is not None:
        raise UserError(
            f"{path}: a .task bundle holds one landmark network; leave --detector_size "
            "out."
        )
    found = [members[name]() for name in _BUNDLED]
    place, identifier = _IDENTIFIER
    for name, content in zip(_BUNDLED, found, strict=True):
        if content[place] != identifier:
            raise UserError(f"{path}: {name} in it is no .tflite network.")
    return Networks(str(path), *found)


def _member(path, members, name) -> bytes:
    for known in _NAMES.get(name, (name,)):
        if known in members:
            return members[known]()
    sizes = [size for size in SIZES if f"pose_landmark_{size}.tflite" in members]
    if sizes and name != _DETECTION:
        raise UserError(
            f"{path}: has no {name}; it has the size {' and '.join(sizes)}. Choose it "
            f"with --detector_size={sizes[0]}, or name the package {PACKAGE}."
        )
    raise UserError(f"{path}: holds no {name}. {_HINT}")


def _members(path) -> dict[str, Callable[[], bytes]]:
    """Returns what reads each network of a folder or an archive, by its name."""
    try:
        if path.is_dir():
            files = [file for file in path.rglob("*") if file.is_file()]
            return _wanted((f.name, f.stat().st_size, f.read_bytes) for f in files)
        if not path.is_file():
            raise UserError(f"{path}: --detector_weights names no file. {_HINT}")
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                infos = archive.infolist()
            return _wanted(
                (info.filename, info.file_size, lambda info=info: _unzipped(path, info))
                for info in infos
            )
        if tarfile.is_tarfile(path):
            with tarfile.open(path) as archive:
                infos = [info for info in archive if info.isfile()]
            return _wanted(
                (info.name, info.size, lambda info=info: _untarred(path, info))
                for info in infos
            )
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error) as error:
        raise UserError(f"{path}: is damaged ({error}). {_HINT}") from error
    raise UserError(f"{path}: is neither a .tgz, a .task nor a wheel. {_HINT}")


def _wanted(entries: Iterable[tuple[str, int, Callable]]) -> dict[str, Callable]:
    found = {}
    for name, size, read in entries:
        name = name.rpartition("/")[2]
        if name in _WANTED and size <= _MAX_BYTES:
            found[name] = read
    return found


def _unzipped(path, info) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(info)
    except (zipfile.BadZipFile, EOFError, zlib.error, RuntimeError) as error:
        raise UserError(f"{path}: is damaged ({error}). {_HINT}") from error


def _untarred(path, info) -> bytes:
    with tarfile.open(path) as archive:
        return archive.extractfile(info).read()


def _check(path, name, content, advice=_HINT):
    found = hashlib.sha256(content).hexdigest()
    if found not in _SHA256[name]:
        raise UserError(
            f"{path}: its {name} has sha256 {found}, expected {_SHA256[name][0]}; it "
            f"is damaged or of another version. {advice}"
        )


def _cached(folder, name) -> bytes:
    content = (folder / name).read_bytes()
    _check(folder, name, content, "Remove that file and run again to fetch it.")
    return content


def _keep(folder, name, content):
    if not (folder / name).is_file():
        atomic.write_bytes(folder / name, content)


def _fetch(folder):
    """Lets npm fetch the package into a cache's folder."""
    npm = shutil.which("npm")
    if npm is None:
        raise UserError(
            "--detector_weights not given: BlazePose's networks are not part of this "
            f"package, and npm, which fetches them, is not installed. {_HINT}"
        )
    print(f"fetching {PACKAGE} (41 MB) into {folder}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as scratch:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        command = [npm, "pack", PACKAGE, "--silent", f"--pack-destination={scratch}"]
        run = children.completed(command, cwd=scratch, **pipes)
        packed = list(pathlib.Path(scratch).glob("*.tgz"))
        if run.returncode or len(packed) != 1:
            reason = children.last_words(run)
            raise UserError(
                f"{PACKAGE}: could not be fetched with npm ({reason[:200]}). {_HINT}"
            )
        members = _members(packed[0])
        for name in _SHA256:
            content = _member(packed[0], members, name)
            _check(packed[0], name, content)
            _keep(folder, name, content)
