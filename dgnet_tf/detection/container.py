"""Opens video files with PyAV, safely and with errors of ours."""

from __future__ import annotations

import contextlib
import math

from dgnet_tf.errors import UserError, how_to_install

_MICROSECOND = 1e-6
MAX_PIXELS = 8192 * 8192  # Of a picture: a damaged file may claim any size.


def pyav(path):
    """Returns the library; a UserError says how to install it."""
    try:
        import av
    except ImportError as error:
        needs = how_to_install("av", f"{path}: reading videos (PyAV)")
        raise UserError(f"{needs} (beside the default stack).") from error
    return av


@contextlib.contextmanager
def opened(path):
    """Gives the container and its video stream.

    No other file is opened for it: a playlist cannot name addresses.
    """
    av = pyav(path)
    options = {"protocol_whitelist": "file"}
    container, reason = None, ""
    try:
        container = av.open(f"file:{path}", options=options, **_any_metadata(av))
    except av.FFmpegError as error:
        # Also too little memory for the endless tables that a damaged header claims,
        # of which nothing is taken.
        reason = error.strerror
    if container is None:
        raise UserError(
            f"{path}: cannot be opened as a video ({reason}). It may be another kind "
            "of file, or not whole: a recording that was broken off lacks its index. "
            "Copy it again."
        )
    with container:
        still = av.stream.Disposition.attached_pic | av.stream.Disposition.still_image
        shown = [s for s in container.streams.video if not s.disposition & still]
        if not shown:
            kinds = sorted({stream.type for stream in container.streams})
            raise UserError(
                f"{path}: holds no video, only {' and '.join(kinds) or 'nothing'}. "
                "Name a video."
            )
        decoded = [s for s in shown if s.codec_context is not None]
        if not decoded:
            raise UserError(
                f"{path}: its video is in a format that PyAV's FFmpeg does not decode. "
                "Convert it to H.264, for example."
            )
        stream = container.streams.best("video")
        stream = stream if stream in decoded else decoded[0]
        stream.thread_type = "AUTO"
        stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
        yield container, stream


def _any_metadata(av) -> dict:
    """Returns the arguments under which titles may be in any encoding.

    Nobody reads them. PyAV 19 has no such argument, and decodes them all.
    """
    before = int(av.__version__.partition(".")[0]) < 19
    return {"metadata_errors": "replace"} if before else {}


def origin(container) -> float:
    """Returns the time that a player shows as 0, seconds."""
    return (container.start_time or 0) * _MICROSECOND


def damaged(path, seconds, why) -> str:
    """Returns the message on a file that cannot be decoded from some time on."""
    return (
        f"{path}: cannot be decoded after {seconds:.2f} s ({why}). Copy it again, or "
        f"lift what is before with --end={before(seconds)}."
    )


def before(seconds: float) -> str:
    """Returns a time that is no later, as a flag takes it."""
    return f"{math.floor(seconds * 10) / 10:g}"
