"""Human3.6M's cameras, from the `metadata.xml` of its official code.

The file's one element `<w0>` holds 300 numbers in brackets. For person s (1 to 11) and
camera c (1 to 4), six of them from index 6 (11 (c - 1) + (s - 1)) on are three angles
and the camera's place in millimetres; nine from 264 + 9 (c - 1) on are focal length
(2), principal point (2), radial (3) and tangential (2) distortion, in the order of
`cameras`.
"""

from __future__ import annotations

import dataclasses
import math
import pathlib
from collections.abc import Iterable
from xml.parsers import expat

import numpy as np

from dgnet_tf import cameras
from dgnet_tf.errors import UserError

# Name and image size, in the order of metadata.xml and of the community's files.
CAMERAS = (
    ("54138969", (1000.0, 1002.0)),
    ("55011271", (1000.0, 1000.0)),
    ("58860488", (1000.0, 1000.0)),
    ("60457274", (1000.0, 1002.0)),
)
_PEOPLE = 11
_NUMBERS = 300
_INTRINSICS = 6 * len(CAMERAS) * _PEOPLE  # Index of the first camera's.
_MAX_BYTES = 64 << 20
# What no camera of a studio exceeds: place in metres, pixels, distortion.
_FARTHEST, _LARGEST_PX, _LARGEST_DISTORTION = 1000.0, 1e4, 10.0
_ADVICE = "Use metadata.xml as Human3.6M's owners publish it."


@dataclasses.dataclass(frozen=True, eq=False)
class Camera:
    """One calibrated camera.

    Attributes:
        name: its serial number.
        image_size: (2,) width and height, pixels.
        intrinsics: (9,) as in `cameras`.
        rotation: (3, 3); its rows are the camera's axes in the world.
        center: (3,) its place in the world, metres.
    """

    name: str
    image_size: np.ndarray
    intrinsics: np.ndarray
    rotation: np.ndarray
    center: np.ndarray


def read_cameras(path, subjects: Iterable[str]) -> dict[str, tuple[Camera, ...]]:
    """Reads the four cameras of each person; they were set up again for each.

    Args:
        path: metadata.xml.
        subjects: "S1" to "S11".

    Raises:
        UserError: if the file is not such XML, or a number cannot be a camera's.
    """
    path = pathlib.Path(path)
    numbers = _numbers(path)
    return {
        subject: tuple(
            _camera(numbers, int(subject[1:]), index, f"{path}: {subject}, camera")
            for index in range(len(CAMERAS))
        )
        for subject in subjects
    }


def rotation(angles) -> np.ndarray:
    """Returns Rx(a) Ry(b) Rz(c), (3, 3), for angles a, b, c in radians."""
    (sa, ca), (sb, cb), (sc, cc) = ((math.sin(a), math.cos(a)) for a in angles)
    # Multiplied out, for a BLAS product may differ between machines.
    return np.array(
        [
            [cb * cc, -cb * sc, sb],
            [ca * sc + sa * sb * cc, ca * cc - sa * sb * sc, -sa * cb],
            [sa * sc - ca * sb * cc, sa * cc + ca * sb * sc, ca * cb],
        ]
    )


def _camera(numbers, person, index, where) -> Camera:
    name, image_size = CAMERAS[index]
    start = 6 * (index * _PEOPLE + person - 1)
    angles, center = numbers[start : start + 3], numbers[start + 3 : start + 6] / 1000.0
    start = _INTRINSICS + 9 * index
    intrinsics = numbers[start : start + 9]
    pixels = intrinsics[: cameras.PRINCIPAL.stop]
    for wrong, what in (
        (abs(center) > _FARTHEST, "is more than 1 km away"),
        ((pixels <= 0.0) | (pixels > _LARGEST_PX), "has no possible focal length"),
        (abs(intrinsics[4:]) > _LARGEST_DISTORTION, "has no possible distortion"),
    ):
        if wrong.any():
            raise UserError(
                f"{where} {name} {what} in <w0>: place {center.tolist()} m, "
                f"intrinsics {intrinsics.tolist()}. {_ADVICE}"
            )
    return Camera(name, np.array(image_size), intrinsics, rotation(angles), center)


def _numbers(path) -> np.ndarray:
    """Returns the numbers of `<w0>`."""
    text = _element_text(path, "w0").strip()
    words = text.strip("[]").split()
    try:
        numbers = np.array([float(word) for word in words])
    except ValueError as error:
        raise UserError(
            f"{path}: <w0> must hold numbers only ({error}). {_ADVICE}"
        ) from error
    if len(numbers) != _NUMBERS or not np.isfinite(numbers).all():
        raise UserError(
            f"{path}: <w0> must hold {_NUMBERS} finite numbers, has "
            f"{int(np.isfinite(numbers).sum())} in {len(numbers)}. {_ADVICE}"
        )
    return numbers


def _element_text(path, wanted) -> str:
    """Returns the text of the one element of that name."""
    if path.stat().st_size > _MAX_BYTES:
        raise UserError(f"{path}: is too large to be metadata.xml. {_ADVICE}")
    texts: list[list[str]] = []
    stack: list[str] = []

    def start(name, _):
        stack.append(name)
        if name == wanted:
            texts.append([])

    def text(data):
        if stack and stack[-1] == wanted:
            texts[-1].append(data)

    def refuse(*_):
        # They can blow a small file up to any size.
        raise UserError(f"{path}: defines XML entities, which metadata.xml does not.")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: stack.pop()
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(path.read_bytes(), True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UserError(f"{path}: is not readable XML ({error}). {_ADVICE}") from error
    if len(texts) != 1:
        raise UserError(
            f"{path}: must have one element <{wanted}>, has {len(texts)}. {_ADVICE}"
        )
    return "".join(texts[0])
