"""Replaying a file as a live feed."""

import json
import types

import numpy as np
import pytest
from support.keypoints import detector_files
from support.lifting.lifting_stand_ins import command_error, export, run_command

from dgnet_tf import replay
from dgnet_tf.keypoints.tracks import Track
from dgnet_tf.lifting import live_replay
from dgnet_tf.models import weight_folders


class Clock:
    """A clock that moves when somebody sleeps or works."""

    def __init__(self):
        self.now = 100.0
        self.slept = []

    def perf_counter(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def worker(clock, work):
    """A stream that takes `work[i]` seconds for its i-th frame."""
    pushed = []

    def push(people):
        clock.now += work[len(pushed)]
        pushed.append(people)
        return dict.fromkeys(people)

    return types.SimpleNamespace(push=push), pushed


def test_frames_come_when_they_are_due_and_late_ones_make_the_next_late():
    clock = Clock()
    # Due at 0, 20, 40, 60 ms; done at 5, 50, 60, 65 ms.
    stream, pushed = worker(clock, [0.005, 0.030, 0.010, 0.005])
    frames = [{"a": 1}, {"a": 1, "b": 2}, {}]
    latencies, work, poses = live_replay.replay(stream, frames, 4, 50.0, clock)
    np.testing.assert_allclose(latencies, [0.005, 0.030, 0.020, 0.005], atol=1e-9)
    np.testing.assert_allclose(work, [0.005, 0.030, 0.010, 0.005], atol=1e-9)
    np.testing.assert_allclose(clock.slept, [0.015], atol=1e-9)
    assert poses == [1, 2, 0, 1]
    assert pushed == [*frames, frames[0]]


def test_the_summary_counts_and_sorts():
    latencies = np.arange(1, 101) / 1000.0  # 1 to 100 ms.
    found = live_replay.summary(latencies, latencies / 10, [1] * 99 + [3], fps=12.5)
    assert (found["frames"], found["poses"], found["most_people"]) == (100, 102, 3)
    expected = {"p50": 50.5, "p95": 95.05, "p99": 99.01, "most": 100.0}
    assert found["latency_ms"] == pytest.approx(expected)
    assert found["work_ms"]["p99"] == pytest.approx(9.901)
    assert found["missed"] == 20  # Later than 80 ms.


def test_a_file_becomes_frames_of_those_who_are_seen():
    keypoints = np.arange(24.0).reshape(4, 3, 2)
    confidence = np.full((4, 3), 0.5)
    confidence[1] = 0
    keypoints[1] = np.nan
    a = Track("a", 7, keypoints, confidence)
    b = Track("b", 9, keypoints[:1], confidence[:1])
    frames = live_replay.by_frame([a, b])
    assert [list(frame) for frame in frames] == [
        *([("a", 0)], [], [("a", 0), ("b", 0)], [("a", 0)])
    ]
    expected = np.concatenate([keypoints[2], confidence[2][:, None]], axis=-1)
    np.testing.assert_array_equal(frames[2]["a", 0], expected)
    crowd = live_replay.by_frame([a, b], copies=3)
    assert [len(frame) for frame in crowd] == [3, 0, 6, 3]


@pytest.fixture(scope="module")
def arguments(tmp_path_factory):
    folder = tmp_path_factory.mktemp("replay")
    export(folder / "model")
    path = detector_files.coco(
        folder / "people.json",
        [
            *detector_files.walk("coco_17", frames=5, person="a"),
            *detector_files.walk("coco_17", frames=4, person="b", x=400.0, first=1),
        ],
    )
    return [f"--model={folder / 'model'}", f"--keypoints={path}"] + [
        *("--layout=coco_17", "--image_size=1000x1000", "--fps=200")
    ]


def test_the_command_reports_latency_and_writes_it(arguments, tmp_path, capsys):
    output = tmp_path / "figures.json"
    more = ["--seconds=0.1", "--copies=4", "--smooth=one_euro", f"--output={output}"]
    run_command(replay, *arguments, *more)
    out = capsys.readouterr().out
    # Four rounds of five frames: a alone, then both four times.
    assert "20 frames at 200 frames a second, 144 poses, up to 8 people at once" in out
    found = json.loads(output.read_text())
    latency, work = found["latency_ms"], found["work_ms"]
    assert f"p99 {latency['p99']:.2f} ms, most" in out
    assert f"Work: p50 {work['p50']:.2f} ms, p95" in out
    assert f"Missed deadlines: {found['missed']} of 20." in out
    for times in (latency, work):
        assert 0 < times["p50"] <= times["p95"] <= times["p99"] <= times["most"]
    assert work["p50"] <= latency["p50"]


def test_who_is_never_whole_is_left_out_with_a_line(arguments, tmp_path, capsys):
    legless = detector_files.walk("coco_17", frames=9, person="c")
    for _, _, rows in legless:
        rows[11:] = 0
    whole = detector_files.walk("coco_17", frames=5, person="a", x=400.0)
    path = detector_files.coco(tmp_path / "people.json", [*legless, *whole])
    keypoints = f"--keypoints={path}"
    run_command(replay, *arguments, keypoints)
    out, err = capsys.readouterr()
    assert "5 poses, up to 1 people at once" in out
    assert f"warning: {path}: left out c (frames 0 to 8), of whom some joint" in err
    detector_files.coco(path, legless)
    message = command_error(capsys, replay, *arguments, keypoints)
    assert "shows nobody who can be lifted: of c (frames 0 to 8) some joint" in message


def test_bad_input_ends_with_one_line(arguments, tmp_path, capsys, monkeypatch):
    def error(*more):
        return command_error(capsys, replay, *arguments, *more)

    assert "less than one frame" in error("--seconds=0.001")
    assert "like 1920x1080" in error("--image_size=0x10")
    assert "holds no SavedModel" in error(f"--model={tmp_path}")
    assert "not found" in error(f"--keypoints={tmp_path / 'none.json'}")
    assert "fps" in error("--fps=0")
    assert "--fps must be a finite number, got nan" in error("--fps=nan")
    monkeypatch.setattr(weight_folders, "FOLDER", tmp_path)
    unnamed = [text for text in arguments if not text.startswith("--model=")]
    assert "No model is named" in command_error(capsys, replay, *unnamed)
