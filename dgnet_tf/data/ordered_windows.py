"""The windows of a split in order, for evaluation."""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf import cameras, skeletons
from dgnet_tf.data import cutting, record_scans, records


def in_order(data_dir, serialized, data, window, inputs):
    """Returns a dataset of normalised keypoints (T, N, 2 or 3) and positions (T, N, 3).

    Args:
        data_dir: for messages.
        serialized: dataset of the records.
        data: manifest of the data set.
        window: a `cutting.Window`.
        inputs: see `windows.load_windows`.

    Raises:
        UserError: if a file is damaged.
    """
    root = skeletons.get(data.skeleton).root

    def indices(serialized):
        record = records.parse(serialized, data.record_frames, data.joints)
        return record, cutting.ordered_windows(record, window)

    def cut(serialized):
        record, found = indices(serialized)
        keypoints, positions = cutting.gather(record, found, root)
        x = cameras.normalize_screen(keypoints, record["image_size"])
        if inputs == "xyc":
            confidence = tf.gather(record["confidence"], found)[..., None]
            x = tf.concat([x, confidence], axis=-1)
        return x, positions

    # Counted first: Keras 3 warns of data that end without having told their number.
    numbers = serialized.map(lambda one: tf.shape(indices(one)[1])[0])
    count = record_scans.total(data_dir, numbers, data)
    dataset = serialized.map(cut, tf.data.AUTOTUNE, deterministic=True).unbatch()
    return dataset.apply(tf.data.experimental.assert_cardinality(count))
