"""Made-up confidence scores that go with simulated detector errors.

After OpenPose's on one trial (docs/training.md): below 1 % of the person's height the
score does not depend on the error, at 2 to 4 % it has fallen by half, and beyond it
stays at a third, for a detector may be sure and wrong. It wavers in time.
"""

from __future__ import annotations

import dataclasses

import tensorflow as tf

from dgnet_tf.data.augmentation import detector_noise

CORRELATION = 0.8  # Of the wavering, from one frame to the next.
_HALF = 0.03  # Of the height: the error that takes half of what an error can take.
_LEAST = 0.3  # Share that no error takes.
# A clip's level, as detectors differ in what they call sure, and a joint's part of it.
_CLIP, _JOINT = (0.6, 1.0), (0.9, 1.0)
_WAVERING = 0.07  # Standard deviation.
_SEEN = 0.05  # 0 is for what is missing.


@dataclasses.dataclass(frozen=True, eq=False)
class Scores:
    """What is drawn for the scores of one clip of L frames.

    Attributes:
        clip: scalar from 0 to 1, uniform.
        joints: (N,) likewise.
        wavering: (L, N) standard normal, of `CORRELATION`.
    """

    clip: tf.Tensor
    joints: tf.Tensor
    wavering: tf.Tensor

    def of(self, errors, take):
        """Returns the confidence (W, T, N) of keypoints that are so far off.

        `errors` (W, T, N) are relative to the person's height; `take` gives the
        windows' values of (L, N).
        """
        level = _between(*_CLIP, self.clip) * _between(*_JOINT, self.joints)
        kept = _LEAST + (1.0 - _LEAST) / (1.0 + (errors / _HALF) ** 2)
        scores = level * kept + _WAVERING * take(self.wavering)
        return tf.clip_by_value(scores, _SEEN, 1.0)


def draw(frames: int, joints: int, seed) -> Scores:
    """Draws what the scores of one clip have of their own."""
    seeds = tf.unstack(tf.random.split(seed, 3))
    return Scores(
        tf.random.stateless_uniform((), seeds[0]),
        tf.random.stateless_uniform([joints], seeds[1]),
        detector_noise.correlated(frames, joints, CORRELATION, seeds[2]),
    )


def _between(low, high, share):
    return low + (high - low) * share
