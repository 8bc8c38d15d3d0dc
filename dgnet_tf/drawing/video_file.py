"""Writes MP4 files through ffmpeg."""

from __future__ import annotations

import contextlib
import errno
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator

import numpy as np

from dgnet_tf.command_line import children
from dgnet_tf.errors import UserError


def program() -> str:
    """Returns where ffmpeg is."""
    found = shutil.which("ffmpeg")
    if found is None:
        raise UserError(
            "ffmpeg writes .mp4 files and was not found on the PATH. Install it "
            "(Debian: apt install ffmpeg), or choose .gif."
        )
    return found


@contextlib.contextmanager
def writing(
    path, size: tuple[int, int], fps: float
) -> Iterator[Callable[[np.ndarray], None]]:
    """Gives a function that takes one picture (height, width, 4), uint8 RGBA.

    Pictures go to ffmpeg as they come; none is kept. The codec is the build's own
    for MP4: H.264 where it has it. An older file is written over.

    Args:
        path: the `.mp4` file.
        size: width and height in pixels, both even.
        fps: pictures a second.

    Raises:
        UserError: if ffmpeg is not there.
        OSError: if it fails.
    """
    options = ["-hide_banner", "-loglevel", "error", "-xerror", "-nostdin"]
    source = ["-y", "-f", "rawvideo", "-pix_fmt", "rgba", "-s", f"{size[0]}x{size[1]}"]
    result = ["-an", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f", "mp4"]
    command = [program(), *options, *source, "-r", f"{fps:.6f}", "-i", "-", *result]
    with tempfile.TemporaryFile() as messages:
        process = children.start(
            [*command, f"file:{path}"], stdin=subprocess.PIPE, stderr=messages
        )
        try:
            with contextlib.suppress(BrokenPipeError):  # It says why below.
                yield lambda picture: process.stdin.write(_raw(picture, size))
                process.stdin.close()
            ended = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
        messages.seek(0)
        said = messages.read().decode("utf-8", "replace").strip().splitlines()
        if ended or said:  # It ends with 0 where the disk is full at the file's end.
            reason = said[-1] if said else f"exit status {ended}"
            if ended < 0:
                reason = signal.strsignal(-ended)
            reason = reason.replace(f"file:{path}: ", "")
            raise OSError(errno.EIO, f"ffmpeg could not write it: {reason}", str(path))


def _raw(picture, size):
    shape = (size[1], size[0], 4)
    if picture.shape != shape or picture.dtype != np.uint8:
        got = f"{picture.dtype} {picture.shape}"
        raise ValueError(f"`picture` must be uint8 {shape}, got {got}.")
    return np.ascontiguousarray(picture)
