"""What the signatures give, against the file readers' path and by hand."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from support.keypoints.random_detections import detections
from support.lifting.lifting_stand_ins import Config, small_model
from support.lifting.signature_calls import SIZE, call, of_small_model, pixels, sizes

from dgnet_tf import skeletons
from dgnet_tf.config.fields import FIELDS
from dgnet_tf.exporting import signatures
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.engines.tensorflow_engine import TensorFlowEngine
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.keypoints import tracks
from dgnet_tf.lifting import lifter as lifting
from dgnet_tf.lifting import track_lifting


@pytest.fixture(scope="module")
def built():
    """The signatures of a small network, and the function that they stand for."""
    serve = whole_videos.serving_function(small_model(), InferenceOptions.of(Config()))
    return of_small_model(), serve


def test_there_is_a_signature_for_each_layout_that_gives_the_skeleton():
    names = {
        skeleton: set(
            signatures.descriptions(InferenceOptions.of(Config(skeleton=skeleton)))
        )
        for skeleton in skeletons.SKELETONS
    }
    every = {"serving_default", "stream"}
    for layout in ("coco_17", "openpose_25", "openpose_25b", "halpe_26"):
        every |= {layout, f"stream_{layout}"}
    every |= {"mediapipe_33", "stream_mediapipe_33"}
    for skeleton in ("human36m_17", "human36m_16", "humaneva_15"):
        assert names[skeleton] == every
    assert names["mpi_inf_3dhp_17"] == {"serving_default", "stream"}


def test_the_description_is_what_the_functions_take_and_give(built):
    functions, _ = built
    described = signatures.descriptions(InferenceOptions.of(Config()))
    assert set(described) == set(functions)
    for name, function in functions.items():
        arguments, _ = function.structured_input_signature
        inputs = {spec.name: spec for spec in arguments}
        for found, told in (
            (inputs, described[name]["inputs"]),
            (function.structured_outputs, described[name]["outputs"]),
        ):
            assert set(found) == set(told)
            for key, tensor in found.items():
                assert tensor.dtype.name == told[key]["dtype"]
                # Axes of any length have a name in the description.
                shape = [None if isinstance(n, str) else n for n in told[key]["shape"]]
                assert tensor.shape.as_list() == shape


@pytest.mark.parametrize("layout", signatures.LAYOUTS)
@pytest.mark.parametrize("frames", [1, 3, 40])
def test_a_layout_is_lifted_as_its_file_would_be(built, layout, frames):
    functions, serve = built
    keypoints, confidence = detections(4, frames, layout, 0.3 if frames > 3 else 0.02)
    confidence[0], keypoints[0] = 0.5, pixels(1, frames, keypoints.shape[2])
    found = call(
        functions[layout],
        keypoints=keypoints,
        confidence=confidence,
        image_size=sizes(4),
    )
    lifter = lifting.Lifter(TensorFlowEngine(serve, InferenceOptions.of(Config())))
    assert found["valid"][0]
    for person in range(4):
        masked = np.where(confidence[person, ..., None] > 0, keypoints[person], np.nan)
        track = tracks.Track("1", 0, masked.astype(np.float64), confidence[person])
        if not found["valid"][person]:
            with pytest.raises(lifting.UserError, match="no frame shows"):
                track_lifting.lift_track(lifter, "file", track, layout, SIZE)
            np.testing.assert_array_equal(found["positions"][person], 0)
            continue
        expected = track_lifting.lift_track(
            lifter, "file", track, layout, SIZE
        ).positions
        assert np.abs(expected).max() > 0.1
        np.testing.assert_allclose(found["positions"][person], expected, atol=1e-4)


@pytest.mark.parametrize("overlap", FIELDS["overlap"].choices)
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("flip", [True, False])
def test_a_stream_gives_the_last_frame_of_its_video(overlap, stride, flip):
    config = Config(overlap=overlap, frame_stride=stride)
    model = small_model(config)
    frames = InferenceOptions.of(config).reach
    assert frames == {1: 4, 2: 7}[stride]
    keypoints, size = tf.constant(pixels(5, frames)), tf.constant(sizes(5))
    newest = whole_videos.lift_newest(
        model, InferenceOptions.of(config, flip=flip), keypoints, size
    )
    video = whole_videos.lift_keypoints(
        model, InferenceOptions.of(config, flip=flip), keypoints, size
    )
    assert newest.shape == (5, 17, 3)
    assert np.abs(video[:, -1]).max() > 0.1
    np.testing.assert_allclose(newest, video[:, -1], atol=1e-5)


def test_streams_of_any_number_of_people_need_no_new_trace(built):
    functions, _ = built
    for batch in (1, 3, 64):
        keypoints = pixels(batch, 4, seed=batch)
        of_stream, of_video = (
            call(functions[name], keypoints=keypoints, image_size=sizes(batch))
            for name in ("stream", "serving_default")
        )
        np.testing.assert_allclose(
            of_stream["positions"], of_video["positions"][:, -1], atol=1e-5
        )


def test_a_stream_follows_a_video_as_its_frames_come(built):
    """Fed frame by frame, the first frame repeated, as the documentation says."""
    functions, _ = built
    video = pixels(1, 9)
    for seen in range(1, 10):
        last = video[:, max(seen - 4, 0) : seen]
        first = np.repeat(video[:, :1], 4 - last.shape[1], axis=1)
        newest = call(
            functions["stream"],
            keypoints=np.concatenate([first, last], axis=1),
            image_size=sizes(1),
        )
        so_far = call(
            functions["serving_default"],
            keypoints=video[:, :seen],
            image_size=sizes(1),
        )
        np.testing.assert_allclose(
            newest["positions"], so_far["positions"][:, -1], atol=1e-5
        )


def test_layout_streams_give_the_last_frame_of_their_layout(built):
    functions, _ = built
    for layout in ("coco_17", "openpose_25b"):
        keypoints, confidence = detections(9, 4, layout, 0.2)
        confidence[4] = 0
        inputs = {"keypoints": keypoints, "confidence": confidence}
        stream, video = (
            call(functions[name], **inputs, image_size=sizes(9))
            for name in (f"stream_{layout}", layout)
        )
        assert stream["valid"].any() and not stream["valid"][4]
        np.testing.assert_array_equal(stream["valid"], video["valid"])
        np.testing.assert_allclose(
            stream["positions"], video["positions"][:, -1], atol=1e-5
        )


def test_the_network_is_traced_once_for_all_signatures():
    traces = []
    model = small_model()

    def counting(windows, training):
        traces.append(windows.shape.as_list())
        return model(windows, training=training)

    functions = signatures.build(counting, InferenceOptions.of(Config()))
    assert len(functions) == 12
    assert traces == [[None, 4, 17, 2]]


def test_a_higher_threshold_of_confidence_leaves_more_out():
    config = dataclasses.replace(Config(), overlap="once")
    functions = signatures.build(
        small_model(config), InferenceOptions.of(config, flip=False), min_confidence=0.3
    )
    keypoints = pixels(2, 4)
    confidence = np.full((2, 4, 17), 0.3, np.float32)
    confidence[1] = 0.31
    found = call(
        functions["coco_17"],
        keypoints=keypoints,
        confidence=confidence,
        image_size=sizes(2),
    )
    assert found["valid"].tolist() == [False, True]
