"""Keypoints as plain arrays, good and bad."""

import numpy as np
import pytest

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import keypoint_files


def keypoints(frames=5, joints=17):
    return np.random.default_rng(0).uniform(0, 500, (frames, joints, 2))


def confidence(frames=5, joints=17):
    return np.random.default_rng(1).uniform(0.1, 1, (frames, joints))


def read(path, layout):
    (person,) = keypoint_files.read(path, layout).people
    assert (person.person, person.first_frame) == ("1", 0)
    return person


def save(folder, **arrays):
    path = folder / "keypoints.npz"
    np.savez(path, **arrays)
    return path


def test_npz_gives_keypoints_and_confidence(tmp_path):
    path = save(tmp_path, keypoints=keypoints(), confidence=confidence(), fps=50)
    result = read(path, "coco_17")
    np.testing.assert_array_equal(result.keypoints, keypoints())
    np.testing.assert_array_equal(result.confidence, confidence())


def test_without_confidence_every_finite_joint_is_sure(tmp_path):
    array = keypoints().astype(np.float32)
    array[2, 3, 0] = np.nan
    result = read(save(tmp_path, keypoints=array), "coco_17")
    expected = np.ones((5, 17))
    expected[2, 3] = 0
    np.testing.assert_array_equal(result.confidence, expected)
    assert np.isnan(result.keypoints[2, 3]).all()
    assert np.isfinite(result.keypoints).sum() == 2 * (5 * 17 - 1)


def test_npy_may_carry_confidence_as_third_column(tmp_path):
    path = tmp_path / "keypoints.npy"
    np.save(path, keypoints())
    np.testing.assert_array_equal(read(path, "human36m_17").keypoints, keypoints())
    np.save(path, np.concatenate([keypoints(), confidence()[..., None]], axis=-1))
    result = read(path, "human36m_17")
    np.testing.assert_array_equal(result.keypoints, keypoints())
    np.testing.assert_array_equal(result.confidence, confidence())


def test_whole_numbers_are_pixels_too(tmp_path):
    path = save(tmp_path, keypoints=keypoints().astype(np.int32))
    result = read(path, "coco_17")
    assert result.keypoints.dtype == np.float64
    np.testing.assert_array_equal(result.keypoints, np.floor(keypoints()))


def test_confidence_zero_marks_a_missing_joint_whatever_its_pixels(tmp_path):
    sure = confidence()
    sure[1, 4] = sure[2, 5] = 0
    array = keypoints()
    array[1, 4], array[2, 5] = 0.0, np.nan
    path = save(tmp_path, keypoints=array, confidence=sure)
    result = read(path, "coco_17")
    assert np.isnan(result.keypoints[1, 4]).all()
    assert np.isnan(result.keypoints[2, 5]).all()
    assert np.isnan(result.keypoints).sum() == 4


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"keypoints": keypoints(joints=15)}, "15 joints in a frame.*'coco_17' has 17"),
        ({"keypoints": keypoints()[0]}, r"shape \(frames, joints, 2\), has \(17, 2\)"),
        ({"keypoints": np.zeros((5, 17, 3))}, r"has \(5, 17, 3\)"),
        ({"keypoints": keypoints(frames=0)}, "has no frame"),
        ({"poses": keypoints()}, "no entry 'keypoints'; it has poses"),
        ({"keypoints": np.full((5, 17, 2), "x")}, "'keypoints' must hold numbers"),
        (
            {"keypoints": keypoints(), "confidence": confidence(frames=4)},
            r"'confidence' must have shape \(5, 17\).*has \(4, 17\)",
        ),
        (
            {"keypoints": keypoints(), "confidence": np.full((5, 17), np.nan)},
            "'confidence' is not finite in frame 0, joint 0",
        ),
        (
            {"keypoints": keypoints(), "confidence": np.full((5, 17), -1.0)},
            r"'confidence' is negative.*\(85 in all\)",
        ),
        (
            {"keypoints": np.full((5, 17, 2), np.nan), "confidence": confidence()},
            "'keypoints' are not finite pixels in frame 0, joint 0.*confidence 0",
        ),
        ({"keypoints": np.full((5, 17, 2), np.inf)}, "'keypoints' are not finite"),
        (
            {"keypoints": np.array([{}], object)},
            "'keypoints' must hold numbers, is dict",
        ),
        ({"keypoints": np.array([print], object)}, "nothing was run"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, arrays, message):
    path = save(tmp_path, **arrays)
    with pytest.raises(UserError, match=message) as error:
        keypoint_files.read(path, "coco_17")
    assert str(path) in str(error.value)


def test_unreadable_files_are_named(tmp_path):
    for content in (b"", b"no archive", b"PK\x03\x04 broken"):
        for name in ("broken.npz", "broken.npy"):
            (tmp_path / name).write_bytes(content)
            message = f"{name}: (cannot be read as|is not a readable)"
            with pytest.raises(UserError, match=message):
                keypoint_files.read(tmp_path / name, "coco_17")


def test_a_shape_that_the_file_does_not_fill_claims_no_memory(tmp_path):
    path = tmp_path / "keypoints.npy"
    np.save(path, keypoints())
    for frames in (10**8, 10**14, 10**30):
        head = {"descr": "<f8", "fortran_order": False, "shape": (frames, 17, 2)}
        with open(path, "wb") as file:
            np.lib.format.write_array_header_1_0(file, head)
        with pytest.raises(UserError, match="cannot be read as .npy"):
            keypoint_files.read(path, "coco_17")


def test_damaged_archives_are_refused(tmp_path):
    path = tmp_path / "keypoints.npz"
    np.savez_compressed(path, keypoints=keypoints())
    whole = path.read_bytes()
    for size in range(0, len(whole), 97):
        path.write_bytes(whole[:size])
        with pytest.raises(UserError, match="keypoints.npz: "):
            keypoint_files.read(path, "coco_17")
    path.write_bytes(whole[:300] + bytes(100) + whole[400:])
    with pytest.raises(UserError, match="keypoints.npz: "):
        keypoint_files.read(path, "coco_17")


@pytest.mark.parametrize("name", ["scores", "conf", "keypoint_scores", "visibility"])
def test_confidences_under_other_names_are_not_passed_over(tmp_path, name):
    keypoints = np.random.default_rng(0).uniform(100, 900, (3, 17, 2))
    scores = np.linspace(0.1, 0.9, 51).reshape(3, 17)
    np.savez(tmp_path / "a.npz", keypoints=keypoints, **{name: scores})
    (person,) = keypoint_files.read(tmp_path / "a.npz", "coco_17", (1000, 1000)).people
    np.testing.assert_allclose(person.confidence, scores)
