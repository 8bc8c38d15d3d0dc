"""Random keypoints of a detector's layout."""

import numpy as np

from dgnet_tf.keypoints import layouts


def detections(batch, frames, layout, share_missing=0.4, seed=0):
    """Random keypoints of which some are missing, with rubbish in their place."""
    rng = np.random.default_rng(seed)
    joints = len(layouts.get(layout).joints)
    keypoints = rng.uniform(0, 1900, (batch, frames, joints, 2)).astype(np.float32)
    confidence = rng.uniform(0.1, 1, (batch, frames, joints)).astype(np.float32)
    missing = rng.random(confidence.shape) < share_missing
    keypoints[missing] = rng.choice([np.nan, 0, -1e9, np.inf], missing.sum())[:, None]
    confidence[missing] = 0
    return keypoints, confidence
