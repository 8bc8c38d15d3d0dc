"""Detectors' keypoints in the graph, against the loops of the file readers' path."""

import numpy as np
import pytest
import tensorflow as tf
from support.keypoints.random_detections import detections

from dgnet_tf.errors import UserError
from dgnet_tf.exporting import layout_inputs, signatures
from dgnet_tf.keypoints import interpolation, layouts

ALL = [
    (layout, skeleton)
    for layout in signatures.LAYOUTS
    for skeleton in layouts.get(layout).skeletons
]


def converted(keypoints, confidence, layout, skeleton, **options):
    made, _, valid = layout_inputs.to_skeleton(
        tf.constant(keypoints), tf.constant(confidence), layout, skeleton, **options
    )
    return made.numpy(), valid.numpy()


@pytest.mark.parametrize(("layout", "skeleton"), ALL)
@pytest.mark.parametrize("frames", [1, 2, 30])
def test_the_graph_gives_what_the_loops_give(layout, skeleton, frames):
    keypoints, confidence = detections(6, frames, layout, 0.5 if frames > 2 else 0.01)
    made, valid = converted(keypoints, confidence, layout, skeleton)
    assert valid.any()
    for person, known in enumerate(valid):
        masked = np.where(confidence[person, ..., None] > 0, keypoints[person], np.nan)
        expected, _ = layouts.convert(
            interpolation.fill_gaps(masked.astype(np.float64)),
            confidence[person],
            layout,
            skeleton,
        )
        assert known == np.isfinite(expected).all()
        seen = np.isfinite(expected).all(axis=-1)
        np.testing.assert_allclose(made[person][seen], expected[seen], atol=2e-3)
    assert np.isfinite(made).all()


def test_gaps_are_bridged_and_ends_held_by_hand():
    keypoints = np.zeros((1, 6, 3, 2), np.float32)
    seen = np.zeros((1, 6, 3), bool)
    keypoints[0, :, 0] = np.arange(12).reshape(6, 2)
    seen[0, :, 0] = True
    keypoints[0, 1, 1], keypoints[0, 4, 1] = [10, 100], [40, 70]
    seen[0, [1, 4], 1] = True
    filled = layout_inputs.fill_gaps(keypoints, seen).numpy()[0]
    np.testing.assert_array_equal(filled[:, 0], keypoints[0, :, 0])
    np.testing.assert_allclose(filled[:, 1, 0], [10, 10, 20, 30, 40, 40], rtol=1e-6)
    np.testing.assert_allclose(filled[:, 1, 1], [100, 100, 90, 80, 70, 70], rtol=1e-6)
    np.testing.assert_array_equal(filled[:, 2], 0)


def test_people_do_not_fill_each_others_gaps():
    keypoints, confidence = detections(5, 12, "coco_17", 0.6, seed=1)
    confidence[2] = 0
    together, valid = converted(keypoints, confidence, "coco_17", "human36m_17")
    assert not valid[2]
    for person in range(5):
        alone, known = converted(
            keypoints[person : person + 1],
            confidence[person : person + 1],
            "coco_17",
            "human36m_17",
        )
        assert known[0] == valid[person]
        np.testing.assert_array_equal(alone[0], together[person])


def test_what_counts_as_missing():
    keypoints, confidence = detections(7, 1, "coco_17", 0)
    wrist = layouts.get("coco_17").joints.index("left_wrist")
    ear = layouts.get("coco_17").joints.index("left_ear")
    confidence[0, 0, wrist] = 0
    confidence[1, 0, wrist] = np.nan
    keypoints[2, 0, wrist, 1] = np.nan
    keypoints[3, 0, wrist, 0] = 1.1e6
    confidence[4, 0, ear] = 0  # No joint is made from it.
    confidence[5, 0, wrist] = 0.3
    everything = (keypoints, confidence, "coco_17", "human36m_17")
    _, valid = converted(*everything)
    assert valid.tolist() == [False] * 4 + [True] * 3
    confidence[6] = 0.31
    _, valid = converted(*everything, min_confidence=0.3)
    assert valid[5:].tolist() == [False, True]


def test_no_video_and_no_person_are_no_error():
    for batch, frames in ((0, 5), (2, 0)):
        keypoints, confidence = detections(batch, frames, "halpe_26")
        made, valid = converted(keypoints, confidence, "halpe_26", "humaneva_15")
        assert made.shape == (batch, frames, 15, 2)
        assert valid.tolist() == [False] * batch


def test_a_layout_that_does_not_give_the_skeleton_is_refused():
    keypoints, confidence = detections(1, 1, "coco_17")
    with pytest.raises(UserError, match="'coco_17' has no conversion.*mpi_inf_3dhp"):
        converted(keypoints, confidence, "coco_17", "mpi_inf_3dhp_17")
