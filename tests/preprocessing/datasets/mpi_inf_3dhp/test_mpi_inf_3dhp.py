import dataclasses
import hashlib

import numpy as np
import pytest
from support.datasets import mpi_inf_3dhp_files as files

from dgnet_tf import cameras
from dgnet_tf.data import manifest, views
from dgnet_tf.data import windows as reading
from dgnet_tf.errors import UserError
from preprocessing.conversion import pipeline
from preprocessing.datasets.mpi_inf_3dhp import mpi_inf_3dhp

# Of the 17 joints, their places among human36m_17's, as the field lists them.
TO_HUMAN36M = [14, 8, 9, 10, 11, 12, 13, 15, 1, 16, 0, 5, 6, 7, 2, 3, 4]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Three training sequences at two rates, two test sequences; original files."""
    root = tmp_path_factory.mktemp("3dhp")
    files.write_train(root, "S1/Seq1", 12, seed=1)
    files.write_train(root, "S1/Seq2", 11, seed=2)
    files.write_train(root, "S2/Seq1", 9, seed=3)
    files.write_test(root, "mpi_inf_3dhp_test_set/TS1", 10, seed=4)
    files.write_test(root, "mpi_inf_3dhp_test_set/TS6", 7, seed=5)
    return root


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """The same as P-STMO's two files."""
    root = tmp_path_factory.mktemp("p-stmo")
    train = {"S1 Seq1": (12, 1, 25), "S1 Seq2": (11, 2, 50), "S2 Seq1": (9, 3, 25)}
    files.write_npz(root / "data_train_3dhp.npz", files.train_dict(train))
    test = {"TS1": (10, 4), "TS6": (7, 5)}
    files.write_npz(root / "data_test_3dhp.npz", files.test_dict(test))
    return root


def convert(source, output, lines=None, **options):
    dataset = mpi_inf_3dhp.read(source, **options)
    show = (lambda line: None) if lines is None else lines.append
    pipeline.convert(dataset, output, record_frames=8, record_overlap=3, show=show)
    return output


def findings(lines):
    """Returns the lines but those that miss the rest of the data set."""
    return [line for line in lines if "the full set has" not in line]


def by_name(folder, split="test", **options):
    return {
        "/".join((view.subject, view.action, view.take, view.camera)): view
        for view in views.load_views(folder, split, **options)
    }


def loaded(source, **options):
    return [
        view
        for recording in mpi_inf_3dhp.read(source, **options).recordings
        for view in recording.load()
    ]


def test_a_known_point_is_where_its_camera_and_frame_say(source, tmp_path):
    folder = convert(source, tmp_path / "out")
    found = by_name(folder, "train") | by_name(folder, "validation")
    assert len(found) == 24 and not any("camera_3" in name for name in found)
    for camera in files.USED:
        view = found[f"S1/studio_green_screen/Seq2/camera_{camera}"]
        annot2, _, universal = files.annotations(11, camera, seed=2)
        for frame in (0, 7, 10):
            # The right wrist: joint 4 of the 17, 16 of the 28.
            np.testing.assert_allclose(
                view.positions[frame, 4], universal[frame, 16] / 1000, atol=1e-6
            )
            np.testing.assert_allclose(
                view.keypoints[frame, 4], annot2[frame, 16], atol=2e-4
            )
        assert view.fps == 50.0 and view.valid.all() and (view.confidence == 1).all()
        assert view.image_size.tolist() == [2048, 2048]


def test_the_test_set_reads_back_through_windows(source, tmp_path):
    folder = convert(source, tmp_path / "out")
    data = reading.load_windows(folder, "test", frames=1, batch_size=1)
    # In order: valid frames of TS1, then those of TS6.
    expected = [("TS1", 4, 2048, 2048, frame) for frame in (0, 1, 3, 4, 6, 7, 9)]
    expected += [("TS6", 5, 1920, 1080, frame) for frame in (0, 1, 3, 4, 6)]
    batches = list(data.as_numpy_iterator())
    assert len(batches) == len(expected)
    for (inputs, targets), (name, seed, width, height, frame) in zip(
        batches, expected, strict=True
    ):
        camera = files.camera_of(name)
        annot2, _, universal = files.annotations(10, camera, seed)
        pixels = cameras.unnormalize_screen(
            inputs[0, 0].astype(np.float64), np.array([width, height], np.float64)
        )
        np.testing.assert_allclose(pixels, annot2[frame, files.RELEVANT], atol=0.01)
        pose = (universal[frame] - universal[frame, 4])[files.RELEVANT] / 1000
        np.testing.assert_allclose(targets["pose"][0, 0], pose, atol=1e-4)


