"""Videos are read as a player shows them, or refused in one line."""

import gc
import sys
import types
from fractions import Fraction

import numpy as np
import pytest
from support.videos import drawn

from dgnet_tf.detection import frame_index, video
from dgnet_tf.errors import UserError

pytest.importorskip("av", reason="PyAV reads videos, on the default stack")


def read(path, **part):
    found = video.look_through(path, **part)
    return found, list(found.frames())


def numbers(frames):
    return [drawn.number_of(frame.image) for frame in frames]


def test_frames_come_in_order_with_their_times(tmp_path):
    found, frames = read(drawn.write(tmp_path / "a.mp4"))
    assert found.image_size == (64, 48)
    assert numbers(frames) == [frame.number for frame in frames] == list(range(12))
    np.testing.assert_allclose([f.seconds for f in frames], np.arange(12) / 10)
    assert (found.times.fps, found.times.is_steady) == (10.0, True)


@pytest.mark.parametrize(
    "name, codec, pixels",
    [
        ("a.mp4", "libx265", "yuv420p10le"),
        ("a.mkv", "libx264", "yuv420p"),
        ("a.webm", "libvpx", "yuv420p"),
        ("a.avi", "mpeg4", "yuv420p"),
    ],
)
def test_containers_and_codecs_are_read(tmp_path, name, codec, pixels):
    path = drawn.write(tmp_path / name, codec=codec, pixels=pixels)
    found, frames = read(path)
    assert numbers(frames) == list(range(12))
    assert found.times.fps == pytest.approx(10)
    red = frames[5].image[5, 5].astype(int)
    assert np.abs(red - drawn.RED).max() < 40


def test_titles_may_be_in_any_encoding(tmp_path):
    path = drawn.write(tmp_path / "a.mp4")
    content = path.read_bytes()
    assert b"Lavf" in content  # The name of who wrote it.
    path.write_bytes(content.replace(b"Lavf", b"\xff\xfe\x80\xe9"))
    assert numbers(read(path)[1]) == list(range(12))


@pytest.mark.parametrize("turn", drawn.TURNS)
def test_the_rotation_flag_is_followed(tmp_path, turn):
    path = drawn.turn(drawn.write(tmp_path / "a.mp4"), turn)
    found, frames = read(path)
    upright = drawn.picture(5)
    expected = {
        "none": upright,
        "quarter clockwise": np.rot90(upright, -1),
        "half": np.rot90(upright, 2),
        "quarter anticlockwise": np.rot90(upright),
        "mirrored": upright[:, ::-1],
    }[turn]
    assert found.image_size == expected.shape[1::-1]
    off = np.abs(frames[5].image.astype(int) - expected)
    assert off.mean() < 10


def test_pixels_are_made_square(tmp_path):
    path = drawn.write(tmp_path / "a.mp4", aspect=Fraction(4, 3))
    found, frames = read(path)
    assert found.image_size == (85, 48)
    assert frames[0].image.shape == (48, 85, 3)


def test_a_variable_rate_keeps_its_times(tmp_path):
    times = np.cumsum([0, 40, 40, 120, 33, 33, 200, 40, 40, 40, 40, 40])
    found, frames = read(drawn.write(tmp_path / "a.mp4", times=times))
    np.testing.assert_allclose([f.seconds for f in frames], times / 1000, atol=1e-6)
    np.testing.assert_allclose(found.times.seconds, times / 1000, atol=1e-6)
    assert not found.times.is_steady
    assert found.times.fps == pytest.approx(11 / (times[-1] / 1000))


def test_a_part_keeps_the_videos_numbers_and_times(tmp_path):
    path = drawn.write(tmp_path / "a.mp4", frames=25)
    found, frames = read(path, start=0.75, end=1.6)
    assert [frame.number for frame in frames] == list(range(8, 16)) == numbers(frames)
    assert frames[0].seconds == pytest.approx(0.8)
    assert (found.times.first, len(found.times.seconds)) == (8, 8)
    with pytest.raises(UserError, match="no frame from 9 s to its end; its frames are"):
        video.look_through(path, start=9.0)


def test_a_part_of_a_bare_stream_is_counted_from_its_first_frame(tmp_path):
    path = drawn.write(tmp_path / "a.h264", frames=25, fps=25.0)
    found, frames = read(path, start=0.4, end=0.8)
    assert [frame.number for frame in frames] == list(range(10, 20)) == numbers(frames)
    np.testing.assert_allclose([f.seconds for f in frames], np.arange(10, 20) / 25)
    np.testing.assert_allclose(found.times.seconds, np.arange(10, 20) / 25)


def refused(path, match, **part):
    with pytest.raises(UserError, match=match):
        read(path, **part)


