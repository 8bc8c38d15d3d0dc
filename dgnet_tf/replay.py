"""Replays a keypoint file as a live feed and says how long each pose took.

    python -m dgnet_tf.replay [--model=DIR|RUN|NAME] --keypoints=FILE --layout=L
        --image_size=WxH [--fps=50] [--seconds=S] [--copies=1]
        [--smooth=none|one_euro] [--output=FILE.json]

Frames are due every 1/fps seconds, whether the last one is done or not, and everybody
of the file is lifted in each. Latency is the time from when a frame is due until its
poses are there: waiting for the frame before it counts, and where a machine cannot keep
up it grows from frame to frame. Work is the time of the lifting alone. A frame whose
poses are not there when the next one is due has missed its deadline.
"""

from __future__ import annotations

import json
import time

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.errors import UserError
from dgnet_tf.models import weight_folders

FLAGS = flags.FlagValues()
flags.DEFINE_string(
    "model",
    None,
    "Exported model, one of its versions, a run or trained weights; by default "
    f"{weight_folders.DEFAULT}.",
    FLAGS,
)
flags.DEFINE_string("keypoints", None, "File of 2-D keypoints.", FLAGS, required=True)
flags.DEFINE_string(
    "layout", None, "Keypoint layout of the file, as coco_17.", FLAGS, required=True
)
flags.DEFINE_string(
    "image_size",
    None,
    "Width and height of the video in pixels, as in 1920x1080.",
    FLAGS,
    required=True,
)
flags.DEFINE_float(
    "fps", 50.0, "Frames a second of the file and of the feed.", 1.0, 1000.0,
    flag_values=FLAGS,
)  # fmt: skip
flags.DEFINE_float(
    "seconds",
    None,
    "Length of the feed; a shorter file starts again. By default the file's own.",
    0.0,
    flag_values=FLAGS,
)
flags.DEFINE_integer(
    "copies", 1, "Number of times to show each person, to try crowds.", 1, 10_000,
    flag_values=FLAGS,
)  # fmt: skip
flags.DEFINE_enum(
    "smooth", "none", ["none", "one_euro"], "Smoothing of the poses in time.", FLAGS
)
flags.DEFINE_string("output", None, "JSON file for the measured times.", FLAGS)

PERCENTILES = (50, 95, 99)


def main(flag_values):
    """Replays the file that the flags name, prints and writes the figures."""
    image_size = command_line.parse_image_size(flag_values.image_size)

    from dgnet_tf.files.atomic import replacing
    from dgnet_tf.keypoints import keypoint_files
    from dgnet_tf.lifting import lifter as lifting

    path, layout = flag_values.keypoints, flag_values.layout
    lifter = lifting.load(flag_values.model)
    people = keypoint_files.read(path, layout, image_size).people
    frames = by_frame(people, flag_values.copies)
    fps, seconds = flag_values.fps, flag_values.seconds
    count = len(frames) if seconds is None else round(seconds * fps)
    if not count:
        raise UserError(f"--seconds={seconds:g}: is less than one frame.")
    options = {"layout": layout, "fps": fps, "smooth": flag_values.smooth}
    # The first call of a graph is slow: another stream makes it.
    lifter.stream(image_size, **options).push(max(frames, key=len))
    stream = lifter.stream(image_size, **options)
    found = summary(*replay(stream, frames, count, fps), fps)
    print(
        f"{found['frames']} frames at {fps:g} frames a second, "
        f"{found['poses']} poses, up to {found['most_people']} people at once.\n"
        f"Latency: {_listed(found['latency_ms'])}.\n"
        f"Work: {_listed(found['work_ms'])}.\n"
        f"Missed deadlines: {found['missed']} of {found['frames']}."
    )
    if flag_values.output:
        with replacing(flag_values.output) as beside:
            beside.write_text(json.dumps(found, indent=2) + "\n")


def _listed(percentiles) -> str:
    return ", ".join(f"{name} {value:.2f} ms" for name, value in percentiles.items())


def by_frame(people, copies: int = 1) -> list[dict]:
    """Returns what each frame of a file shows, as `Stream.push` takes it.

    Args:
        people: the file's tracks.
        copies: how often each person is there.

    Returns:
        For each frame from the first that shows somebody {person: (J, 3) pixels and
        confidence}; somebody without a visible keypoint is not there.
    """
    import numpy as np

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
    """Pushes frames when they are due.

    Args:
        stream: a `Stream`.
        frames: from `by_frame`; they start again after the last.
        count: how many frames to push.
        fps: frames a second.
        clock: has `perf_counter` and `sleep`.

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
    import numpy as np

    values = 1000 * np.percentile(seconds, [*PERCENTILES, 100])
    names = [*(f"p{name}" for name in PERCENTILES), "most"]
    return dict(zip(names, map(float, values), strict=True))


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
