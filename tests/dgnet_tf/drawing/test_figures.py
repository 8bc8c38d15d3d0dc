"""Pictures of poses: upright, in three colours, readable by an image library."""

import os
import shutil
import stat
import subprocess
import types
import warnings

import numpy as np
import pytest
from PIL import Image
from support.pages import clip_stand_ins

from dgnet_tf import skeletons
from dgnet_tf.drawing import animation, figures, style, video_file
from dgnet_tf.errors import UserError

needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="needs ffmpeg")

SKELETON = skeletons.get("human36m_17")


def lifted(frames=5, fps=50.0):
    """A person standing, one arm out, camera axes (y down)."""
    height = dict.fromkeys(SKELETON.joints, 0.0)
    height.update(head=0.7, neck=0.6, thorax=0.5, spine=0.25)
    height.update(left_knee=-0.45, right_knee=-0.45, left_ankle=-0.9, right_ankle=-0.9)
    positions = np.zeros((frames, 17, 3))
    for joint, name in enumerate(SKELETON.joints):
        positions[:, joint, 1] = -height[name]
        positions[:, joint, 0] = {"left": 0.2, "right": -0.2, "middle": 0.0}[
            style.side(SKELETON, joint)
        ]
    positions[:, :, 2] += np.linspace(0, 0.3, frames)[:, None] * positions[:, :, 0]
    keypoints = 500 + 200 * positions[..., :2]
    return types.SimpleNamespace(
        keypoints=keypoints, positions=positions, fps=fps, skeleton=SKELETON
    )


def colored(picture, color, tolerance=40):
    """Rows and columns of the pixels of about that colour."""
    wanted = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    near = np.abs(picture.astype(int) - wanted).max(axis=-1) < tolerance
    return np.nonzero(near)


def test_upright_turns_down_into_up_without_mirroring():
    axes = style.upright(np.eye(3))
    np.testing.assert_array_equal(axes[0], [1, 0, 0])  # Right stays right.
    np.testing.assert_array_equal(axes[1], [0, 0, -1])  # Down is down.
    np.testing.assert_array_equal(axes[2], [0, 1, 0])  # Forward is away.
    assert np.linalg.det(axes) == pytest.approx(1.0)


def test_sides_of_joints():
    sides = [style.side(SKELETON, SKELETON.joints.index(n)) for n in ("left_wrist",)]
    assert sides == ["left"]
    assert style.side(SKELETON, SKELETON.joints.index("right_ankle")) == "right"
    assert style.side(SKELETON, SKELETON.root) == "middle"


@pytest.mark.parametrize("name", ["strip.png", "moving.gif"])
def test_people_stand_upright_with_their_left_where_the_image_has_it(tmp_path, name):
    figures.draw(lifted(), tmp_path / name)
    with Image.open(tmp_path / name) as image:
        picture = np.asarray(image.convert("RGB"))
    height, width = picture.shape[:2]
    # The legend is cut off; a strip's lower half and a GIF's right half are 3-D.
    picture = picture[: int(height * 0.9)]
    if name == "strip.png":
        halves = (
            picture[: height // 2, : width // 5],
            picture[height // 2 :, : width // 5],
        )
    else:
        halves = picture[:, : width // 2], picture[:, width // 2 :]
    for half in halves:
        left, right = (colored(half, style.SIDES[s]) for s in ("left", "right"))
        middle = colored(half, style.SIDES["middle"], tolerance=10)
        assert min(len(left[0]), len(right[0]), len(middle[0])) > 50
        assert left[1].mean() > right[1].mean() + 5  # They face us.
        assert middle[0].mean() < left[0].mean() - 5  # The trunk is above the legs.


def test_a_gif_keeps_the_videos_pace(tmp_path):
    figures.draw(lifted(frames=40, fps=50.0), tmp_path / "moving.gif")
    with Image.open(tmp_path / "moving.gif") as image:
        assert image.n_frames == 10
        assert image.info["duration"] == 80
        assert image.info["loop"] == 0


def test_a_single_frame_and_a_collapsed_pose_are_drawn_without_warnings(tmp_path):
    one = lifted(frames=1)
    one.positions[:] = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in ("one.png", "one.gif"):
            figures.draw(one, tmp_path / name)
            with Image.open(tmp_path / name) as image:
                assert min(image.size) > 200


def test_a_failed_drawing_leaves_nothing_behind(tmp_path):
    broken = lifted()
    broken.keypoints = broken.keypoints[:, :3]
    for suffix in figures.SUFFIXES:
        with pytest.raises(ValueError, match=r"`keypoints` must be \(5, 17, 2\)"):
            figures.draw(broken, tmp_path / f"strip{suffix}")
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_says_no_format_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"'.png', '.gif', '.mp4'.*strip.jpg"):
        figures.draw(lifted(), tmp_path / "strip.jpg")
    assert list(tmp_path.iterdir()) == []


def video_frames(path):
    """(F, 720, 1280, 3) of an MP4."""
    command = ["ffmpeg", "-loglevel", "error", "-i", str(path)]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, 720, 1280, 3)


@needs_ffmpeg
def test_a_video_shows_the_whole_clip_at_its_pace(tmp_path):
    clip = clip_stand_ins.clip(clip_stand_ins.person(frames=41, target=True))
    figures.draw(clip, tmp_path / "clip.mp4")
    found = video_frames(tmp_path / "clip.mp4")
    assert len(found) == 21  # Every second frame of 50 a second.
    told = subprocess.run(
        ["ffmpeg", "-i", str(tmp_path / "clip.mp4")], capture_output=True, text=True
    ).stderr
    assert "25 fps" in told and "Duration: 00:00:00.84" in told
    # The left wrist goes up to the head's height in both halves.
    for half in (slice(None, 640), slice(640, None)):
        blue = [
            colored(frame[:640, half], style.SIDES["left"], 60)
            for frame in (found[0], found[-1])
        ]
        assert blue[1][0].min() < blue[0][0].min() - 15


@needs_ffmpeg
def test_ffmpegs_own_words_are_passed_on(tmp_path):
    with pytest.raises(OSError, match="ffmpeg could not write it: .*"):
        with video_file.writing(tmp_path / "no" / "clip.mp4", (64, 64), 25.0) as write:
            for _ in range(200):
                write(np.zeros((64, 64, 4), np.uint8))


def test_without_ffmpeg_the_error_names_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="apt install ffmpeg"):
        figures.draw(lifted(), tmp_path / "clip.mp4")
    assert list(tmp_path.iterdir()) == []


