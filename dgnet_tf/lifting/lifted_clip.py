"""Makes the clip that is drawn and played of lifted people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dgnet_tf.drawing.clip import Clip, Person
from dgnet_tf.keypoints import interpolation
from dgnet_tf.lifting.lifted import Lifted


def make(
    lifter, people: Sequence[Lifted], title: str, image_size, *, resample: bool = True
) -> Clip:
    """Returns people as they are shown: where their roots are known, in their places.

    Of a lifter that was loaded from a run it holds the spatial affinities of the first
    block, too. A SavedModel does not give any.

    Args:
        lifter: that lifted them.
        people: at least one, of one frame rate.
        title: of the clip.
        image_size: width and height of the video, pixels.
        resample: whether they were lifted at the model's frame rate.
    """
    shown = [
        Person(
            person.person,
            person.first_frame,
            person.keypoints,
            person.places,
            affinity=_affinity(lifter, person, image_size, resample),
        )
        for person in people
    ]
    return Clip(title, people[0].fps, tuple(image_size), lifter.skeleton, tuple(shown))


def _affinity(lifter, person, image_size, resample) -> np.ndarray | None:
    """Returns (F, N, N) of the model's frames that are nearest to the person's."""
    if lifter.run is None:
        return None
    from dgnet_tf.inference import affinities  # TensorFlow, which others need not.

    keypoints, length = person.keypoints, len(person.keypoints)
    nearest = np.arange(length)
    if resample and not interpolation.same_rate(person.fps, lifter.fps):
        times = interpolation.frame_times(length, person.fps, lifter.fps)
        keypoints = interpolation.sample(keypoints, times)
        nearest = np.round(nearest * lifter.fps / person.fps).astype(int)
    run = lifter.run
    found = affinities.over_time(run.model, lifter.options, keypoints, image_size)
    found = found.spatial
    return None if found is None else found[np.minimum(nearest, len(found) - 1)]
