"""Lifted people stand on their floor, in every file that knows it."""

import json
import types

import numpy as np
import pytest
from support import walking

from dgnet_tf import axes
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.lifting import calibration, lifted_clip, lifter, pose_files

SIZE = (1000, 1000)
FEET = [walking.SKELETON.joints.index(name) for name in axes.ANKLES]


def lifted(poses, keypoints, **given):
    """Lifts with a model that knows the poses."""
    name = walking.SKELETON.name
    relative = (poses - poses[:, :1]).astype(np.float32)
    engine = types.SimpleNamespace(
        options=InferenceOptions(skeleton=name, fps=walking.FPS, frames=4),
        lift_measured=lambda keypoints, image_size: (relative, None),
    )
    given = {"root": "fit", "focal_px": walking.INTRINSICS[0], **given}
    return lifter.Lifter(engine).lift(keypoints, layout=name, image_size=SIZE, **given)


@pytest.mark.parametrize(("name", "up"), [("z_up", 2), ("y_up", 1)])
def test_feet_stand_on_the_floor_of_a_camera_that_looks_down(name, up):
    poses, contact = walking.walk()
    found = lifted(*walking.film(poses, pitch=20.0, height=2.8))
    assert found.floor.pitch == pytest.approx(20, abs=0.5)
    placed = axes.place(found, name)
    standing = placed[:, FEET][contact]
    np.testing.assert_allclose(standing[:, up], walking.ANKLE, atol=0.03)
    # The walk is level: the hip keeps its height over 8 metres.
    np.testing.assert_allclose(placed[:, 0, up], 0.9, atol=0.04)
    # Sizes and distances are kept.
    assert np.linalg.norm(placed[0, 9] - placed[0, 3]) == pytest.approx(
        np.linalg.norm(poses[0, 9] - poses[0, 3]), abs=1e-5
    )


def test_axes_over_a_floor_keep_the_heading_and_hands():
    up = np.array([0.05, -0.9, -0.43])
    turn = axes._levelling(up / np.linalg.norm(up))
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1)
    np.testing.assert_allclose(turn @ up / np.linalg.norm(up), [0, -1, 0], atol=1e-12)
    assert turn[0] @ [0, 0, 1] == pytest.approx(0, abs=0.03)
    level = axes._levelling(np.array([0.0, -1.0, 0.0]))
    np.testing.assert_allclose(level, np.eye(3))


def test_drawn_people_stand_upright():
    found = lifted(*walking.film(walking.walk()[0], pitch=20.0, height=2.8))
    model = types.SimpleNamespace(run=None, skeleton=walking.SKELETON)
    (person,) = lifted_clip.make(model, [found], "walk", SIZE).people
    hips = person.positions[:, 0]
    # A level walk in axes whose y is down.
    assert np.ptp(hips[:, 1]) < 0.06 < 1 < np.ptp(hips[:, 2])


def test_files_state_the_floor(tmp_path):
    found = lifted(*walking.film(walking.walk()[0]))
    pose_files.write([found], tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as file:
        np.testing.assert_allclose(file["floor_up"], found.floor.up)
        assert file["camera_height"] == found.floor.height
        assert file["camera_pitch"] == found.floor.pitch
        # A point's height over the floor, as the file's reader has it.
        heights = file["positions"] @ file["floor_up"] + file["camera_height"]
    assert np.median(heights[:, FEET].min(axis=1)) == pytest.approx(0.07, abs=0.02)
    pose_files.write([found], tmp_path / "a.json")
    floor = json.loads((tmp_path / "a.json").read_text())["people"][0]["floor"]
    assert floor["camera_height_m"] == pytest.approx(found.floor.height, abs=1e-4)
    assert floor["camera_pitch_degrees"] == pytest.approx(found.floor.pitch, abs=1e-3)
    np.testing.assert_allclose(floor["up"], found.floor.up, atol=1e-6)


def test_a_known_camera_gives_the_person_its_size():
    poses, keypoints = walking.film(walking.walk()[0], pitch=10.0, height=1.8)
    middle = poses[:, :1]
    small = middle + 0.92 * (poses - middle)
    found = lifted(small, keypoints, camera_height=1.8, camera_pitch=10.0)
    np.testing.assert_allclose(found.positions, poses - middle, atol=0.03)
    np.testing.assert_allclose(found.root, middle[:, 0], atol=0.06)


def test_a_calibrated_lens_is_taken_as_it_is():
    poses, keypoints = walking.film(walking.walk()[0], pitch=10.0, height=1.8)
    lens = (1145.0, 1145.0), (500.0, 500.0)
    known = calibration.Calibration(*lens, height=1.8, pitch=10.0)
    found = lifted(poses, keypoints, focal_px=None, calibration=known)
    assert (found.floor.height, found.focal_px) == pytest.approx((1.8, 1145.0))
    np.testing.assert_allclose(found.root, poses[:, 0], atol=0.03)
    # Off by what the lens bends, unless that is known.
    bent = calibration.Calibration(*lens, (0.3, 0.0, 0.0, 0.0, 0.0), 1.8, 10.0)
    other = lifted(poses, keypoints, focal_px=None, calibration=bent)
    assert np.abs(other.root - poses[:, 0]).max() > 0.1


def test_without_a_floor_one_warning_and_the_fit_of_each_frame(capsys):
    poses, keypoints = walking.film(walking.walk()[0] * [1, 1, -1] + [0, 0, 1.8])
    found = lifted(poses, keypoints)
    assert found.floor is None
    np.testing.assert_allclose(found.root, poses[:, 0], atol=1e-3)
    lines = capsys.readouterr().err.splitlines()
    (line,) = [line for line in lines if "floor" in line]
    assert "no floor found for person 1: the person does not stand upright" in line
    assert "taken to be level" in line
