"""Videos: containers and codecs, as far as they can be damaged by their bytes."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np
from support.videos import drawn

from dgnet_tf.detection import video
from fuzzing import byte_damage
from fuzzing.target import Target

_KINDS = {
    "mp4": ("a.mp4", "libx264", None),
    "faststart": ("a.mp4", "mpeg4", {"movflags": "+faststart"}),
    "mkv": ("a.mkv", "libx264", None),
    "webm": ("a.webm", "libvpx", None),
    "avi": ("a.avi", "mpeg4", None),
}


def targets() -> Iterator[Target]:
    """Yields them."""
    for kind in _KINDS:
        make = functools.partial(_write, kind)
        yield Target(f"video-{kind}", make, _read, (byte_damage.of_bytes,), cost=10)


def _write(kind, folder):
    folder.mkdir()
    name, codec, options = _KINDS[kind]
    return drawn.write(folder / name, codec=codec, options=options)


def _read(path):
    looked = video.look_through(path)
    width, height = looked.image_size
    last = -np.inf
    for count, frame in enumerate(looked.frames(), looked.times.first):
        assert frame.image.shape == (height, width, 3)
        assert frame.image.dtype == np.uint8
        assert frame.number == count and frame.seconds > last
        last = frame.seconds
