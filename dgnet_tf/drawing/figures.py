"""Pictures of poses, 2-D beside 3-D: a PNG strip, a GIF or a video."""

from __future__ import annotations

import pathlib
from typing import Any

from dgnet_tf.drawing.clip import Clip, Person
from dgnet_tf.files.atomic import replacing

SUFFIXES = (".png", ".gif", ".mp4")


def draw(shown: Any, path: str | pathlib.Path) -> None:
    """Draws poses into a `.png`, `.gif` or `.mp4` file, whole or not at all.

    The strip shows frames spread evenly over the video. A GIF shows its first twelve
    seconds at its pace, to 10 ms, in at most 12.5 pictures a second; an MP4 all of it,
    in at most 30, and memory does not grow with its length. People are drawn together,
    those whose roots stay at 0 side by side; ground truth is dashed. Where the clip has
    its video, a GIF and an MP4 show it under the keypoints.

    Args:
        shown: a `Clip`; or one person, who has `keypoints` (F, N, 2), `positions`
            (F, N, 3), `fps` and `skeleton`.
        path: where to; its suffix chooses.

    Raises:
        ValueError: if it has another suffix.
        UserError: if there is no ffmpeg to write an MP4.
        OSError: if the file cannot be written.
    """
    # Each loads matplotlib.
    from dgnet_tf.drawing import animation, strip

    savers = (strip.save_png, animation.save_gif, animation.save_mp4)
    suffix = pathlib.Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"`path` must end in one of {SUFFIXES}, got {str(path)!r}.")
    clip = _as_clip(shown)
    with replacing(path) as beside:
        savers[SUFFIXES.index(suffix)](clip, beside)


def _as_clip(shown) -> Clip:
    if isinstance(shown, Clip):
        return shown
    first_frame = getattr(shown, "first_frame", 0)
    person = Person("", first_frame, shown.keypoints, shown.positions)
    # The size of the image is not drawn.
    return Clip("", shown.fps, (1, 1), shown.skeleton, (person,))
