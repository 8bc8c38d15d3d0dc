"""The times of a video's frames, read without decoding; whether the file is whole."""

from __future__ import annotations

import contextlib

import numpy as np

from dgnet_tf.detection import container as containers
from dgnet_tf.errors import UserError, warn

_MICROSECOND = 1e-6
# What no video is: pictures, some of them moving.
_PICTURES = ("image2", "_pipe")
# By how much a track may end before the length that its file states, seconds.
_TAIL = 0.5


def times(path, container, stream, end) -> np.ndarray:
    """Returns the times of all frames, (V,) rising, seconds as a player shows them.

    Packets are read and not decoded: 0.3 s for ten minutes, 18,000 frames of 1768x994.

    Args:
        path: the file, for messages.
        container, stream: see `containers.opened`.
        end: seconds up to which the file must be whole; None stands for its end.

    Raises:
        UserError: if there is no frame, a still picture, or less than the file states.
    """
    av = containers.pyav(path)
    base, stamps, held, damaged = float(stream.time_base), [], 0, None
    try:
        for packet in container.demux(stream):
            if not packet.size:
                continue
            held += 1
            stamp = packet.dts if packet.pts is None else packet.pts
            if packet.is_corrupt and damaged is None:
                damaged = max(stamps, default=0) if stamp is None else stamp
            elif stamp is not None and not packet.is_discard:
                stamps.append(stamp)
    except av.FFmpegError:
        damaged = max(stamps, default=0) if damaged is None else damaged
    if not held:
        raise UserError(f"{path}: has no frame. Name another video.")
    if stamps:
        seconds = np.unique(np.array(stamps, np.float64)) * base
        seconds -= containers.origin(container)
    else:  # A bare stream, without any container, has no times.
        rate = float(stream.guessed_rate or stream.average_rate or 25)
        seconds = np.arange(held) / rate
    pictures = any(name in container.format.name for name in _PICTURES)
    if pictures or len(seconds) == 1:
        raise UserError(f"{path}: is a still picture. Name a video.")
    _check_whole(path, container, stream, seconds, held, damaged, end)
    return seconds


def _check_whole(path, container, stream, seconds, held, damaged, end):
    step = (seconds[-1] - seconds[0]) / (len(seconds) - 1)
    last = seconds[-1] + step
    origin = containers.origin(container)
    reaches = last
    if damaged is not None:
        reaches = min(last, damaged * float(stream.time_base) - origin)
    if end is not None and end <= reaches:
        return
    length, other = _stated_length(container, stream)
    lacks = stream.frames - held if stream.frames else 0
    short = length is not None and length - origin - last > max(_TAIL, 2 * step)
    if damaged is not None or lacks > 0 or (short and not other):
        stated = f" of the {length:.2f} s that it states" if length else ""
        raise UserError(
            f"{path}: is not whole: its frames end after {reaches:.2f} s{stated}. Copy "
            f"it again, or lift what is there with --end={containers.before(reaches)}."
        )
    if short:
        warn(
            f"{path}: its frames end after {last:.2f} s, the file states "
            f"{length:.2f} s. Is it whole?"
        )


def _stated_length(container, stream) -> tuple[float | None, bool]:
    """Returns the length that the file states, seconds; whether of all its streams."""
    if stream.duration:
        start = (stream.start_time or 0) * float(stream.time_base)
        return start + stream.duration * float(stream.time_base), False
    stated = stream.metadata.get("DURATION", "")
    with contextlib.suppress(ValueError):
        hours, minutes, seconds = stated.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds), False
    if container.duration and container.duration > 0:
        return container.duration * _MICROSECOND, len(container.streams) > 1
    return None, True
