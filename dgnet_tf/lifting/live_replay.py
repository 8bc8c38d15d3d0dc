"""Times of a live feed's poses, measured by replaying a keypoint file."""

from __future__ import annotations

import time

import numpy as np

from dgnet_tf.errors import UserError, warn
from dgnet_tf.keypoints import tracks
from dgnet_tf.lifting import track_lifting

PERCENTILES = (50, 95, 99)


def measure(
    lifter,
    path,
    people,
    layout: str,
    image_size,
    *,
    fps: float,
    seconds: float | None = None,
    copies: int = 1,
    smooth=None,
) -> dict:
    """Replays a file and returns the figures, see `summary`.

    Args:
        lifter, layout, image_size, smooth: see `Stream`.
        path: their keypoint file, for messages.
        people: tracks of who is in it.
        fps: frames a second of the feed.
        seconds: length of the feed; None stands for the file's own.
        copies: how often each person is there.

    Raises:
        UserError: if the file does not fit or shows nobody who can be lifted, or the
            feed has no frame.
    """
    frames = by_frame(_whole(lifter, path, people, layout), copies)
    count = len(frames) if seconds is None else round(seconds * fps)
    if not count:
        raise UserError(f"--seconds={seconds:g}: is less than one frame.")
    options = {"layout": layout, "fps": fps, "smooth": smooth}
    # The first call of a graph is slow: another stream makes it.
    lifter.stream(image_size, **options).push(max(frames, key=len))
    stream = lifter.stream(image_size, **options)
    return summary(*replay(stream, frames, count, fps), fps)


def _whole(lifter, path, people, layout):
    """Returns those who show each joint that the model needs; warns of the others."""
    absent = [track_lifting.lacking(one, layout, lifter) for one in people]
    whole = [one for one, names in zip(people, absent, strict=True) if not names]
    partial = [one for one, names in zip(people, absent, strict=True) if names]
    if not whole:
        raise UserError(
            f"{path}: shows nobody who can be lifted: of {tracks.listed(partial)} some "
            "joint is never seen. Give keypoints of the whole body."
        )
    if partial:
        warn(
            f"{path}: left out {tracks.listed(partial)}, of whom some joint is never "
            "seen."
        )
    return whole


def by_frame(people, copies: int = 1) -> list[dict]:
    """Returns what each frame of a file's tracks shows, as `Stream.push` takes it.

    For each frame from the first that shows somebody {(person, copy): (J, 3) pixels and
    confidence}; somebody without a visible keypoint is not there.
    """
    first = min(person.first_frame for person in people)
    last = max(person.first_frame + len(person.keypoints) for person in people)
    frames: list[dict] = [{} for _ in range(last - first)]
    for person in people:
        rows = np.concatenate(
            [np.nan_to_num(person.keypoints), person.confidence[..., None]], axis=-1
        )
        for index, row in enumerate(rows, person.first_frame - first):
            if row[:, 2].any():
                for copy in range(copies):
                    frames[index][person.person, copy] = row
    return frames


def replay(stream, frames, count: int, fps: float, clock=time):
    """Pushes `count` frames when they are due; after the last the first comes again.

    Returns:
        Seconds from when each frame was due until its poses were there; seconds of
        lifting each; the number of poses of each.
    """
    latencies, work, poses = [], [], []
    start = clock.perf_counter()
    for index in range(count):
        due = start + index / fps
        wait = due - clock.perf_counter()
        if wait > 0:
            clock.sleep(wait)
        begun = clock.perf_counter()
        poses.append(len(stream.push(frames[index % len(frames)])))
        done = clock.perf_counter()
        work.append(done - begun)
        latencies.append(done - due)
    return latencies, work, poses


def summary(latencies, work, poses, fps: float) -> dict:
    """Returns the figures of a replay: milliseconds and counts."""
    return {
        "fps": fps,
        "frames": len(latencies),
        "poses": int(sum(poses)),
        "most_people": int(max(poses)),
        "latency_ms": _percentiles(latencies),
        "work_ms": _percentiles(work),
        "missed": sum(latency > 1 / fps for latency in latencies),
    }


def _percentiles(seconds) -> dict[str, float]:
    values = 1000 * np.percentile(seconds, [*PERCENTILES, 100])
    names = [*(f"p{name}" for name in PERCENTILES), "most"]
    return dict(zip(names, map(float, values), strict=True))