def test_people_settings_sizes_and_rates_are_the_data_sets(source, tmp_path):
    folder = convert(source, tmp_path / "out")
    content = manifest.read(folder)
    assert content.splits["train"].subjects == ("S1",)
    assert content.splits["validation"].subjects == ("S2",)
    assert content.splits["test"].subjects == ("TS1", "TS6")
    assert (content.fps, content.skeleton) == (25.0, "mpi_inf_3dhp_17")
    assert content.options == {"annotation": "univ_annot3", "fps": None}
    path = source / "S1" / "Seq2" / "annot.mat"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert content.sources["S1/Seq2/annot.mat"] == digest
    assert "mpi_inf_3dhp_test_set/TS6/annot_data.mat" in content.sources
    test = by_name(folder)
    assert list(test) == [
        "TS1/studio_green_screen/TS1/camera",
        "TS6/outdoor/TS6/camera",
    ]
    outdoor = test["TS6/outdoor/TS6/camera"]
    assert outdoor.image_size.tolist() == [1920, 1080] and outdoor.fps == 25.0
    rates = {view.take: view.fps for view in by_name(folder, "train").values()}
    assert rates == {"Seq1": 25.0, "Seq2": 50.0}


def test_both_roads_to_the_same_data_give_the_same_bytes(source, packed):
    original, community = loaded(source), loaded(packed)
    assert len(original) == len(community) == 26
    for one, other in zip(original, community, strict=True):
        for field in dataclasses.fields(views.View):
            left, right = getattr(one, field.name), getattr(other, field.name)
            if isinstance(left, np.ndarray):
                assert left.dtype == right.dtype
                assert left.tobytes() == right.tobytes(), field.name
            else:
                assert left == right


def test_both_roads_give_the_same_shards(source, packed, tmp_path):
    contents = [
        manifest.read(convert(path, tmp_path / name))
        for name, path in (("original", source), ("community", packed))
    ]
    assert contents[0].splits == contents[1].splits


def test_the_parts_are_found_alone_and_together(source, packed, tmp_path):
    def names(path, **options):
        read = mpi_inf_3dhp.read(path, **options)
        return [(r.subject, r.take) for r in read.recordings]

    train = [("S1", "Seq1"), ("S1", "Seq2"), ("S2", "Seq1")]
    test = [("TS1", "TS1"), ("TS6", "TS6")]
    assert names(source) == names(packed) == train + test
    assert names(packed / "data_train_3dhp.npz") == train
    assert names(packed / "data_test_3dhp.npz") == test
    assert names(source / "mpi_inf_3dhp_test_set") == test
    # Original test files beside P-STMO's training file.
    files.write_test(tmp_path, "TS3", 4)
    files.write_npz(
        tmp_path / "data_train_3dhp.npz", files.train_dict({"S8 Seq2": (5, 0, 25)})
    )
    mixed = mpi_inf_3dhp.read(tmp_path)
    assert [r.subject for r in mixed.recordings] == ["TS3", "S8"]
    assert set(mixed.sources) == {"TS3/annot_data.mat", "data_train_3dhp.npz"}
    assert mixed.test_subjects == ("TS3",)


def test_original_files_go_before_packed_ones(tmp_path):
    files.write_test(tmp_path, "TS1", 4)
    files.write_npz(tmp_path / "data_test_3dhp.npz", files.test_dict({"TS2": (5, 0)}))
    read = mpi_inf_3dhp.read(tmp_path)
    assert [r.subject for r in read.recordings] == ["TS1"]


def test_annot3_keeps_true_size_and_its_cameras(source, tmp_path):
    lines = []
    folder = convert(source, tmp_path / "out", lines, annotation="annot3")
    view = by_name(folder, "validation")["S2/studio_green_screen/Seq1/camera_5"]
    _, positions, _ = files.annotations(9, 5, seed=3)
    np.testing.assert_allclose(
        view.positions, positions[:, files.RELEVANT] / 1000, atol=1e-6
    )
    matrix = files.intrinsic(5)
    expected = [matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2], 0, 0, 0, 0, 0]
    np.testing.assert_allclose(view.intrinsics, expected)
    projected = cameras.project(view.positions.astype(float), view.intrinsics)
    np.testing.assert_allclose(projected, view.keypoints, atol=0.01)
    assert all(line.startswith("ok: ") for line in findings(lines)), lines
    assert "S2/Seq1/camera.calibration" in manifest.read(folder).sources


