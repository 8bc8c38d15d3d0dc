"""The comparison with a triangulation, on people and cameras that are made up."""

import json

import numpy as np
import pytest
from support.footage.stand_ins import FRAMES, person, write_wheels
from support.footage.synthetic_rig import rig
from support.lifting.lifting_stand_ins import command_error, run_command, write_run

from benchmarks import real_detections
from benchmarks.footage import comparison, real_detections_figure, triangulation, views
from dgnet_tf.keypoints import layouts

PEOPLE = [person(), person(1) + [0.6, 0.0, 0.0]]
KEYPOINTS = layouts.get("openpose_25b").joints
LANDMARKS = layouts.get(views.DETECTOR).joints
# What the detector's layout makes the head from stands where OpenPose's does.
for eye in ("left_eye", "right_eye"):
    PEOPLE[0][:, KEYPOINTS.index(eye)] = PEOPLE[0][:, KEYPOINTS.index("head_top")]


def landmarks(points):
    """The detector's 33 of OpenPose's 25 keypoints; those it lacks are at its nose."""
    named = [KEYPOINTS.index(name) if name in KEYPOINTS else 0 for name in LANDMARKS]
    return points[:, named]


def follower(path, weights):
    """Stands for the detector: sees the first person, in cam02 nobody at first.

    Its own 3-D is wrong by 51 mm in one of 17 joints.
    """
    camera = rig()[int(path.stem[-1]) - 1]
    body = landmarks(PEOPLE[0])
    own = triangulation.to_camera(camera, body)
    own[:, LANDMARKS.index("left_knee")] += [0.051, 0.0, 0.0]
    pixels = triangulation.project(camera, body)
    rows = np.concatenate([pixels, np.ones((FRAMES, 33, 1))], axis=-1)
    if path.stem == "cam02":
        rows[:2] = own[:2] = np.nan
    size = np.array(camera.image_size)
    return {
        "rows": rows,
        "positions": own,
        "image_size": size,
        "milliseconds": np.array(7.0),
    }


@pytest.mark.slow
def test_the_command_compares_every_camera(tmp_path, monkeypatch, capsys):
    run = write_run(tmp_path / "run")
    (tmp_path / "wheels").mkdir()
    arguments = [f"--source={tmp_path / 'wheels'}", f"--weights={run}"]
    write_wheels(tmp_path / "wheels", monkeypatch, PEOPLE)
    monkeypatch.setattr(views, "blazepose", follower)
    picture = np.zeros((1920, 1088, 3), np.uint8)
    monkeypatch.setattr(real_detections_figure, "_picture", lambda *_: picture)
    out = tmp_path / "out"
    figure, output = f"--figure={out / 'a.png'}", f"--output={out / 'a.json'}"
    kept = f"--detections={tmp_path / 'kept'}"
    run_command(real_detections, *arguments, figure, output, kept)
    assert len(list((tmp_path / "kept").iterdir())) == 8
    printed = capsys.readouterr().out
    assert "| one person | 1        | BlazePose" in printed
    assert "cam_02: BlazePose follows person 1 in 4 of the 6 frames" in printed
    content = json.loads((out / "a.json").read_text())
    (one,) = content["references"]["one person"]
    assert one["reprojection_px"] < 1e-4 and one["frames"] == FRAMES
    peers = [row for row in content["rows"] if row["lifted_by"] == "the detector"]
    assert [row["frames"] for row in peers] == 2 * [6, 4, 6, 6]
    assert [row["mpjpe_mm"] for row in peers] == pytest.approx(8 * [3.0], abs=1e-3)
    ours = [row for row in content["rows"] if row["lifted_by"] == "dgnet_tf"]
    # OpenPose as filmed and levelled, and exact, of three people in all; two kinds of
    # noise; and the detector in both trials.
    assert len(ours) == 4 * (3 * 3 + 2 + 2)
    # An untrained network: its poses are far from the person.
    assert min(row["mpjpe_mm"] for row in ours) > 100
    assert {row["known"] for row in content["roots"]} == {
        *("nothing", "focal length", "calibration"),
    }
    assert (out / "a.png").read_bytes()[:4] == b"\x89PNG"
    assert len(list(out.iterdir())) == 2
    # What was found is not looked for again.
    monkeypatch.setattr(views, "blazepose", None)
    again = f"--output={tmp_path / 'again.json'}"
    run_command(real_detections, *arguments, kept, again)
    rows = json.loads((tmp_path / "again.json").read_text())["rows"]
    numbers = [[row["mpjpe_mm"] for row in of] for of in (rows, content["rows"])]
    assert numbers[0] == pytest.approx(numbers[1], rel=1e-5)


def test_a_python_that_is_not_there_is_named_at_once(capsys):
    line = command_error(capsys, real_detections, "--mediapipe=/nowhere")
    assert line.startswith("error: --mediapipe=/nowhere: is no program. Name a Python")


def test_the_table_has_a_row_for_each_kind_of_keypoints():
    scored = {"frames": 3, "mpjpe_mm": 100.0, "p_mpjpe_mm": 80.0}
    scored |= {"body_mpjpe_mm": 90.0, "body_p_mpjpe_mm": 70.0}
    about = {"trial": "t", "person": 1, "keypoints": "k", "lifted_by": "dgnet_tf"}
    rows = [
        {**about, "camera": "cam01", **scored},
        {**about, "camera": "cam02", **scored, "mpjpe_mm": 50.0},
        {**about, "person": 2, "camera": "cam01", "frames": 0},
        {**about, "person": 3, "camera": "cam02", **scored},
    ]
    table = comparison.accuracy_table(rows)
    assert table.shown() == [
        [
            *("t", "1", "k", "dgnet_tf", "100.0 / 80.0", "50.0 / 80.0"),
            *("**75.0 / 80.0**", "90.0 / 70.0"),
        ],
        ["t", "3", "k", "dgnet_tf", "-", "100.0 / 80.0", "-", "-"],
    ]
