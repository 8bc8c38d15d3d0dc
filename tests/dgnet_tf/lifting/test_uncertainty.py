"""How sure a lifted pose is: in Python, in files, and of partial bodies."""

import csv
import dataclasses
import json

import numpy as np
import pygltflib
import pytest
import tensorflow as tf
from support.lifting import echo_lifter
from support.lifting.echo_lifter import SIZE, moving
from support.models import sureness

from dgnet_tf.inference.engines.tensorflow_engine import TensorFlowEngine
from dgnet_tf.lifting import lifted_clip, lifter, pose_files

LAYOUT = echo_lifter.SKELETON.name
WRIST = echo_lifter.SKELETON.joints.index("left_wrist")


def measuring(calibrated=True, **fields):
    """A lifter whose estimates disagree by a millimetre for each 100 pixels of x."""

    def serve(keypoints, image_size):
        disagreement = 1e-5 * keypoints[..., :1]
        echo = tf.pad(keypoints, [[0, 0], [0, 0], [0, 0], [0, 1]])
        return {"positions": tf.concat([echo, disagreement], axis=-1)}

    options = dataclasses.replace(echo_lifter.OPTIONS, **fields)
    sure = sureness.made() if calibrated else None
    return lifter.Lifter(TensorFlowEngine(serve, options), uncertainty=sure)


def lift(keypoints, confidence=None, using=None, **options):
    given = {"layout": LAYOUT, "image_size": SIZE, "confidence": confidence}
    return (using or measuring()).lift(keypoints, **given, **options)


def expected(x, unseen=0.0):
    return np.sqrt(9 + (2 * 0.01 * x) ** 2 + 1600 * unseen)


def test_each_joint_has_the_error_that_its_estimates_and_its_keypoint_stand_for():
    keypoints = moving(9)
    found = lift(keypoints)
    assert found.positions.shape == (9, 17, 3)
    assert found.uncertainty_mm.dtype == np.float32
    np.testing.assert_allclose(
        found.uncertainty_mm, expected(keypoints[..., 0]), rtol=1e-5
    )
    confidence = np.ones((9, 17))
    confidence[3:5, WRIST], confidence[7, WRIST] = 0.0, 0.5
    missing = lift(keypoints, confidence)
    grown = missing.uncertainty_mm[:, WRIST] / found.uncertainty_mm[:, WRIST]
    assert grown[[3, 4]].min() > 4 and 1 < grown[7] < grown[3]
    others = np.ones((9, 17), bool)
    others[[3, 4, 7], WRIST] = False
    np.testing.assert_allclose(
        missing.uncertainty_mm[others], found.uncertainty_mm[others], rtol=1e-5
    )


def test_it_goes_with_other_frame_rates_and_with_the_size_of_the_person():
    keypoints = moving(12)
    found = lift(keypoints, fps=25.0)
    x = keypoints[1:-1, :, 0]
    np.testing.assert_allclose(found.uncertainty_mm[1:-1], expected(x), rtol=1e-3)
    uneven = dataclasses.replace(
        lift(keypoints), times=np.array([0, *np.arange(2, 13)]) / 50
    )
    steady = uneven.at_steady_rate()
    assert len(steady.uncertainty_mm) == len(steady.positions) == 13
    middle = uneven.uncertainty_mm[:2].mean(axis=0)
    np.testing.assert_allclose(steady.uncertainty_mm[1], middle, rtol=1e-5)


@pytest.mark.parametrize("using", [echo_lifter.echo(), measuring(calibrated=False)])
def test_without_calibration_there_is_none_and_files_are_as_before(using, tmp_path):
    found = lift(moving(4), using=using)
    assert found.uncertainty_mm is None and found.guessed == ()
    assert found.positions.shape == (4, 17, 3)
    for suffix in (".npz", ".json", ".csv"):
        pose_files.write([found], tmp_path / f"poses{suffix}")
    with np.load(tmp_path / "poses.npz") as poses:
        assert not {"uncertainty_mm", "guessed"} & set(poses)
    (person,) = json.loads((tmp_path / "poses.json").read_text())["people"]
    assert sorted(person) == ["first_frame", "person", "positions"]
    head = (tmp_path / "poses.csv").read_text().splitlines()[0]
    assert head.endswith("right_wrist_z")


def partial():
    """A person without legs, lifted by a network that was trained with such people."""
    confidence = np.ones((6, 17))
    legs = list(echo_lifter.SKELETON.below_hips)
    confidence[:, legs] = 0.0
    return lift(moving(6), confidence, measuring(missing_legs=0.1)), legs


def test_files_hold_it_and_mark_what_nobody_saw(tmp_path, capsys):
    found, legs = partial()
    names = [echo_lifter.SKELETON.joints[joint] for joint in legs]
    assert sorted(found.guessed) == sorted(names)
    assert found.uncertainty_mm[:, legs].min() > 40
    whole = lift(moving(5))
    for suffix in (".npz", ".json", ".csv"):
        pose_files.write([found], tmp_path / f"one{suffix}", units="cm")
    pose_files.write([found], tmp_path / "one.glb")
    top = pygltflib.GLTF2().load(str(tmp_path / "one.glb")).nodes
    assert [n.extras["guessed"] for n in top if n.extras] == [list(found.guessed)]
    two = [found, dataclasses.replace(whole, person="2")]
    pose_files.write(two, tmp_path / "two.npz")
    pose_files.write(two, tmp_path / "two.csv")

    with np.load(tmp_path / "one.npz", allow_pickle=False) as poses:
        # Millimetres, whatever the unit of the positions.
        np.testing.assert_array_equal(poses["uncertainty_mm"], found.uncertainty_mm)
        assert tuple(poses["guessed"]) == found.guessed
    with np.load(tmp_path / "two.npz", allow_pickle=False) as poses:
        np.testing.assert_array_equal(poses["uncertainty_mm/2"], whole.uncertainty_mm)
        assert "guessed/1" in poses and "guessed/2" not in poses
    (person,) = json.loads((tmp_path / "one.json").read_text())["people"]
    np.testing.assert_allclose(
        person["uncertainty_mm"], found.uncertainty_mm, atol=0.06
    )
    assert person["guessed"] == list(found.guessed)
    with open(tmp_path / "two.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 11
    assert rows[2]["guessed"] == " ".join(found.guessed) and rows[7]["guessed"] == ""
    for row, mm in (
        (rows[2], found.uncertainty_mm[2]),
        (rows[7], whole.uncertainty_mm[1]),
    ):
        assert float(row["left_wrist_uncertainty_mm"]) == pytest.approx(
            mm[WRIST], abs=0.06
        )


def test_the_clip_that_is_shown_has_both(capsys):
    found, legs = partial()
    (person,) = lifted_clip.make(measuring(), [found], "a", SIZE).people
    np.testing.assert_array_equal(person.uncertainty_mm, found.uncertainty_mm)
    assert person.missing[:, legs].all() and person.missing.sum() == 6 * 4
    (person,) = lifted_clip.make(measuring(), [lift(moving(3))], "a", SIZE).people
    assert person.missing is None