def test_no_camera_is_claimed_for_poses_that_none_projects(source, tmp_path):
    # univ_annot3 is scaled about the person; the test cameras are not calibrated.
    lines = []
    folder = convert(source, tmp_path / "out", lines)
    for split in ("train", "validation", "test"):
        for view in views.load_views(folder, split):
            assert (view.intrinsics == 0).all()
    assert all(line.startswith("ok: ") for line in findings(lines)), lines
    (test,) = [
        view for view in loaded(source, annotation="annot3") if view.take == "TS1"
    ]
    assert (test.intrinsics == 0).all()


def test_a_missing_calibration_leaves_intrinsics_unknown(tmp_path):
    folder = files.write_train(tmp_path, "S1/Seq1", 3)
    (folder / "camera.calibration").unlink()
    for view in loaded(tmp_path, annotation="annot3"):
        assert (view.intrinsics == 0).all()


def test_human36m_joints_are_a_permutation(source):
    own, other = loaded(source), loaded(source, skeleton="human36m_17")
    for one, another in zip(own, other, strict=True):
        assert (another.positions == one.positions[:, TO_HUMAN36M]).all()
        assert (another.keypoints == one.keypoints[:, TO_HUMAN36M]).all()


def test_human36m_records_have_that_skeleton(source, tmp_path):
    lines = []
    folder = convert(source, tmp_path / "out", lines, skeleton="human36m_17")
    assert manifest.read(folder).skeleton == "human36m_17"
    assert all(line.startswith("ok: ") for line in findings(lines)), lines


def test_one_frame_rate_takes_every_other_frame_of_the_faster(source, tmp_path):
    folder = convert(source, tmp_path / "out", fps=25.0)
    full = {(v.subject, v.take, v.camera): v for v in loaded(source)}
    for view in by_name(folder, "train").values():
        step = {"Seq1": 1, "Seq2": 2}[view.take]
        original = full[view.subject, view.take, view.camera]
        assert view.fps == 25.0
        assert (view.positions == original.positions[::step]).all()
        assert (view.keypoints == original.keypoints[::step]).all()
    assert manifest.read(folder).options["fps"] == 25.0


@pytest.mark.parametrize("fps", [50.0, 20.0, 24.0])
def test_a_rate_that_is_no_whole_part_is_refused(source, fps):
    with pytest.raises(UserError, match=f"S1/Seq1 has 25 frames.*from which {fps:g}"):
        mpi_inf_3dhp.read(source, fps=fps)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"annotation": "annot2"}, "`annotation` must be univ_annot3 or annot3"),
        ({"skeleton": "humaneva_15"}, "`skeleton` must be mpi_inf_3dhp_17 or human"),
        ({"fps": 0.0}, "`fps` must be at least 1"),
        ({"fps": float("nan")}, "`fps` must be at least 1"),
    ],
)
def test_wrong_arguments_are_refused_by_name(source, options, message):
    with pytest.raises(ValueError, match=message):
        mpi_inf_3dhp.read(source, **options)


def test_packed_files_hold_no_annot3(packed):
    with pytest.raises(UserError, match="data_train_3dhp.npz: P-STMO's files hold"):
        mpi_inf_3dhp.read(packed, annotation="annot3")


def test_the_known_numbers_of_frames_are_the_whole_data_sets(source, tmp_path):
    train = tuple(f"S{number}" for number in range(1, 9))
    test = tuple(f"TS{number}" for number in range(1, 7))
    whole = mpi_inf_3dhp.read(source).expected_frames
    assert whole == {train: 1_052_736, test: 2929}
    # Every other frame of the five sequences at 50, all of the others.
    halved = mpi_inf_3dhp.read(source, fps=25.0).expected_frames
    assert halved == {train: 8 * (69_259 + 31_167), test: 2929}
    alone = mpi_inf_3dhp.read(source / "mpi_inf_3dhp_test_set").expected_frames
    assert alone == {test: 2929}
    thinned = mpi_inf_3dhp.read(source / "mpi_inf_3dhp_test_set", fps=5.0)
    assert thinned.expected_frames == {}


def test_missing_valid_frames_are_told(source, tmp_path):
    lines = []
    convert(source / "mpi_inf_3dhp_test_set", tmp_path / "out", lines)
    (line,) = [line for line in lines if line.startswith("warning")]
    assert "TS6: 12 frames with ground truth, the full set has 2,929" in line