def test_an_ffmpeg_that_stops_halfway_is_an_error_and_leaves_nothing(
    tmp_path, monkeypatch
):
    tools = tmp_path / "tools"
    tools.mkdir()
    program = tools / "ffmpeg"
    program.write_text(
        f"#!{shutil.which('sh')}\nhead -c 1000 >/dev/null\n"
        "echo first >&2; echo no encoder >&2; exit 3\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tools), prepend=os.pathsep)
    with pytest.raises(OSError, match="write it: no encoder: '.*/clip.mp4'$"):
        figures.draw(lifted(frames=9), tmp_path / "clip.mp4")
    assert [path.name for path in tmp_path.iterdir()] == ["tools"]


@needs_ffmpeg
def test_a_picture_of_another_size_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"`picture` must be uint8 \(48, 64, 4\)"):
        with video_file.writing(tmp_path / "clip.mp4", (64, 48), 25.0) as write:
            write(np.zeros((64, 48, 4), np.uint8))


def test_frames_of_a_long_clip_are_drawn_into_one_picture():
    clip = clip_stand_ins.clip(clip_stand_ins.person(frames=3000))
    pictures = animation._drawn(clip, range(0, 3000, 1000))
    first = next(pictures)
    before = first.copy()
    assert np.shares_memory(first, next(pictures))
    assert (first != before).any()


def shown_ms(path):
    """How long each picture of a GIF is shown."""
    with Image.open(path) as image:
        times = []
        for index in range(image.n_frames):
            image.seek(index)
            times.append(image.info["duration"])
        return times


@pytest.mark.parametrize(
    ("fps", "frames", "pictures"), [(12.5, 155, 150), (1.0, 20, 12), (24.0, 300, 144)]
)
def test_a_gif_ends_after_twelve_seconds(tmp_path, monkeypatch, fps, frames, pictures):
    monkeypatch.setattr(animation, "_drawn", plain)
    clip = clip_stand_ins.clip(clip_stand_ins.person(frames=frames), fps=fps)
    figures.draw(clip, tmp_path / "long.gif")
    times = shown_ms(tmp_path / "long.gif")
    assert (len(times), sum(times)) == (pictures, 12_000)


def test_a_gif_of_a_rate_that_10_ms_do_not_divide_keeps_its_length(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(animation, "_drawn", plain)
    clip = clip_stand_ins.clip(clip_stand_ins.person(frames=91), fps=30.0)
    figures.draw(clip, tmp_path / "odd.gif")
    times = shown_ms(tmp_path / "odd.gif")
    assert len(times) == 31 and set(times[:-1]) == {100}
    assert sum(times) == 3030  # 91 / 30 s.
    clip = clip_stand_ins.clip(clip_stand_ins.person(frames=70), fps=7.0)
    figures.draw(clip, tmp_path / "odd.gif")
    times = shown_ms(tmp_path / "odd.gif")
    assert set(times) == {140, 150} and sum(times) == 10_000


def plain(clip, frames):
    """Pictures of which no two are the same, which a GIF would join."""
    for index in range(len(frames)):
        picture = np.full((256, 4), [0, 0, 0, 255], np.uint8)
        picture[index] = 255
        yield picture.reshape(16, 16, 4)


@pytest.mark.parametrize("name", ["strip.png", "moving.gif"])
def test_people_are_drawn_together_in_the_frames_in_which_they_are_there(
    tmp_path, name
):
    alone = clip_stand_ins.person("ann", frames=12, x=300)
    other = clip_stand_ins.person("$b_$", frames=4, first_frame=8, x=700)
    figures.draw(clip_stand_ins.clip(alone, other), tmp_path / name)
    with Image.open(tmp_path / name) as image:
        frames = []
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            frames.append(np.asarray(image.convert("RGB"))[: int(image.height * 0.9)])
    if name == "strip.png":  # Frames 0, 2, 4, 7, 9 and 11, in six columns.
        frames = np.split(frames[0], 6, axis=1)
    counts = [len(colored(frame, style.SIDES["left"])[0]) for frame in frames]
    assert counts[-1] > 1.5 * counts[0]
    assert counts[-1] == pytest.approx(2 * counts[0], rel=0.3)


def test_ground_truth_and_missing_joints_are_drawn_without_warnings(tmp_path):
    person = clip_stand_ins.person(frames=4, target=True)
    person.target[:2] = np.nan
    person.positions[1, 16] = person.keypoints[1, 13] = np.nan
    person.keypoints[2] = person.positions[2] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in ("gaps.png", "gaps.gif"):
            figures.draw(clip_stand_ins.clip(person), tmp_path / name)
    with Image.open(tmp_path / "gaps.png") as image:
        picture = np.asarray(image.convert("RGB"))
    columns = np.split(picture[: int(len(picture) * 0.9)], 4, axis=1)
    blue = [len(colored(c, style.SIDES["left"])[0]) for c in columns]
    assert blue[2] == 0 and min(blue[0], blue[1], blue[3]) > 50
