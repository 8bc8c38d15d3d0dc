"""Animations of clips: GIF, or MP4 through ffmpeg."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

from dgnet_tf.command_line import progress
from dgnet_tf.drawing import played_frames, pose_axes, video_file
from dgnet_tf.drawing.clip import Clip, side_by_side
from dgnet_tf.drawing.style import SIDES, upright

_GIF_FPS, _GIF_SECONDS = 12.5, 12.0
_MP4_FPS = 30.0
_WIDTH, _HEIGHT = 6.4, 3.6  # inches
_NARROWEST, _WIDEST = 0.6, 1.8  # A video's axes, times the width of those beside.
_WHITEST = 239  # Of a video's colours in a GIF.
_COLORS = 96  # Of a GIF with a video, whose palette also has those of the sides.


def save_gif(clip: Clip, path):
    """Draws the first twelve seconds of a clip, 640 x 360."""
    from PIL import Image

    step = max(1, math.ceil(clip.fps / _GIF_FPS))
    whole = clip.last_frame + 1 - clip.first_frame
    count = min(whole, max(1, round(_GIF_SECONDS * clip.fps)))
    frames = range(clip.first_frame, clip.last_frame + 1)[:count:step]
    pictures = map(Image.fromarray, _drawn(clip, frames))
    # The legend shows all colours: one palette serves all frames, in half the time.
    first = next(pictures).convert("RGB")
    first = first.quantize() if clip.video is None else _with_sides(first)
    rest = (
        picture.convert("RGB").quantize(palette=first, dither=Image.Dither.NONE)
        for picture in pictures
    )
    shown = {"duration": _durations(count, step, clip.fps), "loop": 0}
    first.save(path, format="GIF", save_all=True, append_images=rest, **shown)


def _with_sides(picture):
    """Quantizes a picture of many colours; white and the sides' have their places."""
    from PIL import Image

    own = [int(c[i : i + 2], 16) for c in SIDES.values() for i in (1, 3, 5)]
    found = picture.quantize(_COLORS).getpalette()[: 3 * _COLORS]
    # Pillow looks for the nearest one roughly: nothing is next to white.
    others = np.minimum(found, _WHITEST)
    palette = Image.new("P", (1, 1))
    palette.putpalette([255, 255, 255, *own, *others.tolist()])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


def _durations(count: int, step: int, fps: float) -> list[int]:
    """Returns how long each `step`-th of `count` frames is shown, in ms.

    A GIF counts in 10 ms: what rounding takes from one, the next one gets.
    """
    starts = [*range(0, count, step), count]
    times = [10 * round(100 * start / fps) for start in starts]
    # Browsers slow pictures of less than 20 ms down.
    return [max(20, end - begin) for begin, end in itertools.pairwise(times)]


def save_mp4(clip: Clip, path):
    """Draws a whole clip, 1280 x 720, as 30 frames a second or fewer."""
    step = max(1, math.ceil(clip.fps / _MP4_FPS))
    frames = range(clip.first_frame, clip.last_frame + 1, step)
    size = (int(200 * _WIDTH), int(200 * _HEIGHT))
    with video_file.writing(path, size, clip.fps / step) as write:
        drawn = _drawn(clip, frames, dpi=200)
        for picture in progress.each(drawn, "draw", len(frames), "frame"):
            write(picture)


def _drawn(clip: Clip, frames: range, dpi: int = 100) -> Iterator[np.ndarray]:
    """Yields each frame's picture (H, W, 4), which the next one overwrites.

    What does not move is drawn once.
    """
    figure = pose_axes.new_figure(clip, _WIDTH, _HEIGHT, dpi)
    flat, place, film, pictures = _flat_axes(figure, clip, frames)
    flat.set_title("2-D keypoints", fontsize=10)
    low, high = _space_box(clip, frames)
    half = pose_axes.half_side(high - low)
    deep = pose_axes.deep_axes(figure, place, (low + high) / 2, half)
    deep.set_title("lifted 3-D pose", fontsize=10)
    people = [
        pose_axes.PersonLines(clip, index, flat, deep, animated=True)
        for index in range(len(clip.people))
    ]
    canvas = figure.canvas
    canvas.draw()
    background = canvas.copy_from_bbox(figure.bbox)
    source = pose_axes.Poses(clip)
    for frame, picture in zip(frames, pictures, strict=True):
        canvas.restore_region(background)
        if film is not None:
            film.set_data(picture)
            flat.draw_artist(film)
        for lines, pose in zip(people, source.at(frame), strict=True):
            lines.show(pose)
            for artist in lines.artists:
                artist.axes.draw_artist(artist)
        yield np.asarray(canvas.buffer_rgba())


def _flat_axes(figure, clip, frames):
    """Adds the axes of the image: around the keypoints, or the whole of the video.

    Returns the axes, the place of those beside them, the image that a video's pictures
    are shown in, and these; without a video, None in place of both.
    """
    if clip.video is None:
        low, high = pose_axes.box(_within(clip.people, frames, "keypoints"))
        half = pose_axes.half_side(high - low)
        flat = pose_axes.flat_axes(figure, (1, 2, 1), (low + high) / 2, half)
        return flat, (1, 2, 2), None, itertools.repeat(None, len(frames))
    width, height = clip.image_size
    share = min(max(width / height, _NARROWEST), _WIDEST)
    places = figure.add_gridspec(1, 2, width_ratios=(share, 1))
    flat = pose_axes.flat_axes(figure, (places[0],), np.zeros(2), 1.0)
    # The copy of the video is smaller than the image that keypoints are in.
    blank, extent = np.zeros((2, 2, 3), np.uint8), (0, width, height, 0)
    film = flat.imshow(blank, extent=extent, animated=True)
    flat.set_xlim(0, width)
    flat.set_ylim(height, 0)
    return flat, (places[1],), film, played_frames.of_frames(clip, frames)


def _space_box(clip, frames):
    """The box of all joints and ground truth in the plot's axes."""
    corners = []
    for person, place in zip(clip.people, side_by_side(clip), strict=True):
        for points in _within([person], frames, "positions", "target"):
            # Turning the axes swaps lowest and highest.
            corners.append(upright(np.array(pose_axes.box([points])) + place))
    return np.min(corners, axis=(0, 1)), np.max(corners, axis=(0, 1))


def _within(people, frames, *fields):
    """Yields people's arrays from the first to the last of the frames, not copied."""
    for person in people:
        start = max(frames[0] - person.first_frame, 0)
        end = max(frames[-1] + 1 - person.first_frame, 0)
        for whole in (getattr(person, field) for field in fields):
            if whole is not None and len(whole[start:end]):
                yield whole[start:end]
