"""Makes the clip that is drawn and played of lifted people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dgnet_tf import axes
from dgnet_tf.drawing.clip import Clip, Person, PlayedVideo
from dgnet_tf.keypoints import interpolation
from dgnet_tf.keypoints.frame_times import FrameTimes
from dgnet_tf.lifting.lifted import Lifted


def make(
    lifter,
    people: Sequence[Lifted],
    title: str,
    image_size,
    *,
    resample: bool = True,
    times: FrameTimes | None = None,
    video: PlayedVideo | None = None,
) -> Clip:
    """Returns people as they are shown: where their roots are known, in their places.

    Over a floor that is known they stand upright, as a level camera sees them.
    Of a lifter that was loaded from a run it holds the spatial affinities of the first
    block, too. A SavedModel does not give any.

    Args:
        lifter: that lifted them.
        people: at least one, of one frame rate.
        title: of the clip.
        image_size: width and height of the video, pixels.
        resample: whether they were lifted at the model's frame rate.
        times: when the video shows its frames; None where the rate is steady.
        video: to be played under the keypoints.
    """
    shown = [
        Person(
            person.person,
            person.first_frame,
            person.keypoints,
            axes.level(person),
            affinity=_affinity(lifter, person, image_size, resample, times),
            uncertainty_mm=person.uncertainty_mm,
            missing=_missing(person),
        )
        for person in people
    ]
    size, skeleton = tuple(image_size), lifter.skeleton
    if times is not None:
        first = min(person.first_frame for person in shown)
        frames = max(person.last_frame for person in shown) + 1 - first
        times = times.of(first, frames)
    return Clip(title, people[0].fps, size, skeleton, tuple(shown), times, video)


def _missing(person) -> np.ndarray | None:
    """Returns (F, N) bool, None where nothing was missing."""
    if person.confidence is None or (person.confidence > 0).all():
        return None
    return person.confidence <= 0


def _affinity(lifter, person, image_size, resample, times) -> np.ndarray | None:
    """Returns (F, N, N) of the model's frames that are nearest to the person's."""
    if lifter.run is None:
        return None
    from dgnet_tf.inference import affinities  # TensorFlow, which others need not.

    keypoints, length = person.keypoints, len(person.keypoints)
    if person.confidence is not None:
        keypoints = np.concatenate([keypoints, person.confidence[..., None]], axis=-1)
    nearest = np.arange(length)
    uneven = None if times is None or times.is_steady else person.times
    same = uneven is None and interpolation.same_rate(person.fps, lifter.fps)
    if resample and not same:
        rates = person.fps, lifter.fps
        there, back = interpolation.resampling(length, *rates, uneven)
        keypoints = interpolation.sample(keypoints, there)
        nearest = np.round(back).astype(int)
    run = lifter.run
    found = affinities.over_time(run.model, lifter.options, keypoints, image_size)
    found = found.spatial
    return None if found is None else found[np.minimum(nearest, len(found) - 1)]
