"""Writes small videos in which each frame tells its number and its orientation.

A frame is grey, its upper left corner red, its upper right one blue; frame k has a
brightness of its own, so that it can be told from the others.
"""

import struct
from fractions import Fraction

import numpy as np

RED, BLUE = (220, 30, 30), (30, 30, 220)
_ONE = 1 << 16
# The display matrices of files, by what a player does: a, b, c, d in 16.16 fixed point.
TURNS = {
    "none": (1, 0, 0, 1),
    "quarter clockwise": (0, 1, -1, 0),
    "half": (-1, 0, 0, -1),
    "quarter anticlockwise": (0, -1, 1, 0),
    "mirrored": (-1, 0, 0, 1),
}


def grey(number: int) -> int:
    """The brightness of a frame."""
    return 60 + 5 * (number % 30)


def picture(number: int, size=(64, 48)) -> np.ndarray:
    """(H, W, 3) uint8 RGB."""
    width, height = size
    image = np.full((height, width, 3), grey(number), np.uint8)
    image[: height // 3, : width // 3] = RED
    image[: height // 3, -(width // 3) :] = BLUE
    return image


def number_of(image: np.ndarray) -> int:
    """The frame's number, below 30, from its brightness."""
    height, width, _ = image.shape
    middle = image[2 * height // 5 : 3 * height // 5, 2 * width // 5 : 3 * width // 5]
    return round((middle.mean() - 60) / 5)


def write(
    path,
    frames: int = 12,
    fps: float = 10.0,
    size=(64, 48),
    codec: str = "libx264",
    pixels: str = "yuv420p",
    times=None,
    draw=picture,
    options=None,
    aspect: Fraction | None = None,
    sound: bool = False,
):
    """Writes a video; `times` in ms takes the place of a steady rate."""
    import av

    container = {".mkv": "matroska"}.get(path.suffix, path.suffix[1:])
    with av.open(str(path), "w", format=container, options=options or {}) as file:
        rate = Fraction(fps).limit_denominator(1001)
        stream = file.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.bit_rate = 4_000_000
        if aspect is not None:
            stream.sample_aspect_ratio = aspect
        if codec in ("libx264", "libx265"):
            stream.options = {"crf": "8", "x265-params": "log-level=none"}
            if codec == "libx264":
                stream.options = {"crf": "8"}
        base = Fraction(1, 1000) if times is not None else 1 / rate
        stream.codec_context.time_base = base
        if sound:
            add_sound(file, frames / fps)
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(draw(number, size), format="rgb24")
            frame.pts = number if times is None else int(times[number])
            frame.time_base = base
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return path


def write_sound(path, seconds: float = 1.0):
    """Writes a file of sound alone."""
    import av

    with av.open(str(path), "w") as file:
        add_sound(file, seconds)
    return path


def add_sound(file, seconds: float):
    """Adds a silent track."""
    import av

    stream = file.add_stream("aac", rate=8000)
    stream.layout = "mono"
    for start in range(0, int(8000 * seconds), 1024):
        silence = np.zeros((1, 1024), np.float32)
        frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 8000, start
        file.mux(stream.encode(frame))
    file.mux(stream.encode())


def turn(path, how: str):
    """Sets the orientation of an MP4's track, which phones do in place of turning."""
    content = bytearray(path.read_bytes())
    a, b, c, d = (x * _ONE for x in TURNS[how])
    # Behind the name: version and flags, times, track and length; layer and volume.
    start = content.find(b"tkhd") + 4 + 4 + 20 + 16
    assert struct.unpack_from(">9i", content, start)[0] == _ONE
    struct.pack_into(">9i", content, start, a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(content)
    return path


def cut(path, share: float):
    """Leaves only the first part of a file."""
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    return path
