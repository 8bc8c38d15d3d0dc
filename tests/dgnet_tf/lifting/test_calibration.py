"""Calibration files of Pose2Sim and OpenCV, against cameras that are known."""

import json
import math

import numpy as np
import pytest
from absl import flags
from scipy.spatial.transform import Rotation

from dgnet_tf.errors import UserError
from dgnet_tf.lifting import calibration
from dgnet_tf.lifting import flags as lift_flags

MATRIX = [[1145.0, 0, 510.0], [0, 1140.0, 490.0], [0, 0, 1]]
BENT = [-0.2, 0.05, 0.001, -0.002, 0.01]


def toml(folder, pitch=20.0, height=2.5, **changed):
    sin, cos = math.sin(math.radians(pitch)), math.cos(math.radians(pitch))
    turn = np.array([[1, 0, 0], [0, -sin, -cos], [0, cos, -sin]])
    values = {
        "size": [1000, 980],
        "matrix": MATRIX,
        "distortions": BENT[:4],
        "rotation": Rotation.from_matrix(turn).as_rotvec().tolist(),
        "translation": (-turn @ [0.3, -5.0, height]).tolist(),
        **changed,
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    path = folder / "Calib.toml"
    one = "\n".join(lines)
    path.write_text(f"[a]\n{one}\n[b]\n{one}\n[metadata]\nerror = 0.0\n")
    return path


def test_pose2sims_file_tells_the_lens_height_and_pitch(tmp_path):
    pytest.importorskip("tomllib")
    found = calibration.read(toml(tmp_path), "b")
    assert (found.height, found.pitch) == pytest.approx((2.5, 20.0))
    assert found.intrinsics.tolist() == [1145, 1140, 510, 490, 0, 0, 0, 0, 0]
    assert found.distortion == (*BENT[:4], 0.0)
    assert found.size == (1000, 980)
    found.check((1000, 980))
    with pytest.raises(UserError, match="images of 1000x980 pixels, .* of 500x490"):
        found.check((500, 490))
    with pytest.raises(UserError, match="choose with --camera one of a, b"):
        calibration.read(toml(tmp_path))
    with pytest.raises(UserError, match="no camera 'c', only a, b"):
        calibration.read(toml(tmp_path), "c")


@pytest.mark.parametrize("nested", [True, False])
def test_opencvs_json(tmp_path, nested):
    def matrix(values):
        flat = np.ravel(values).tolist()
        return values if nested else {"type_id": "opencv-matrix", "data": flat}

    name = "dist_coeffs" if nested else "distortion_coefficients"
    path = tmp_path / "camera.json"
    path.write_text(json.dumps({"camera_matrix": matrix(MATRIX), name: matrix(BENT)}))
    found = calibration.read(path)
    assert found.focal == (1145, 1140) and found.height is found.pitch is None
    assert found.distortion == tuple(BENT)


def test_undistorted_pixels_by_opencvs_equations():
    found = calibration.Calibration((1145.0, 1140.0), (510.0, 490.0), tuple(BENT))
    xy = np.random.default_rng(0).uniform(-0.4, 0.4, (50, 2))
    pixels = []
    k1, k2, p1, p2, k3 = BENT
    for x, y in xy:
        r2 = x**2 + y**2
        radial = 1 + k1 * r2 + k2 * r2**2 + k3 * r2**3
        u = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x**2)
        v = y * radial + p1 * (r2 + 2 * y**2) + 2 * p2 * x * y
        pixels.append([1145 * u + 510, 1140 * v + 490])
    straight = xy * [1145, 1140] + [510, 490]
    np.testing.assert_allclose(found.undistort(pixels), straight, atol=1e-6)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"matrix": [[1, 2], [3, 4]]}, "camera matrix must be 9 finite numbers"),
        ({"matrix": [[0, 0, 1], [0, 1, 1], [0, 0, 1]]}, "the camera matrix is none"),
        ({"distortions": [1, 2]}, "distortion must be 0 or 4 or 5 finite numbers"),
        ({"rotation": "no"}, "rotation must be 3 finite numbers, got 'no'"),
        ({"translation": [0, 0, 9000.0]}, "metres and a world with z up"),
        ({"size": [1]}, "image size must be 2 finite numbers"),
        ({"fisheye": True}, "fisheye lenses are not supported"),
    ],
)
def test_bad_cameras_are_refused(tmp_path, changed, message):
    pytest.importorskip("tomllib")
    with pytest.raises(UserError, match=message):
        calibration.read(toml(tmp_path, **changed), "a")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.yml", "", "must end in .toml or .json"),
        ("a.json", "{", "is no JSON"),
        ("a.json", "[]", "has no 'camera_matrix'"),
        ("a.toml", "= 3", "is no TOML"),
        ("a.toml", "[a]\nb = 3", "has no camera"),
    ],
)
def test_other_files_are_refused(tmp_path, name, text, message):
    if name.endswith("toml"):
        pytest.importorskip("tomllib")
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(UserError, match=message):
        calibration.read(path)
    with pytest.raises(UserError, match="cannot be read"):
        calibration.read(tmp_path / "none.json")


def test_flags_complete_a_calibration_and_do_not_contradict_it(tmp_path):
    values = flags.FlagValues()
    lift_flags.define_root(values)
    flags.DEFINE_string("image_size", None, "", values)
    path = tmp_path / "camera.json"
    path.write_text(json.dumps({"camera_matrix": MATRIX}))
    given = f"--root=fit --calibration={path}"
    values(f"lift {given} --camera_height=1.5".split())
    found = lift_flags.root_options(values)["calibration"]
    assert (found.height, found.pitch) == (1.5, None)
    values.unparse_flags()
    values(f"lift {given} --focal_px=900".split())
    with pytest.raises(UserError, match="--focal_px is in --calibration"):
        lift_flags.root_options(values)
