"""From a video to poses, behind a detector that is scripted."""

import numpy as np
import pytest
from support.lifting.echo_lifter import echo
from support.videos import drawn, scripted

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import keypoint_files
from dgnet_tf.keypoints.readers import video_keypoints
from dgnet_tf.lifting import pose_files, sources

pytest.importorskip("av", reason="PyAV reads videos, on the default stack")

SIZE = (64, 48)
UNEVEN = np.cumsum([0, 40, 40, 120, 33, 33, 200, 40, 40, 40, 40, 40])


def lifted_of(monkeypatch, path, rows, **options):
    scripted.use(monkeypatch, scripted.Scripted(rows))
    return echo(size=SIZE).lift_video(path, **options)


def test_a_steady_video_is_lifted_at_its_rate(tmp_path, monkeypatch):
    path = drawn.write(tmp_path / "a.mp4", fps=25)
    lifted = lifted_of(monkeypatch, path, scripted.moving(np.arange(12) / 25))
    assert (lifted.fps, lifted.first_frame, lifted.person) == (25.0, 0, "1")
    np.testing.assert_allclose(lifted.times, np.arange(12) / 25)
    assert lifted.positions.shape == (12, 17, 3)
    wrist = lifted.joint("left_wrist")
    np.testing.assert_allclose(np.diff(wrist[:10, 0]), 20 / 25, rtol=1e-4)


def test_an_uneven_video_is_lifted_at_its_own_times(tmp_path, monkeypatch):
    """A figure at a steady speed stays so only where the times are known."""
    path = drawn.write(tmp_path / "a.mp4", times=UNEVEN)
    seconds = UNEVEN / 1000
    lifted = lifted_of(monkeypatch, path, scripted.moving(seconds))
    np.testing.assert_allclose(lifted.times, seconds, atol=1e-6)
    wrist = lifted.joint("left_wrist")[:, 0]
    # The last lies beyond the last of the model's frames that is not held.
    np.testing.assert_allclose(wrist[:-1], wrist[0] + 20 * seconds[:-1], atol=1e-3)
    even = lifted.at_steady_rate()
    steps = np.diff(even.joint("left_wrist")[:, 0])
    np.testing.assert_allclose(steps[:-1], 20 / lifted.fps, rtol=1e-3)
    assert even.times is None and lifted.at_steady_rate() is not lifted


def test_gaps_of_an_uneven_video_are_filled_in_time(tmp_path, monkeypatch):
    path = drawn.write(tmp_path / "a.mp4", times=UNEVEN)
    seconds = UNEVEN / 1000
    rows = [*scripted.moving(seconds)]
    rows[3] = rows[6] = None
    lifted = lifted_of(monkeypatch, path, rows)
    x = lifted.keypoints[:, 5, 0]
    np.testing.assert_allclose(x, x[0] + 20 * seconds, atol=1e-6)
    assert (lifted.confidence[[3, 6]] == 0).all()


@pytest.mark.parametrize("smooth", ["savgol", "one_euro"])
def test_smoothing_goes_by_time(tmp_path, monkeypatch, smooth):
    path = drawn.write(tmp_path / "a.mp4", times=UNEVEN)
    seconds = UNEVEN / 1000
    more = {"smooth": smooth, "root": "fit", "focal_px": 60.0}
    lifted = lifted_of(monkeypatch, path, scripted.moving(seconds), **more)
    assert np.isfinite(lifted.places).all()
    if smooth == "savgol":  # Straight lines stay.
        wrist = lifted.joint("left_wrist")[:, 0] - lifted.root[:, 0]
        expected = wrist[0] + 20 * seconds
        np.testing.assert_allclose(wrist[:9], expected[:9], atol=0.02)


