"""The lifting command on videos."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from support.lifting import echo_lifter
from support.lifting.lifting_stand_ins import command_error, run_command
from support.videos import drawn, scripted

from dgnet_tf import lift
from dgnet_tf.detection import networks
from dgnet_tf.lifting import lifter as lifting

pytest.importorskip("av", reason="PyAV reads videos, on the default stack")


@pytest.fixture
def seen(monkeypatch):
    """A lifter whose positions are the keypoints, behind a scripted detector."""
    lifter = echo_lifter.echo(size=(64, 48))
    monkeypatch.setattr(lifting.Lifter, "load", lambda path, engine: lifter)
    return scripted.use(
        monkeypatch, scripted.Scripted(scripted.moving(np.arange(30) / 10))
    )


def test_a_video_becomes_poses_a_page_and_keypoints(seen, tmp_path, capsys):
    video = drawn.write(tmp_path / "walk.mp4")
    output, view = tmp_path / "o" / "poses.json", tmp_path / "o" / "poses.html"
    saved = tmp_path / "o" / "keypoints.npz"
    flags = f"--output={output}", f"--view={view}", f"--save_keypoints={saved}"
    run_command(lift, f"--video={video}", *flags)
    out = capsys.readouterr().out
    assert "64x48, 12 frames, 10 a second. Detector: " in out
    assert f"12 poses: {output}" in out and f"Keypoints: {saved}" in out
    assert "--fps not given" not in out
    poses = json.loads(output.read_text())
    assert poses["fps"] == 10.0
    np.testing.assert_allclose(poses["people"][0]["times_s"], np.arange(12) / 10)
    page = view.read_text(encoding="utf-8")
    assert "<title>walk.mp4</title>" in page and '"video":{"type":"video/mp4"' in page
    assert "media-src blob:;" in page
    # Again from the keypoints, with and without the video: nothing is detected.
    seen.rows.clear()
    again, other = tmp_path / "again.json", tmp_path / "other.html"
    flags = f"--keypoints={saved}", f"--output={again}", f"--view={other}"
    run_command(lift, *flags)
    assert again.read_text() == output.read_text()
    assert '"video":null' in other.read_text(encoding="utf-8")
    run_command(lift, *flags, f"--video={video}")
    assert '"video":{"type":"video/mp4"' in other.read_text(encoding="utf-8")


def test_a_page_can_do_without_the_video(seen, tmp_path):
    video = drawn.write(tmp_path / "walk.mp4")
    flags = f"--output={tmp_path / 'a.npz'}", f"--view={tmp_path / 'a.html'}"
    run_command(lift, f"--video={video}", *flags, "--show_video=false")
    assert '"video":null' in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_a_variable_rate_is_told(seen, tmp_path, capsys):
    times = np.cumsum([0, 40, 40, 120, 33, 33, 200, 40, 40, 40, 40, 40])
    video = drawn.write(tmp_path / "a.mp4", times=times)
    run_command(lift, f"--video={video}", f"--output={tmp_path / 'a.csv'}")
    assert "16.52 a second on average, at the times" in capsys.readouterr().out
    rows = (tmp_path / "a.csv").read_text().splitlines()[1:]
    found = [float(row.split(",")[2]) for row in rows]
    np.testing.assert_allclose(found, times / 1000, atol=1e-6)


def test_bad_flags_and_files_leave_nothing(seen, tmp_path, capsys):
    folder = tmp_path / "o"
    folder.mkdir()
    video = drawn.write(tmp_path / "a.mp4")

    def error(*flags, file=video):
        flags = f"--output={folder / 'a.npz'}", f"--view={folder / 'a.html'}", *flags
        flags = (f"--video={file}", *flags) if file else flags
        line = command_error(capsys, lift, *flags)
        assert not list(folder.iterdir())
        return line

    assert "Give --keypoints or --video" in error(file=None)
    for flag in ("layout=coco_17", "image_size=64x48", "fps=10"):
        assert "is read from the video; leave it out" in error(f"--{flag}")
    assert "--start is for --video without --keypoints" in error(
        "--start=1", "--keypoints=a.npz"
    )
    assert "--end=1 must be after --start=2" in error("--start=2", "--end=1")
    assert "--save_keypoints must end in .npz" in error("--save_keypoints=a.json")
    assert "shows no frame from 9 s" in error("--start=9")
    sound = drawn.write_sound(tmp_path / "a.m4a")
    assert "holds no video, only audio" in error(file=sound)
    assert "no such file" in error(file=tmp_path / "none.mp4")
    seen.rows[:] = [None] * 12
    assert "no person is seen in its 12 frames" in error()


def test_the_networks_are_asked_for_before_the_model(tmp_path, capsys, monkeypatch):
    video = drawn.write(tmp_path / "a.mp4")
    output = f"--output={tmp_path / 'a.npz'}"
    flags = f"--video={video}", output, "--model=nowhere"
    other = tmp_path / "other.tgz"
    other.write_bytes(b"nothing")
    line = command_error(capsys, lift, *flags, f"--detector_weights={other}")
    assert "is neither a .tgz, a .task nor a wheel" in line
    monkeypatch.setattr(networks, "CACHE", str(tmp_path / "cache"))
    assert not (tmp_path / "a.npz").exists()


SLOW_DETECTOR = """
import signal, sys, time

signal.signal(signal.SIGINT, signal.default_int_handler)  # Ignored in background jobs.
from support.videos import scripted
from dgnet_tf import command_line, lift
from dgnet_tf.detection import detectors

class Slow:
    layout = "coco_17"
    def detect(self, image):
        print("detecting", flush=True)
        time.sleep(0.2)
        return []

detectors.load = lambda *_: Slow()
command_line.run(lift.main, lift.FLAGS, lift.__doc__)
"""


def test_ctrl_c_leaves_one_line_and_nothing_else(tmp_path):
    video = drawn.write(tmp_path / "a.mp4", frames=200)
    folder = tmp_path / "o"
    folder.mkdir()
    flags = [f"--output={folder / 'a.npz'}", f"--view={folder / 'a.html'}"]
    flags += [f"--save_keypoints={folder / 'k.npz'}", f"--video={video}"]
    command = [sys.executable, "-c", SLOW_DETECTOR, *flags]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    environment = {**os.environ, "PYTHONPATH": ":".join(sys.path)}
    with subprocess.Popen(command, env=environment, **pipes) as process:
        while "detecting" not in process.stdout.readline():
            assert process.poll() is None
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said.splitlines()[-1] == "error: interrupted"
    assert not list(folder.iterdir())
