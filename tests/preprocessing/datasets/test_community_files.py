import numpy as np
import pytest
from support.datasets import human36m_sources as sources

from dgnet_tf.errors import UserError
from preprocessing.datasets import community_files
from preprocessing.datasets.human36m import human36m

H36M = ([4, 5, 6, 11, 12, 13], [1, 2, 3, 14, 15, 16])
STACKED_HOURGLASS = ([3, 4, 5, 13, 14, 15], [0, 1, 2, 10, 11, 12])
COCO = (range(1, 17, 2), range(2, 17, 2))
FRAMES = {(s, t): f for (s, t), k in sources.TAKES.items()
          for s2, n, f in sources.SEQUENCES if (s2, n) == k}  # fmt: skip


def numbered(frames: int, joints: int, view: int) -> np.ndarray:
    """Joint n of frame f of view v stands at (10 f + n, v) pixels."""
    x = 10.0 * np.arange(frames)[:, None] + np.arange(joints)
    return np.stack([x, np.full_like(x, view)], axis=-1).astype("float32")


def content(joints: int, tail: int = 0) -> dict:
    """Returns `positions_2d` of the sequences of `sources`."""
    nested = {}
    for number, ((subject, take), frames) in enumerate(sorted(FRAMES.items())):
        nested.setdefault(subject, {})[take] = [
            numbered(frames + tail + camera, joints, 4 * number + camera)
            for camera in range(4)
        ]
    return nested


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return sources.write(tmp_path_factory.mktemp("source"), "npz")


def views(source, path, skeleton="human36m_17"):
    dataset = human36m.read(source, detections=path, skeleton=skeleton)
    return [view for recording in dataset.recordings for view in recording.load()]


def test_keypoints_come_by_camera_and_frame_and_lose_their_tail(source, tmp_path):
    path = tmp_path / "data_2d_h36m_cpn.npz"
    sources.write_detections(path, content(17, tail=7), 17, *H36M)
    found = views(source, path)
    assert len(found) == 4 * len(FRAMES)
    for number, view in enumerate(found):
        assert view.camera == sources.CAMERAS[number % 4]
        frames = FRAMES[view.subject, view.take]
        np.testing.assert_array_equal(view.keypoints, numbered(frames, 17, number))
        assert view.keypoints.dtype == np.float32 and (view.confidence == 1).all()
        assert len(view.positions) == frames


def test_positions_are_those_without_detections(source, tmp_path):
    path = tmp_path / "data_2d_h36m_cpn.npz"
    sources.write_detections(path, content(17), 17, *H36M)
    projected = human36m.read(source).recordings[0].load()
    dataset = human36m.read(source, detections=path)
    for one, other in zip(dataset.recordings[0].load(), projected, strict=True):
        np.testing.assert_array_equal(one.positions, other.positions)
    assert dataset.options == {"detections": "data_2d_h36m_cpn.npz"}
    assert "data_2d_h36m_cpn.npz" in dataset.sources


def test_fewer_keypoints_than_positions_are_refused(source, tmp_path):
    short = content(17)
    short["S9"]["Walking"][2] = short["S9"]["Walking"][2][:32]
    path = sources.write_detections(tmp_path / "d.npz", short, 17, *H36M)
    with pytest.raises(
        UserError, match=r"\['S9'\]\['Walking'\]\[2\]: has keypoints for 32 .* have 33"
    ):
        views(source, path)


def test_people_and_sequences_without_positions_are_left_alone(source, tmp_path):
    more = content(17)
    more["S2"] = {"Walking": "anything"}
    more["S11"]["Directions"] = [None] * 4
    path = sources.write_detections(tmp_path / "d.npz", more, 17, *H36M)
    assert len(views(source, path)) == 4 * len(FRAMES)


def test_stacked_hourglass_order_is_recognised_and_permuted(source, tmp_path):
    path = tmp_path / "data_2d_h36m_sh_ft_h36m.npz"
    sources.write_detections(path, content(16), 16, *STACKED_HOURGLASS)
    permuted = [6, 2, 1, 0, 3, 4, 5, 7, 8, 9, 13, 14, 15, 12, 11, 10]
    for number, view in enumerate(views(source, path, "human36m_16")):
        frames = FRAMES[view.subject, view.take]
        expected = numbered(frames, 16, number)[:, permuted]
        np.testing.assert_array_equal(view.keypoints, expected)
    with pytest.raises(UserError, match="'stacked_hourglass_16', .* only human36m_16"):
        human36m.read(source, detections=path)


def test_16_joints_in_human36ms_order_stay_as_they_are(source, tmp_path):
    left, right = [4, 5, 6, 10, 11, 12], [1, 2, 3, 13, 14, 15]
    path = tmp_path / "d.npz"
    sources.write_detections(path, content(16), 16, left, right)
    view = views(source, path, "human36m_16")[0]
    np.testing.assert_array_equal(view.keypoints, numbered(len(view.keypoints), 16, 0))


