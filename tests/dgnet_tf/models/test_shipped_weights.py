"""The weights that come along: what a user gets who names no model."""

import numpy as np
import pytest

import dgnet_tf
from dgnet_tf import metrics
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models import weight_folders
from preprocessing.cameras.camera_rig import Rig
from preprocessing.datasets import synthetic

SIZE = (1000, 1000)


@pytest.fixture(scope="module")
def views():
    """A procedural walker, whom nobody trained on, from four sides."""
    recording = synthetic.read(3, 60, 7, rig=Rig(4)).recordings[0]
    return recording.load()


def errors(lifter, view, keypoints):
    """Returns the MPJPE of the lifted poses and of their mean pose, millimetres."""
    truth = view.positions - view.positions[:, :1]
    lifted = lifter.lift(keypoints, layout="human36m_17", image_size=SIZE, fps=50)
    mean_pose = np.broadcast_to(truth.mean(axis=0), truth.shape)
    return [
        1000 * metrics.mpjpe(poses, truth).mean()
        for poses in (lifted.positions, mean_pose)
    ]


def test_the_weights_that_lift_without_a_name_come_along():
    assert weight_folders.DEFAULT in dgnet_tf.DGNet.presets
    model = dgnet_tf.DGNet.from_preset(weight_folders.DEFAULT)
    assert type(model) is dgnet_tf.DGNet and model.input_shape[2:] == (17, 2)


@pytest.mark.slow
def test_they_smooth_noise_that_exact_keypoints_do_not_have(views):
    lifter = dgnet_tf.Lifter.load()
    rough = dgnet_tf.pretrained.load(weight_folders.DEFAULT)
    serve = whole_videos.serving_function(
        rough.model, InferenceOptions.of(rough.config, keypoint_smoothing=0)
    )
    noise = np.random.default_rng(0).normal(0, 10, views[0].keypoints.shape)
    added = []  # By noise, millimetres: smoothed and as they are.
    for view in views:
        clean, _ = errors(lifter, view, view.keypoints)
        noisy, _ = errors(lifter, view, view.keypoints + noise)
        truth = view.positions - view.positions[:, :1]
        poses = whole_videos.lift_view(
            serve, view.keypoints + noise, np.array(SIZE), 12
        )
        added.append([noisy - clean, 1000 * metrics.mpjpe(poses, truth).mean() - clean])
    smooth, plain = np.mean(added, axis=0)
    assert 0 < smooth < 0.5 * plain


@pytest.mark.slow
def test_they_lift_a_person_and_cameras_that_they_have_not_seen(views):
    lifter = dgnet_tf.Lifter.load()
    noise = np.random.default_rng(0).normal(0, 5, views[0].keypoints.shape)
    for view in views:
        clean, mean_pose = errors(lifter, view, view.keypoints)
        noisy, _ = errors(lifter, view, view.keypoints + noise)
        # The walker's spine and head are defined otherwise than the training people's.
        assert clean < 0.65 * mean_pose
        assert clean < noisy < 0.75 * mean_pose
