"""Re-renders windows by random cameras.

Real cameras are few, and each films a person from one side for seconds; a network
learns their viewpoints with the poses. Here the person is turned about the vertical
by any angle, the camera tilted, moved and zoomed, and the window rendered again.

Records have no vertical direction. The camera's own y axis stands for it: a camera
that looks down by some degrees is turned into one that leans by as much at most. A
roll holds the new camera askew, as hands and tripods on slopes do.
"""

from __future__ import annotations

import dataclasses
import math

import tensorflow as tf

from dgnet_tf import cameras

# Cameras drawn for a window; the first that sees all of the person is taken. On
# virtual cameras like Human3.6M's the first does in 99.9 % of the windows.
TRIES = 2
DISTANCE = 1.4  # greatest ratio of the new distance to the own one, or its inverse
# Where the root's image may lie, from the image's centre: share of half the width and
# of half the height.
ACROSS, DOWN = 0.5, 0.2
BORDER = 0.01  # of the image's width and height: what the person keeps from its edge
NEAREST = 1.0  # metres from the camera to the nearest joint


@dataclasses.dataclass(frozen=True, eq=False)
class RandomView:
    """One camera for each of W windows.

    Attributes:
        chosen: (W,) whether the window is re-rendered.
        rotation: (W, 3, 3) from the window's camera axes to the new ones.
        pivot: (W, 3) what is turned about: the root in the window's first frame.
        place: (W, 3) where the pivot stands before the new camera, metres.
        intrinsics: (W, 9) of the new camera.
    """

    chosen: tf.Tensor
    rotation: tf.Tensor
    pivot: tf.Tensor
    place: tf.Tensor
    intrinsics: tf.Tensor

    def turn(self, positions):
        """Takes (W, T, N, 3) metres from the own camera's axes to the new ones'."""
        return _turn(positions, self.rotation, self.pivot, self.place)

    def film(self, positions):
        """Returns the new cameras' pixels (W, T, N, 2) of (W, T, N, 3) metres."""
        intrinsics = self.intrinsics[:, None, None]
        return cameras.project(self.turn(positions), intrinsics)


def draw(
    positions,
    root: int,
    intrinsics,
    image_size,
    *,
    share: float,
    tilt: float,
    focal: float,
    seed,
    roll: float = 0.0,
) -> RandomView:
    """Draws a camera for each window of one view.

    The person is turned about the camera's y axis by any angle, then about its x axis
    by -`tilt` to `tilt`, then about its z axis by -`roll` to `roll`. The root's
    distance is the own one times 1 / `DISTANCE` to `DISTANCE`, the focal length the own
    one times 1 - `focal` to 1 + `focal`, and the root's image lies anywhere around the
    image's centre. The principal point and the distortion stay. A window keeps its own
    camera where none of the drawn ones sees all joints of all frames, or where its own
    one is not known.

    Positions are (W, T, N, 3) metres, camera axes, root kept; intrinsics (9,) of the
    view, zeros where unknown; tilt and roll degrees; `share` of the windows is
    re-rendered.
    """
    positions = tf.convert_to_tensor(positions)
    windows = tf.shape(positions)[0]
    seeds = tf.unstack(tf.random.split(seed, 2))
    # One row of numbers for each try.
    lean, distance = math.radians(tilt), math.log(DISTANCE)
    low = [-math.pi, -lean, -distance, 1 - focal, -ACROSS, -DOWN]
    high = [math.pi, lean, distance, 1 + focal, ACROSS, DOWN]
    numbers = tf.random.stateless_uniform([windows, TRIES, 6], seeds[0])
    numbers = low + numbers * (tf.constant(high) - low)
    yaw, pitch, nearer, zoom, across, down = tf.unstack(numbers, axis=-1)  # (W, K)
    # By a seed of its own: the other numbers are the same with a roll and without.
    askew = math.radians(roll) * tf.random.stateless_uniform(
        [windows, TRIES], tf.random.fold_in(seed, 2), -1.0, 1.0
    )

    pivot = positions[:, 0, root]  # (W, 3)
    rotation = _rotation(yaw, pitch, askew)  # (W, K, 3, 3)
    own_focal = intrinsics[cameras.FOCAL]
    focal_length = own_focal * zoom[..., None]  # (W, K, 2)
    rest = tf.broadcast_to(intrinsics[2:], [windows, TRIES, 7])
    drawn = tf.concat([focal_length, rest], axis=-1)  # (W, K, 9)
    pixel = (1.0 + tf.stack([across, down], axis=-1)) * image_size / 2.0
    offset = (pixel - intrinsics[cameras.PRINCIPAL]) / focal_length
    depth = pivot[:, None, 2:] * tf.exp(nearer)[..., None]  # (W, K, 1)
    place = tf.concat([offset * depth, depth], axis=-1)  # (W, K, 3)

    turned = _turn(positions[:, None], rotation, pivot[:, None], place)
    pixels = cameras.project(turned, drawn[:, :, None, None])
    border = BORDER * image_size
    inside = (pixels >= border) & (pixels <= image_size - border)
    fits = tf.reduce_all(inside, axis=[2, 3, 4])
    fits &= tf.reduce_min(turned[..., 2], axis=[2, 3]) >= NEAREST
    first = tf.argmax(fits, axis=1)  # (W,)
    coins = tf.random.stateless_uniform([windows], seeds[1]) < share
    known = tf.reduce_all(own_focal > 0.0)
    return RandomView(
        coins & tf.reduce_any(fits, axis=1) & known,
        tf.gather(rotation, first, batch_dims=1),
        pivot,
        tf.gather(place, first, batch_dims=1),
        tf.gather(drawn, first, batch_dims=1),
    )


def _rotation(yaw, pitch, roll):
    """(..., 3, 3): about y by the yaw, then x by the pitch, then z by the roll."""
    cos_y, sin_y, cos_x, sin_x = tf.cos(yaw), tf.sin(yaw), tf.cos(pitch), tf.sin(pitch)
    level = _matrix(
        [cos_y, tf.zeros_like(yaw), sin_y],
        [sin_x * sin_y, cos_x, -sin_x * cos_y],
        [-cos_x * sin_y, sin_x, cos_x * cos_y],
    )
    cos_z, sin_z, zero = tf.cos(roll), tf.sin(roll), tf.zeros_like(roll)
    askew = _matrix(
        [cos_z, -sin_z, zero], [sin_z, cos_z, zero], [zero, zero, tf.ones_like(roll)]
    )
    return tf.linalg.matmul(askew, level)


def _matrix(*rows):
    return tf.stack([tf.stack(row, axis=-1) for row in rows], axis=-2)


def _turn(positions, rotation, pivot, place):
    """Turns (..., T, N, 3) about the pivots (..., 3), which come to their places."""
    relative = positions - pivot[..., None, None, :]
    turned = tf.linalg.matmul(relative, rotation[..., None, :, :], transpose_b=True)
    return turned + place[..., None, None, :]
