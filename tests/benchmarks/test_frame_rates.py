"""The measurements of frame rates and smoothing, where the errors are known."""

import json
import types

import numpy as np
import pytest
import tensorflow as tf
from support.lifting import echo_lifter
from support.lifting.lifting_stand_ins import command_error, run_command

from benchmarks import frame_rates, smoothing
from benchmarks.motion import motion_errors
from dgnet_tf import cameras, metrics
from dgnet_tf.data import views
from dgnet_tf.errors import UserError
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.engines.tensorflow_engine import TensorFlowEngine
from dgnet_tf.lifting import lifter as lifting
from dgnet_tf.lifting.smoothing import OneEuro, Savgol

INTRINSICS = np.array([1000, 1000, 500, 400, 0, 0, 0, 0, 0.0])
DEPTH, SPEED = 5.0, 0.6  # metres, metres a second


def view(frames=51, fps=50.0, invalid=()):
    """All joints at one depth; all but the root drift to the right, steadily."""
    rng = np.random.default_rng(0)
    positions = np.tile(rng.uniform(-0.5, 0.5, (1, 17, 3)), (frames, 1, 1))
    positions[..., 2] = DEPTH
    positions[:, 1:, 0] += SPEED * np.arange(frames)[:, None] / fps
    valid = np.ones(frames, bool)
    valid[list(invalid)] = False
    return types.SimpleNamespace(
        positions=positions,
        keypoints=cameras.project_linear(positions, INTRINSICS),
        valid=valid,
        intrinsics=INTRINSICS,
        image_size=np.array([1000.0, 800.0]),
        fps=fps,
    )


def serve(keypoints, image_size):
    """The true pose, but for the video's first step, by which all are too far."""
    x = (keypoints - INTRINSICS[2:4]) * (DEPTH / 1000)
    x = x - x[:, :, :1] + (x[:, 1:2] - x[:, :1] if x.shape[1] > 1 else 0.0)
    return {"positions": tf.pad(x, [[0, 0], [0, 0], [0, 0], [0, 1]])}


@pytest.fixture
def known(monkeypatch):
    """Commands and functions see two known views and a lifter of known error."""
    shown = [view(), view(invalid=[3])]
    lifter = lifting.Lifter(TensorFlowEngine(serve, echo_lifter.OPTIONS))
    monkeypatch.setattr(lifting.Lifter, "load", lambda path: lifter)
    monkeypatch.setattr(views, "load_views", lambda data_dir, split: iter(shown))
    return shown


def test_a_rate_that_is_told_costs_nothing_and_one_that_is_not_shows(known):
    rows = frame_rates.measure("model", "data", "test", [25.0, 100.0])
    assert [row["fps"] for row in rows] == [50.0, 25.0, 100.0]
    again = frame_rates.measure("model", "data", "test", [50.0, 25.0, 100.0, 25.0])
    assert again == rows
    # One second; frame 3 of one view is invalid, and at 100 a second what touches it.
    assert [row["frames"] for row in rows] == [101, 52, 199]
    step = 1000 * SPEED / 50 * 16 / 17  # Of all joints but the root, mm.
    for row, told, untold in zip(
        rows, (step, step, step), (step, 2 * step, step / 2), strict=True
    ):
        assert row["told"]["mpjpe_mm"] == pytest.approx(told, rel=1e-3)
        assert row["not_told"]["mpjpe_mm"] == pytest.approx(untold, rel=1e-3)
        assert row["not_told"]["velocity_mm_s"] == pytest.approx(0, abs=0.1)


