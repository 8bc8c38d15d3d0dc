"""Reads what is known of a camera from calibration files.

- Pose2Sim's `Calib.toml`: a table for each camera with `matrix`, `distortions`,
  `rotation` (Rodrigues) and `translation`, world axes with z up and the floor at 0.
- OpenCV's `.json` (FileStorage, or nested lists): `camera_matrix` and
  `distortion_coefficients` or `dist_coeffs`; where the camera stands is not in it.
"""

from __future__ import annotations

import dataclasses
import math
import pathlib

import numpy as np

from dgnet_tf.errors import UserError, shortened
from dgnet_tf.files import expansion, json_documents

SUFFIXES = (".toml", ".json")
_MOST_BYTES = 1_000_000
_ROUNDS = 25  # Of the inverse of the lens model, a fixed point.


@dataclasses.dataclass(frozen=True)
class Calibration:
    """A camera.

    Attributes:
        focal: (2,) pixels.
        principal: (2,) pixels.
        distortion: k1, k2, p1, p2, k3 as OpenCV has them.
        height: above the floor, metres; None where it is not known.
        pitch: how far it looks down, degrees; None where it is not known.
        size: width and height of its images, pixels; None where it is not known.
    """

    focal: tuple[float, float]
    principal: tuple[float, float]
    distortion: tuple[float, ...] = (0.0,) * 5
    height: float | None = None
    pitch: float | None = None
    size: tuple[int, int] | None = None

    @property
    def intrinsics(self) -> np.ndarray:
        """(9,) as in `cameras`, for keypoints freed of the distortion."""
        return np.array([*self.focal, *self.principal, 0, 0, 0, 0, 0], np.float64)

    def check(self, image_size):
        """Raises a UserError if it was made for images of another size."""
        if self.size is not None and tuple(image_size) != self.size:
            made, seen = ("{}x{}".format(*size) for size in (self.size, image_size))
            raise UserError(
                f"--calibration is of images of {made} pixels, the keypoints of "
                f"{seen}. Calibrate at that size."
            )

    def undistort(self, pixels: np.ndarray) -> np.ndarray:
        """Returns where a camera without distortion would see (..., 2) pixels.

        By OpenCV's model, whose tangential terms are others than those of
        `cameras.project`: no choice of p1 and p2 turns one into the other.
        """
        if not any(self.distortion):
            return np.asarray(pixels, np.float64)
        k1, k2, p1, p2, k3 = self.distortion
        seen = (np.asarray(pixels, np.float64) - self.principal) / self.focal
        xy = seen
        for _ in range(_ROUNDS):
            x, y = xy[..., 0], xy[..., 1]
            r2 = x * x + y * y
            radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
            shift = [
                2 * p1 * x * y + p2 * (r2 + 2 * x * x),
                p1 * (r2 + 2 * y * y) + 2 * p2 * x * y,
            ]
            xy = (seen - np.stack(shift, axis=-1)) / radial[..., None]
        return xy * self.focal + self.principal


def read(path: str | pathlib.Path, camera: str | None = None) -> Calibration:
    """Reads one camera.

    Args:
        path: the file.
        camera: its name in a file of several.

    Raises:
        UserError: if it is no such file, or the camera is not in it.
    """
    path = pathlib.Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise UserError(f"{path}: a calibration must end in {' or '.join(SUFFIXES)}.")
    text = expansion.read_text(path, "a calibration", _MOST_BYTES)
    if path.suffix.lower() == ".json":
        if camera is not None:
            raise UserError(f"{path}: holds one camera; leave --camera out.")
        return _opencv(path, text)
    return _pose2sim(path, text, camera)


def _pose2sim(path, text, camera):
    try:
        import tomllib
    except ModuleNotFoundError as error:  # Python 3.10.
        raise UserError(f"{path}: .toml files need Python 3.11 or newer.") from error
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UserError(f"{path}: is no TOML: {shortened(str(error))}") from error
    found = {
        name: table
        for name, table in content.items()
        if isinstance(table, dict) and "matrix" in table
    }
    if not found:
        raise UserError(f"{path}: has no camera, a table with 'matrix'.")
    if camera is None and len(found) > 1:
        raise UserError(f"{path}: choose with --camera one of {', '.join(found)}.")
    name = next(iter(found)) if camera is None else camera
    if name not in found:
        raise UserError(f"{path}: has no camera {name!r}, only {', '.join(found)}.")
    table, where = found[name], f"{path}: camera {name!r}"
    if table.get("fisheye"):
        raise UserError(f"{where}: fisheye lenses are not supported.")
    height = pitch = None
    if "rotation" in table or "translation" in table:
        turn = _numbers(where, "rotation", table.get("rotation"), (3,))
        moved = _numbers(where, "translation", table.get("translation"), (3,))
        up = _rotation(turn)[:, 2]
        height, pitch = float(-up @ moved), math.degrees(math.atan2(-up[2], -up[1]))
        if not 0 < height < 100 or abs(pitch) > 75:
            raise UserError(
                f"{where}: stands {height:.2f} m above the floor and looks {pitch:.0f} "
                "degrees down; metres and a world with z up are expected."
            )
    lens = _lens(where, table["matrix"], table.get("distortions", ()))
    size = table.get("size")
    return Calibration(
        *lens, height, pitch, None if size is None else _size(where, size)
    )


def _opencv(path, text):
    try:
        content = json_documents.loads(text)
    except ValueError as error:
        raise UserError(f"{path}: is no JSON: {shortened(str(error))}") from error
    content = content if isinstance(content, dict) else {}
    if "camera_matrix" not in content:
        raise UserError(f"{path}: has no 'camera_matrix'.")
    names = ("distortion_coefficients", "dist_coeffs", "dist_coeff")
    distortion = next((content[name] for name in names if name in content), ())
    lens = _lens(str(path), content["camera_matrix"], distortion)
    size = None
    if "image_width" in content:
        size = _size(str(path), [content["image_width"], content.get("image_height")])
    return Calibration(*lens, size=size)


def _lens(where, matrix, distortion):
    """Returns focal lengths, principal point and distortion."""
    found = _numbers(where, "camera matrix", matrix, (9,)).reshape(3, 3)
    if not (found[0, 0] > 0 and found[1, 1] > 0 and found[2].tolist() == [0, 0, 1]):
        raise UserError(f"{where}: the camera matrix is none: {found.tolist()}.")
    bent = _numbers(where, "distortion", distortion, (0, 4, 5))
    bent = np.concatenate([bent, np.zeros(5 - len(bent))])
    return (
        (float(found[0, 0]), float(found[1, 1])),
        (float(found[0, 2]), float(found[1, 2])),
        tuple(bent.tolist()),
    )


def _size(where, value):
    width, height = _numbers(where, "image size", value, (2,))
    return int(width), int(height)


def _numbers(where, name, value, lengths) -> np.ndarray:
    if isinstance(value, dict):  # An "opencv-matrix".
        value = value.get("data")
    try:
        found = np.asarray(value, np.float64).ravel()
    except (TypeError, ValueError):
        found = np.array([np.nan])
    if len(found) not in lengths or not np.isfinite(found).all():
        raise UserError(
            f"{where}: {name} must be {' or '.join(map(str, lengths))} finite numbers, "
            f"got {shortened(value)}."
        )
    return found


def _rotation(turn):
    from scipy.spatial.transform import Rotation

    return Rotation.from_rotvec(turn).as_matrix()
