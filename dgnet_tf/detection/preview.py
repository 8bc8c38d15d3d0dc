"""Makes a small copy of a video for a page, frame for frame."""

from __future__ import annotations

import io
from fractions import Fraction

import numpy as np

from dgnet_tf.detection import container
from dgnet_tf.detection.video import Frame, VideoFile

LONGER_SIDE = 640  # Pixels.
_BASE = Fraction(1, 90_000)  # Seconds of a time stamp.
# Encoders that browsers' videos need, the first that PyAV has: its container, the type
# of the file, and options. No frame is made from later ones, so that times start at 0.
_ENCODERS = {
    "libx264": ("mp4", "video/mp4", {"crf": "26", "preset": "veryfast", "bf": "0"}),
    "libopenh264": ("mp4", "video/mp4", {"b": "1M"}),
    "libvpx": ("webm", "video/webm", {"crf": "20", "b": "1M", "deadline": "realtime"}),
}
_BETWEEN_KEYS = 24  # Frames: the page jumps to any.


class Preview:
    """Encodes frames as they come; only the result is kept, in memory.

    Args:
        video: whose frames they are.

    Attributes:
        start: when the video shows the first frame, seconds; the copy starts at 0.
        type: of the file, as browsers call it.
    """

    def __init__(self, video: VideoFile):
        av = container.pyav(video.path)
        name = next(name for name in _ENCODERS if _has(av, name))
        form, self.type, options = _ENCODERS[name]
        self._frame, self._content = av.VideoFrame, io.BytesIO()
        self._file = av.open(self._content, "w", format=form)
        # A hint for the encoder: frames have their own times.
        rate = Fraction(min(max(video.times.fps, 1.0), 240.0)).limit_denominator(1001)
        self._stream = self._file.add_stream(name, rate=rate, options=options)
        share = min(1.0, LONGER_SIDE / max(video.image_size))
        # Encoders halve colours, so both sides are even.
        sides = [max(2, 2 * round(share * side / 2)) for side in video.image_size]
        self._stream.width, self._stream.height = sides
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = _BASE
        self._stream.codec_context.gop_size = _BETWEEN_KEYS
        self.start = None

    def add(self, frame: Frame):
        """Encodes one more frame."""
        if self.start is None:
            self.start = frame.seconds
        image = np.ascontiguousarray(frame.image)
        picture = self._frame.from_ndarray(image, format="rgb24")
        size = {"width": self._stream.width, "height": self._stream.height}
        picture = picture.reformat(**size, format="yuv420p", interpolation="AREA")
        picture.pts = round((frame.seconds - self.start) / _BASE)
        picture.time_base = _BASE
        self._file.mux(self._stream.encode(picture))

    def content(self) -> bytes:
        """Ends the copy and returns the file."""
        self._file.mux(self._stream.encode())
        self._file.close()
        return self._content.getvalue()


def _has(av, encoder) -> bool:
    try:
        av.Codec(encoder, "w")
    except av.codec.codec.UnknownCodecError:
        return False
    return True