def test_what_is_no_video_is_refused(tmp_path):
    refused(tmp_path / "none.mp4", "no such file")
    refused(tmp_path, "no such file")
    text = tmp_path / "text.mp4"
    text.write_text("no video at all\n" * 100)
    refused(text, "cannot be opened as a video")
    text.write_bytes(b"")
    refused(text, "cannot be opened as a video")
    sound = drawn.write_sound(tmp_path / "sound.m4a")
    refused(sound, "holds no video, only audio")
    one = drawn.write(tmp_path / "one.mp4", frames=1)
    refused(one, "is a still picture")
    none = drawn.write(tmp_path / "none.mkv")
    content = none.read_bytes()
    none.write_bytes(content[: content.find(b"\x1f\x43\xb6\x75")])  # Its header alone.
    refused(none, "has no frame|cannot be opened as a video")


def test_a_format_that_nothing_decodes_is_refused(tmp_path):
    path = drawn.write(tmp_path / "clip.mp4")
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzzz"))
    refused(path, "format that .* does not decode")


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_a_picture_is_refused(tmp_path, suffix):
    from PIL import Image

    Image.fromarray(drawn.picture(0)).save(tmp_path / f"a.{suffix}")
    refused(tmp_path / f"a.{suffix}", "is a still picture")


def noise(number, size):
    rng = np.random.default_rng(number)
    return rng.integers(0, 255, (size[1], size[0], 3), np.uint8)


def test_a_recording_that_was_broken_off_is_refused(tmp_path):
    path = drawn.cut(drawn.write(tmp_path / "a.mp4", draw=noise), 0.6)
    refused(path, "cannot be opened as a video.*broken off")


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
def test_a_truncated_file_is_refused_but_for_the_part_that_is_there(tmp_path, name):
    options = {"movflags": "+faststart"} if name == "a.mp4" else None
    path = drawn.write(tmp_path / name, 30, draw=noise, options=options, codec="mpeg4")
    drawn.cut(path, 0.6)
    with pytest.raises(UserError, match="is not whole: its frames end after") as error:
        video.look_through(path)
    end = float(str(error.value).rpartition("--end=")[2].rstrip("."))
    assert 1.0 < end < 2.5
    found, frames = read(path, end=end)
    assert len(frames) == round(10 * end)


def test_damage_in_the_middle_names_its_time(tmp_path):
    path = drawn.write(tmp_path / "a.mp4", 30, draw=noise, codec="libx265")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 3000] = bytes(3000)
    path.write_bytes(content)
    refused(path, r"cannot be decoded after [12]\.\d\d s .*--end=")


@pytest.mark.parametrize(
    "packets, ends",
    [
        ([(0, 0), (1, 0), (2, 1), (3, 0)], 2),
        ([(0, 0), (1, 0), (None, 1), (3, 0)], 1),
        ([(0, 0), (1, 1), (2, 0), "broken off"], 1),
        ([(0, 0), (1, 0), (2, 0), "broken off"], 2),
    ],
)
def test_the_first_damage_is_where_the_frames_end(packets, ends):
    """Of packets (time in seconds or None, whether it is corrupt)."""
    import av

    def demuxed(stream):
        for one in packets:
            if one == "broken off":
                raise av.InvalidDataError(1, "no more")
            shared = {"size": 9, "dts": None, "is_discard": False}
            yield types.SimpleNamespace(pts=one[0], is_corrupt=bool(one[1]), **shared)

    stream = types.SimpleNamespace(time_base=Fraction(1), frames=0, duration=None)
    stream.metadata = {}
    container = types.SimpleNamespace(demux=demuxed, start_time=0, duration=0)
    container.format = types.SimpleNamespace(name="mp4")
    with pytest.raises(UserError, match=f"frames end after {ends}.00 s.*--end={ends}"):
        frame_index.times("a.mp4", container, stream, None)


def test_a_playlist_cannot_open_addresses(tmp_path):
    path = tmp_path / "list.m3u8"
    path.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")
    refused(path, "cannot be opened|no video|no frame")


def test_without_pyav_a_line_says_how_to_install_it(tmp_path, monkeypatch):
    path = drawn.write(tmp_path / "a.mp4")
    monkeypatch.setitem(sys.modules, "av", None)
    refused(path, r"\(PyAV\) needs av, which is .* pip install 'dgnet-tf\[video")


def test_memory_does_not_grow_with_the_video(tmp_path):
    """A frame is gone once the next one comes, whether garbage is collected or not."""
    import av

    looked = video.look_through(drawn.write(tmp_path / "a.mp4", frames=25))
    gc.collect()
    gc.disable()
    try:
        assert len(list(frame.number for frame in looked.frames())) == 25
        kept = [one for one in gc.get_objects() if isinstance(one, av.VideoFrame)]
        assert len(kept) < 3
    finally:
        gc.enable()
