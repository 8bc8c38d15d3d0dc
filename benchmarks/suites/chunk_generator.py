"""The usual loader of the field's repositories: all views in memory, batches in NumPy.

A list of (view, first frame) is shuffled; each batch copies its chunks one by one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dgnet_tf import cameras, skeletons


class ChunkGenerator:
    """Batches of chunks of T frames.

    Args:
        views: `dgnet_tf.views.View`s, all of one skeleton.
        skeleton: its name.
        frames: T.
        batch_size: B.
        step: frames between the first frames of a view's chunks.
    """

    def __init__(self, views, skeleton, frames, batch_size, *, step):
        root = skeletons.get(skeleton).root
        self.frames = frames
        self.batch_size = batch_size
        self.views = [
            (
                cameras.normalize_screen(view.keypoints, view.image_size[None]),
                view.positions - view.positions[:, root : root + 1],
            )
            for view in views
        ]
        self.chunks = [
            (index, first)
            for index, (keypoints, _) in enumerate(self.views)
            for first in range(0, len(keypoints) - frames + 1, step)
        ]

    def batches(self, rng: np.random.Generator | None) -> Iterator:
        """Yields keypoints (B, T, N, 2) and positions (B, T, N, 3) for one epoch.

        Args:
            rng: draws their order; None keeps it.
        """
        joints = self.views[0][0].shape[1]
        keypoints = np.empty((self.batch_size, self.frames, joints, 2), np.float32)
        positions = np.empty((self.batch_size, self.frames, joints, 3), np.float32)
        order = np.arange(len(self.chunks))
        if rng is not None:
            rng.shuffle(order)
        for start in range(0, len(order), self.batch_size):
            chosen = order[start : start + self.batch_size]
            for place, number in enumerate(chosen):
                index, first = self.chunks[number]
                window = slice(first, first + self.frames)
                keypoints[place] = self.views[index][0][window]
                positions[place] = self.views[index][1][window]
            yield keypoints[: len(chosen)].copy(), positions[: len(chosen)].copy()