def test_17_joints_give_the_16(source, tmp_path):
    path = sources.write_detections(tmp_path / "d.npz", content(17), 17, *H36M)
    view = views(source, path, "human36m_16")[0]
    kept = [joint for joint in range(17) if joint != 9]
    expected = numbered(len(view.keypoints), 17, 0)[:, kept]
    np.testing.assert_array_equal(view.keypoints, expected)


def test_coco_keypoints_become_human36ms(source, tmp_path):
    path = tmp_path / "data_2d_h36m_detectron_pt_coco.npz"
    sources.write_detections(path, content(17), 17, *COCO)
    x = views(source, path)[0].keypoints[3, :, 0] - 30.0
    # Hip between 11 and 12, right knee 14, spine between hips and shoulders, head
    # between the eyes, left wrist 9, right shoulder 6.
    assert x[[0, 2, 7, 9, 10, 13, 14]].tolist() == [11.5, 14, 8.5, 0, 1.5, 9, 6]


@pytest.mark.parametrize("symmetry", [([1], [2]), H36M[::-1], ([], [])])
def test_a_layout_that_nobody_knows_is_refused(source, tmp_path, symmetry):
    path = sources.write_detections(tmp_path / "d.npz", content(17), 17, *symmetry)
    with pytest.raises(
        UserError, match="d.npz: 17 keypoints, .* left and .* fit no known layout"
    ):
        human36m.read(source, detections=path)


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        "text",
        [1],
        {"num_joints": 17},
        {"num_joints": 17, "keypoints_symmetry": [[1], [2], [3]]},
        {"num_joints": 17, "keypoints_symmetry": [["1"], ["2"]]},
        {"num_joints": None, "keypoints_symmetry": [[1], [2]]},
        {"num_joints": np.zeros(1), "keypoints_symmetry": [[1], [2]]},
    ],
)
def test_metadata_without_symmetry_are_refused(source, tmp_path, metadata):
    path = sources.community_files.write(
        tmp_path / "d.npz", positions_2d=content(17), metadata=metadata
    )
    with pytest.raises(UserError, match="metadata must hold 'num_joints'"):
        human36m.read(source, detections=path)


def replaced(value):
    changed = content(17)
    changed["S9"]["Walking"] = value
    return changed


def without_walking():
    changed = content(17)
    del changed["S9"]["Walking"]
    return changed


GOOD = numbered(40, 17, 0)
WITH_NAN = np.where(GOOD == 33, np.nan, GOOD)


@pytest.mark.parametrize(
    ("positions_2d", "message"),
    [
        (without_walking(), r"\['S9'\]\['Walking'\]: not there"),
        ({**content(17), "S9": [1, 2]}, r"\['S9'\]\['Walking'\]: not there"),
        ([1, 2], "positions_2d must be a dict"),
        (replaced([GOOD] * 3), "must be a list of 4 cameras' keypoints"),
        (replaced("text"), "must be a list of 4 cameras' keypoints"),
        (replaced([GOOD, GOOD, GOOD, "text"]), r"\[3\] must be an array of floating"),
        (replaced([GOOD.astype(int)] * 4), r"\[0\] must be an array of floating"),
        (replaced([GOOD[:, :16]] * 4), r"\[0\]: has shape \(40, 16, 2\).*\(frames, 17"),
        (
            replaced([GOOD, WITH_NAN, GOOD, GOOD]),
            r"\[1\]: holds keypoints that are NaN",
        ),
        (
            replaced([GOOD, GOOD * 1e30, GOOD, GOOD]),
            r"\[1\]: holds keypoints .* 1e\+06",
        ),
    ],
)
def test_keypoints_of_another_make_are_clear_errors(
    source, tmp_path, positions_2d, message
):
    path = sources.write_detections(tmp_path / "d.npz", positions_2d, 17, *H36M)
    with pytest.raises(UserError, match=message):
        human36m.read(source, detections=path)


def test_a_missing_file_is_named(source, tmp_path):
    with pytest.raises(UserError, match="none.npz: not found. --detections"):
        human36m.read(source, detections=tmp_path / "none.npz")


def test_humaneva_with_three_cameras_and_coco_keypoints_reads_alike(tmp_path):
    arrays = [numbered(12, 17, camera) for camera in range(3)]
    nested = {"Validate/S1": {"Walking 1 chunk0": arrays}}
    path = sources.write_detections(tmp_path / "d.npz", nested, 17, *COCO)
    found = community_files.read_detections(path, "humaneva_15")
    detected = found.of("Validate/S1", "Walking 1 chunk0", cameras=3)
    keypoints, confidence = community_files.fit(detected, 2, "humaneva_15", frames=10)
    assert keypoints.shape == (10, 15, 2) and confidence.shape == (10, 15)
    assert keypoints[4, 0].tolist() == [51.5, 2.0]  # Pelvis: between 11 and 12.
    assert keypoints[4, 4].tolist() == [49.0, 2.0]  # Left wrist: 9.