def test_errors_are_summed_over_valid_runs_and_by_the_second():
    target = np.random.default_rng(1).normal(0, 0.3, (7, 17, 3))
    moved = target - target[:, :1]
    moved[:, 4, 1] += 0.01 * np.arange(7) ** 2
    valid = np.array([1, 1, 1, 1, 0, 1, 1], bool)
    found = motion_errors.means(motion_errors.sums_of(moved, target, valid, 20.0, 0))
    frames = [0, 1, 4, 9, 25, 36]
    assert found["mpjpe_mm"] == pytest.approx(10 / 17 * np.mean(frames))
    steps = [1, 3, 5, 11]  # Not across frame 4.
    assert found["velocity_mm_s"] == pytest.approx(20 * 10 / 17 * np.mean(steps))
    assert found["acceleration_mm_s2"] == pytest.approx(20**2 * 10 / 17 * 2)
    alone = motion_errors.sums_of(moved[:1], target[:1], valid[:1], 20.0, 0)
    assert motion_errors.means(alone) == {
        "mpjpe_mm": 0.0,
        "velocity_mm_s": None,
        "acceleration_mm_s2": None,
    }


def test_smoothing_is_measured_on_the_same_noisy_keypoints(known):
    filters = {"none": None, "s": Savgol(), "e": OneEuro()}
    rows = smoothing.measure("model", "data", "test", [0.0, 5.0], filters)
    assert [(row["noise_px"], row["smooth"]) for row in rows] == [
        (noise, name) for noise in (0.0, 5.0) for name in filters
    ]
    clean, noisy = rows[0], rows[3]
    assert clean["mpjpe_mm"] == pytest.approx(1000 * SPEED / 50 * 16 / 17, rel=1e-3)
    # 5 px at 5 m and a focal length of 1000 px are 25 mm in x and in y.
    assert 25 < noisy["mpjpe_mm"] < 80
    poses, targets = [], []
    for index, shown in enumerate(known):
        noise = np.random.default_rng([index, 7]).normal(0, 1, shown.keypoints.shape)
        seen = shown.keypoints + 5.0 * noise
        lifted = whole_videos.lift_view(serve, seen, shown.image_size, 4)
        poses.append(Savgol().smooth(lifted, 50.0)[shown.valid])
        targets.append((shown.positions - shown.positions[:, :1])[shown.valid])
    errors = metrics.mpjpe(np.concatenate(poses), np.concatenate(targets))
    assert rows[4]["mpjpe_mm"] == pytest.approx(1000 * errors.mean(), rel=1e-6)
    assert rows[4]["acceleration_mm_s2"] < 0.2 * noisy["acceleration_mm_s2"]
    assert rows[5]["acceleration_mm_s2"] < 0.5 * noisy["acceleration_mm_s2"]


def test_the_commands_print_tables_and_write_json(known, tmp_path, capsys):
    where = ["--model=m", "--data=d"]
    output = tmp_path / "rates.json"
    run_command(frame_rates, *where, "--rates=25,29.97", f"--output={output}")
    out = capsys.readouterr().out
    assert "mpjpe_mm not told" in out and "29.97" in out
    assert [row["fps"] for row in json.loads(output.read_text())] == [50, 25, 29.97]
    output = tmp_path / "smoothing.json"
    run_command(smoothing, *where, "--seconds=0.2,0.3", "--beta=1,2", "--noise_px=0",
                f"--output={output}")  # fmt: skip
    names = [row["smooth"] for row in json.loads(output.read_text())]
    assert names == ["none", "savgol 0.2 s", "savgol 0.3 s"] + [
        *("one_euro 1 Hz, 1 Hz s/m", "one_euro 1 Hz, 2 Hz s/m")
    ]
    assert "savgol 0.3 s" in capsys.readouterr().out
    error = command_error(capsys, frame_rates, *where, "--rates=0,a")
    assert "--rates must be numbers from 1 to 1000" in error
    assert "--beta must be numbers" in command_error(
        capsys, smoothing, *where, "--beta=x"
    )


def test_views_of_unknown_cameras_are_refused(known):
    known[0].intrinsics = np.zeros(9)
    with pytest.raises(UserError, match="d: its cameras are not known"):
        frame_rates.measure("model", "d", "test", [25.0])