def test_frames_and_times_are_those_of_the_whole_video(tmp_path, monkeypatch):
    path = drawn.write(tmp_path / "a.mp4", frames=20)
    rows = [None, *scripted.moving(np.arange(5)), None]
    lifted = lifted_of(monkeypatch, path, rows, start=0.8, end=1.5)
    assert (lifted.first_frame, len(lifted.positions)) == (9, 5)
    np.testing.assert_allclose(lifted.times, np.arange(9, 14) / 10)
    written = pose_files.write([lifted], tmp_path / "a.csv")[0]
    cells = [line.split(",")[1:3] for line in written.read_text().splitlines()[1:]]
    assert cells[0] == ["9", "0.900000"]
    pose_files.write([lifted], tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as poses:
        np.testing.assert_allclose(poses["times"], lifted.times)


def test_a_bvh_of_an_uneven_video_has_one_rate(tmp_path, monkeypatch):
    path = drawn.write(tmp_path / "a.mp4", times=UNEVEN)
    lifted = lifted_of(monkeypatch, path, scripted.moving(UNEVEN / 1000))
    text = pose_files.write([lifted], tmp_path / "a.bvh")[0].read_text()
    assert f"Frame Time: {1 / lifted.fps:.8f}"[:16] in text
    frames = int(text.partition("Frames: ")[2].split()[0])
    assert (frames - 1) / lifted.fps == pytest.approx(UNEVEN[-1] / 1000, abs=0.1)


def test_nobody_is_an_error(tmp_path, monkeypatch):
    path = drawn.write(tmp_path / "a.mp4")
    with pytest.raises(UserError, match="no person is seen in its 12 frames"):
        lifted_of(monkeypatch, path, [None] * 12)


def test_saved_keypoints_are_lifted_again_to_the_same(tmp_path, monkeypatch):
    path = drawn.write(tmp_path / "a.mp4", times=UNEVEN)
    rows = [None, *scripted.moving(UNEVEN / 1000)[1:]]
    rows[4] = None
    saved = tmp_path / "keypoints.npz"
    first = lifted_of(monkeypatch, path, rows, save_keypoints=saved)
    source = sources.of_keypoints(saved)
    assert (source.layout, source.image_size) == ("coco_17", SIZE)
    (track,) = source.people
    again = echo(size=SIZE).lift(
        {"1": track}, layout="coco_17", image_size=SIZE, times=source.times
    )["1"]
    np.testing.assert_array_equal(again.positions, first.positions)
    np.testing.assert_array_equal(again.times, first.times)
    assert again.first_frame == first.first_frame == 1
    found = keypoint_files.read(saved, "coco_17")
    assert found.image_size == SIZE and len(found.people) == 1


def saved_file(tmp_path, **changed):
    rows = scripted.moving(np.arange(6) / 10)
    arrays = {
        "layout": "coco_17",
        "image_size": np.array(SIZE),
        "times": np.arange(6) / 10,
        "first_frame": 0,
        "fps": 10.0,
        "people": np.array(["1"]),
        "keypoints": rows[..., :2],
        "confidence": rows[..., 2],
        "start": 0,
    }
    path = tmp_path / "saved.npz"
    np.savez(path, **{**arrays, **changed})
    return path


@pytest.mark.parametrize(
    "changed, match",
    [
        ({"layout": "coco_18"}, "layout must be one of"),
        ({"layout": 3}, "'layout' must be a text"),
        ({"image_size": np.array([64, 0])}, "must be width and height"),
        ({"times": np.zeros(6)}, "'times': `seconds` must rise"),
        ({"times": np.arange(3) / 10}, "has frames 0 to 5, 'times' has 0 to 2"),
        ({"first_frame": -1}, "out of range"),
        ({"people": np.array(["1", "1"])}, "must be different names"),
        ({"people": np.array([1])}, "'people' must be names"),
        ({"keypoints": np.zeros((6, 16, 2))}, r"must have \(frames, 17, 2\)"),
        ({"start": 1}, "has frames 1 to 6, 'times' has 0 to 5"),
        ({"confidence": -np.ones((6, 17))}, "'confidence' is negative"),
    ],
)
def test_damaged_saved_keypoints_are_refused(tmp_path, changed, match):
    with pytest.raises(UserError, match=match):
        sources.of_keypoints(saved_file(tmp_path, **changed))


def test_what_a_saved_file_states_need_not_and_must_not_be_given_wrongly(tmp_path):
    path = saved_file(tmp_path)
    assert video_keypoints.video(path).times.fps == 10.0
    with pytest.raises(UserError, match="leave --fps out"):
        sources.of_keypoints(path, fps=30)
    with pytest.raises(UserError, match="holds keypoints of layout 'coco_17', not"):
        sources.of_keypoints(path, "openpose_25")
    with pytest.raises(UserError, match="is of a 64x48 video"):
        sources.of_keypoints(path, None, (640, 480))
    plain = tmp_path / "plain.npz"
    np.savez(plain, keypoints=np.ones((4, 17, 2)))
    with pytest.raises(UserError, match="give --layout, which the file does not"):
        sources.of_keypoints(plain)


def test_saved_keypoints_show_their_own_video_only(tmp_path):
    source = sources.of_keypoints(saved_file(tmp_path))
    own = drawn.write(tmp_path / "own.mp4", frames=6)
    shown = sources.with_video(source, own)
    assert shown.played.type == "video/mp4" and len(shown.played.content) > 500
    other = drawn.write(tmp_path / "other.mp4", frames=6, fps=12)
    with pytest.raises(UserError, match="is of another video"):
        sources.with_video(source, other)
    larger = drawn.write(tmp_path / "larger.mp4", frames=6, size=(80, 48))
    with pytest.raises(UserError, match="is of another video"):
        sources.with_video(source, larger)
