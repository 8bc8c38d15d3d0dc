"""Keypoints relative to the person, in the place of screen coordinates."""

from typing import Any

import tensorflow as tf

from dgnet_tf.errors import check_choice

keras = tf.keras

FRAMES = ("screen", "person", "person_and_place")
_SMALLEST = 1e-6  # Of a person, in widths of half an image.


@keras.utils.register_keras_serializable(package="dgnet_tf")
class PersonFrame(keras.layers.Layer):
    """Moves and scales a window's keypoints to the person in it.

        x' = (x - c) / r

    c is the mean of all keypoints of the window and r the root of their mean squared
    distance from it, the same for all frames, so that movement stays. Where a person
    stands on the screen, and how large, is lost: cameras of other kinds look alike,
    and the direction of view is unknown. With "person_and_place" each joint gets c and
    log r as further channels. A mirrored window stays the mirrored one. The paper has
    no such layer: its keypoints are screen coordinates.

    Args:
        frame: "person" or "person_and_place". Default "person".
        **kwargs: `name`, `dtype` and the like, of `keras.layers.Layer`.

    Call arguments:
        x: (B, T, N, C), of which the first two channels are normalised keypoints.

    Returns:
        (B, T, N, C), or (B, T, N, C + 3): the first two changed, the others as they
        are, then c and log r.

    Example:
        >>> layer = PersonFrame("person_and_place")
        >>> layer(tf.zeros((8, 4, 17, 2))).shape
        TensorShape([8, 4, 17, 5])

    Reference:
        DECISIONS.md, "Input relative to the person".
    """

    def __init__(self, frame: str = "person", **kwargs: Any):
        super().__init__(**kwargs)
        check_choice("frame", frame, FRAMES[1:])
        self.frame = frame

    def call(self, x):
        keypoints = x[..., :2]
        center = tf.reduce_mean(keypoints, axis=[1, 2], keepdims=True)
        offsets = keypoints - center
        squares = tf.reduce_sum(tf.square(offsets), axis=-1, keepdims=True)
        size = tf.sqrt(tf.reduce_mean(squares, axis=[1, 2], keepdims=True))
        size = tf.maximum(size, _SMALLEST)  # (B, 1, 1, 1)
        parts = [offsets / size, x[..., 2:]]
        if self.frame == "person_and_place":
            place = tf.concat([center, tf.math.log(size)], axis=-1)
            parts.append(place + tf.zeros_like(keypoints[..., :1]))
        return tf.concat(parts, axis=-1)

    def compute_output_shape(self, input_shape):
        more = 3 if self.frame == "person_and_place" else 0
        return (*input_shape[:-1], input_shape[-1] + more)

    def get_config(self):
        return {**super().get_config(), "frame": self.frame}
