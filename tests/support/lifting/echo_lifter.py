"""A lifter whose result is known, and keypoints for it."""

import numpy as np
import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.inference.engines.tensorflow_engine import TensorFlowEngine
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.lifting import lifter

SIZE = (1000, 800)
SKELETON = skeletons.get("human36m_17")
OPTIONS = InferenceOptions(skeleton=SKELETON.name, fps=50.0, frames=4)


def echo(seen=None, size=SIZE):
    """A lifter whose positions are the keypoints it gets, with z = 0."""

    def serve(keypoints, image_size):
        assert size is None or image_size.numpy().tolist() == [list(size)]
        if seen is not None:
            seen.append(keypoints.shape[1])
        return {"positions": tf.pad(keypoints, [[0, 0], [0, 0], [0, 0], [0, 1]])}

    return lifter.Lifter(TensorFlowEngine(serve, OPTIONS))


def moving(frames, joints=17):
    """Keypoints that move steadily; x and y differ from joint to joint."""
    frame, joint = np.arange(frames)[:, None], np.arange(joints)
    x = 100 + 1.0 * frame + 20 * joint
    return np.stack([x, 700 - 1.5 * frame - 10 * joint], axis=-1)


def save(folder, keypoints, confidence=None):
    """Writes them to a file, all seen unless told otherwise."""
    path = folder / "keypoints.npz"
    if confidence is None:
        confidence = np.ones(keypoints.shape[:2])
    np.savez(path, keypoints=keypoints, confidence=confidence)
    return path
