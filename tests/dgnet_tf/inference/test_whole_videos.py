"""Windows, stitching and flip, against loops and a model that tells its input."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from support.lifting.lifting_stand_ins import Config, small_model, tracing_model

from dgnet_tf import skeletons
from dgnet_tf.config.fields import FIELDS
from dgnet_tf.inference import segments, whole_videos
from dgnet_tf.inference.options import InferenceOptions

JOINTS = 17
# Normalised x is then x - 1, exact for whole numbers.
TWO_PIXELS = np.array([2.0, 2.0], np.float32)


def counting_keypoints(length):
    """Normalised x of joint n in frame f is f + n / 32, exact in float32."""
    keypoints = np.zeros((length, JOINTS, 2), np.float32)
    keypoints[..., 0] = 1 + np.arange(length)[:, None] + np.arange(JOINTS) / 32
    return keypoints


def traced(frames_of_window, slot, joint):
    """What `tracing_model` gives for one joint, from a window's frame indices."""
    xs = [frame + joint / 32 for frame in frames_of_window]
    return [xs[slot], slot, sum(10**i * x for i, x in enumerate(xs))]


def windows_of_frame(frame, frames, stride, overlap):
    """The windows that a frame is read from, as (unclipped frames, slot)."""
    if overlap == "once":
        block = frame // (frames * stride) * frames * stride
        phase = (frame - block) % stride
        window = [block + phase + stride * i for i in range(frames)]
        return [(window, window.index(frame))]
    if overlap == "interior":
        margin = frames // 4
        inside = frames - 2 * margin
        block = frame // (inside * stride) * inside * stride
        first = block + (frame - block) % stride - margin * stride
        window = [first + stride * i for i in range(frames)]
        return [(window, window.index(frame))]
    slots = [(frames - 1) // 2] if overlap == "center" else range(frames)
    return [([frame + stride * (i - s) for i in range(frames)], s) for s in slots]


def expected_positions(length, config):
    result = np.zeros((length, JOINTS, 3))
    for frame in range(length):
        for joint in range(1, JOINTS):
            reads = windows_of_frame(
                frame, config.frames, config.frame_stride, config.overlap
            )
            result[frame, joint] = np.mean(
                [
                    traced([min(max(f, 0), length - 1) for f in window], slot, joint)
                    for window, slot in reads
                ],
                axis=0,
            )
    return result


def lift(model, config, keypoints, image_size=TWO_PIXELS, flip=False, **options):
    return whole_videos.lift_keypoints(
        model,
        InferenceOptions.of(config, flip=flip),
        tf.constant(keypoints[None]),
        tf.constant(image_size[None]),
        **options,
    )[0].numpy()


def random_keypoints(*shape, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(100, 900, (*shape, JOINTS, 2)).astype(np.float32)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("overlap", FIELDS["overlap"].choices)
@pytest.mark.parametrize("length", [1, 3, 4, 5, 19])
def test_each_frame_is_read_from_the_windows_of_the_rule(length, overlap, stride):
    config = Config(overlap=overlap, frame_stride=stride)
    result = lift(tracing_model, config, counting_keypoints(length))
    np.testing.assert_allclose(
        result, expected_positions(length, config), rtol=1e-6, atol=1e-6
    )


@pytest.mark.parametrize("overlap", FIELDS["overlap"].choices)
def test_windows_of_three_frames_have_their_centre_in_the_middle(overlap):
    config = Config(overlap=overlap, frames=3, frame_stride=3)
    result = lift(tracing_model, config, counting_keypoints(25))
    np.testing.assert_allclose(
        result, expected_positions(25, config), rtol=1e-6, atol=1e-6
    )


def test_once_by_hand():
    config = Config(overlap="once", frame_stride=2)
    result = lift(tracing_model, config, counting_keypoints(10))[:, 1] - [0, 0, 0]
    # Frames 0..7 are windows 0 2 4 6 and 1 3 5 7; 8 and 9 then repeat the last one.
    slots = [0, 0, 1, 1, 2, 2, 3, 3, 0, 0]
    np.testing.assert_array_equal(result[:, 1], slots)
    extra = 1111 / 32  # joint 1
    assert result[3, 2] == pytest.approx(1 + 30 + 500 + 7000 + extra, rel=1e-6)
    assert result[8, 2] == pytest.approx(8 + 90 + 900 + 9000 + extra, rel=1e-6)


def test_interior_by_hand():
    config = Config(overlap="interior", frames=8)
    result = lift(tracing_model, config, counting_keypoints(9))[:, 1]
    # Windows -2..5, 2..9 and 6..13, each read in its slots 2 to 5.
    np.testing.assert_array_equal(result[:, 1], [2, 3, 4, 5, 2, 3, 4, 5, 2])
    extra = 11111111 / 32  # joint 1
    frames = [2, 3, 4, 5, 6, 7, 8, 8]  # The last is repeated.
    expected = sum(10**i * frame for i, frame in enumerate(frames)) + extra
    assert result[4, 2] == result[7, 2] == pytest.approx(expected, rel=1e-6)
    used = InferenceOptions.of(config)
    assert (used.margin, used.block, used.passes) == (2, 4, 2.0)


@pytest.mark.parametrize("stride", [1, 3])
def test_chunks_and_segments_do_not_show_in_interiors(stride, monkeypatch):
    config = Config(overlap="interior", frames=8, frame_stride=stride)
    options = InferenceOptions.of(config, flip=False)
    keypoints = counting_keypoints(100)
    whole = lift(tracing_model, config, keypoints, chunk_frames=200)
    for chunk_frames in (1, 13, 50):
        chunked = lift(tracing_model, config, keypoints, chunk_frames=chunk_frames)
        np.testing.assert_array_equal(chunked, whole)
    serve = whole_videos.serving_function(tracing_model, options)
    monkeypatch.setattr(segments, "SEGMENT_FRAMES", 17)
    found = whole_videos.lift_view(serve, keypoints, TWO_PIXELS, options.block)
    np.testing.assert_allclose(found, whole, rtol=1e-5, atol=1e-4)


def test_center_by_hand():
    result = lift(tracing_model, Config(overlap="center"), counting_keypoints(6))[:, 1]
    np.testing.assert_array_equal(result[:, 1], np.ones(6))
    extra = 1111 / 32
    assert result[0, 2] == pytest.approx(0 + 0 + 100 + 2000 + extra, rel=1e-6)
    assert result[5, 2] == pytest.approx(4 + 50 + 500 + 5000 + extra, rel=1e-6)


def test_mean_averages_all_slots():
    result = lift(tracing_model, Config(overlap="mean"), counting_keypoints(6))[:, 1]
    np.testing.assert_array_equal(result[:, 1], np.full(6, 1.5))


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("overlap", FIELDS["overlap"].choices)
def test_chunks_do_not_change_results(overlap, stride):
    config = Config(overlap=overlap, frame_stride=stride)
    for length, sizes in ((1000, (100, 333, 999, 1001)), (30, (1, 7, 8, 9))):
        keypoints = counting_keypoints(length)
        whole = lift(tracing_model, config, keypoints, chunk_frames=length + 8)
        for chunk_frames in sizes:
            chunked = lift(tracing_model, config, keypoints, chunk_frames=chunk_frames)
            np.testing.assert_array_equal(chunked, whole)


def test_the_model_sees_no_more_than_a_chunk_at_a_time():
    sizes = []

    def model(windows, training):
        sizes.append(windows.shape[0])
        return tracing_model(windows, training)

    config = Config(overlap="center")
    lift(model, config, counting_keypoints(1000), chunk_frames=100)
    assert sum(sizes) >= 1000
    assert max(sizes) <= 100


def test_views_of_a_batch_do_not_mix():
    config = Config()
    model = small_model(config)
    keypoints = random_keypoints(3, 11)
    image_size = np.array([[1000, 1000], [640, 480], [1920, 1080]], np.float32)
    for flip in (False, True):
        for chunk_frames in (2048, 12):
            batch = whole_videos.lift_keypoints(
                model,
                InferenceOptions.of(config, flip=flip),
                tf.constant(keypoints),
                tf.constant(image_size),
                chunk_frames=chunk_frames,
            )
            single = [
                lift(model, config, k, size, flip)
                for k, size in zip(keypoints, image_size, strict=True)
            ]
            np.testing.assert_allclose(batch, single, atol=1e-5)


def test_positions_are_relative_to_the_predicted_root():
    config = Config(skeleton="mpi_inf_3dhp_17", overlap="center")
    model = small_model(config)
    keypoints = random_keypoints(5)
    size = np.array([1000, 800], np.float32)
    result = lift(model, config, keypoints, size)
    root = skeletons.get(config.skeleton).root
    assert root == 14
    np.testing.assert_array_equal(result[:, root], np.zeros((5, 3)))
    # Frame 2 by hand: window 1..4, slot 1.
    x = keypoints[None, 1:5]
    x = np.stack([x[..., 0] / 500 - 1, (2 * x[..., 1] - 800) / 1000], axis=-1)
    pose = model(x.astype(np.float32))["pose"].numpy()[0, 1]
    np.testing.assert_allclose(result[2], pose - pose[root], atol=1e-5)


@pytest.mark.parametrize("overlap", FIELDS["overlap"].choices)
def test_with_flip_mirrored_keypoints_give_mirrored_positions(overlap):
    config = Config(overlap=overlap)
    model = small_model(config)
    mirror = list(skeletons.get(config.skeleton).mirror)
    keypoints = random_keypoints(9)
    size = np.array([1000, 800], np.float32)
    mirrored = keypoints[:, mirror] * [-1, 1] + [1000, 0]
    mirrored = mirrored.astype(np.float32)

    def flipped(positions):
        return positions[:, mirror] * [-1, 1, 1]

    straight, reverse = (lift(model, config, k, size) for k in (keypoints, mirrored))
    assert np.abs(flipped(reverse) - straight).max() > 0.1
    averaged = lift(model, config, keypoints, size, flip=True)
    np.testing.assert_allclose(averaged, (straight + flipped(reverse)) / 2, atol=1e-5)
    np.testing.assert_allclose(
        lift(model, config, mirrored, size, flip=True), flipped(averaged), atol=1e-5
    )


def test_half_precision_models_give_float32():
    config = Config()
    model = small_model(config, dtype="mixed_bfloat16")
    result = lift(model, config, random_keypoints(5), np.array([1000, 1000], "f4"))
    assert result.dtype == np.float32
    assert np.abs(result).max() > 0.01


def test_the_serving_function_is_traced_once_for_all_lengths():
    traces = []

    def model(windows, training):
        traces.append(windows.shape)
        return tracing_model(windows, training)

    config = Config(overlap="once")
    serve = whole_videos.serving_function(
        model, InferenceOptions.of(config, flip=False)
    )
    for length in (1, 4, 30):
        result = whole_videos.lift_view(
            serve, counting_keypoints(length), TWO_PIXELS, 4
        )
        np.testing.assert_allclose(
            result, expected_positions(length, config), rtol=1e-6, atol=1e-6
        )
    assert [tuple(shape) for shape in traces] == [(None, 4, JOINTS, 2)]


@pytest.mark.parametrize("overlap", FIELDS["overlap"].choices)
@pytest.mark.parametrize(
    ("length", "smoothing"),
    [
        pytest.param(length, smoothing, marks=() if quick else pytest.mark.slow)
        for length in (1, 16, 17, 47, 48, 97)
        for smoothing in (0, 5, 25)
        for quick in [(length, smoothing) in ((17, 5), (97, 0), (97, 25))]
    ],
)
def test_segments_of_a_long_video_do_not_show(overlap, length, smoothing, monkeypatch):
    config = Config(
        overlap=overlap, frames=3, frame_stride=2, keypoint_smoothing=smoothing
    )
    calls = []
    serve = whole_videos.serving_function(
        tracing_model, InferenceOptions.of(config, flip=False)
    )

    def counting(**inputs):
        calls.append(inputs["keypoints"].shape[1])
        return serve(**inputs)

    whole = whole_videos.lift_view(serve, counting_keypoints(length), TWO_PIXELS, 6)
    monkeypatch.setattr(segments, "SEGMENT_FRAMES", 17)  # 12 frames: whole spans.
    found = whole_videos.lift_view(counting, counting_keypoints(length), TWO_PIXELS, 6)
    np.testing.assert_allclose(found, whole, rtol=1e-5, atol=1e-4)
    # Whole spans that hold a window's and the longest smoothing's reach.
    assert len(calls) == -(-length // 12) and max(calls) <= 12 + 2 * (6 + 54)


def test_an_unknown_overlap_is_refused():
    config = dataclasses.replace(Config(), overlap="twice")
    with pytest.raises(ValueError, match="`overlap` must be one of .*got 'twice'"):
        lift(tracing_model, config, counting_keypoints(4))


def confidence_model(windows, training):
    """Puts each joint where its confidence is, in x and z; the root at 0."""
    c = windows[..., 2:] * tf.cast(tf.range(JOINTS) > 0, tf.float32)[:, None]
    return {"pose": tf.concat([c, 0 * c, c], axis=-1)}


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("newest", [False, True])
def test_confidence_reaches_the_network_with_its_joint(flip, newest):
    rng = np.random.default_rng(0)
    confidence = rng.random((4, JOINTS, 1)).astype(np.float32)
    x = np.concatenate([random_keypoints(4), confidence], axis=-1)
    options = InferenceOptions.of(Config(overlap="once"), flip=flip)
    options = dataclasses.replace(options, inputs="xyc")
    make = whole_videos.newest_function if newest else whole_videos.serving_function
    serve = make(confidence_model, options)
    given = whole_videos.tensors(x[None], [[1000, 1000]])
    found = serve(**given)["positions"][0]
    expected = np.where(np.arange(JOINTS)[:, None] > 0, confidence, 0)
    expected = expected[-1] if newest else expected
    # Mirrored back, the mirrored estimate has -c in x and c in z.
    np.testing.assert_allclose(found[..., 2:], expected, atol=1e-6)
    np.testing.assert_allclose(found[..., :1], 0 * expected if flip else expected)
