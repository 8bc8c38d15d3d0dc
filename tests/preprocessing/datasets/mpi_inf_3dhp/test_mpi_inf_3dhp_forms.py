"""Damaged and other files in each of MPI-INF-3DHP's forms."""

import copy

import h5py
import numpy as np
import pytest
from support.datasets import mpi_inf_3dhp_files as files

from dgnet_tf.errors import UserError
from preprocessing.conversion.sequences import MissingSource
from preprocessing.datasets.mpi_inf_3dhp import mpi_inf_3dhp


def loaded(source, **options):
    return [
        view
        for recording in mpi_inf_3dhp.read(source, **options).recordings
        for view in recording.load()
    ]


def cut(path, size):
    path.write_bytes(path.read_bytes()[:size])


def without_last(name):
    return {name: files.annot_mat(3)[name][:-6]}


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"univ_annot3": None}, "has no variable 'univ_annot3'"),
        ({"cameras": None}, "has no variable 'cameras'"),
        ({"cameras": np.arange(1, 15)[None]}, "'cameras' must number .* hold 0 once"),
        ({"cameras": np.zeros(14)[None]}, "hold 0 once"),
        ({"cameras": np.zeros(100)[None]}, "hold 0 once"),
        ({"cameras": "fourteen"}, "'cameras' must hold numbers"),
        ({"annot2": np.zeros((3, 56))}, "'annot2' must hold one cell per camera"),
        (without_last("annot2"), "'annot2' of camera 8: must be an array"),
        ({"annot2": files.annot_mat(4)["annot2"]}, "4 frames of 'annot2' and 3 of"),
        ({"annot2": files.annot_mat(3)["annot3"]}, r"shape \(frames, 28, 2\), found"),
        ({"annot2": files.cells(["text"] * 14)}, "must be an array of"),
        ({"annot2": files.cells([np.zeros((0, 56))] * 14)}, "must have the shape"),
        ({"annot2": files.cells([np.full((3, 56), np.nan)] * 14)}, "3 of 3 valid"),
    ],
)
def test_training_annotations_of_another_layout_are_refused(tmp_path, changes, message):
    files.write_train(tmp_path, "S1/Seq1", 3, **changes)
    with pytest.raises(UserError, match=f"annot.mat.*{message}"):
        loaded(tmp_path)


def test_cells_are_taken_by_the_number_of_their_camera(tmp_path):
    order = np.roll(np.arange(14), 5)
    content = files.annot_mat(3)
    turned = {name: content[name][order] for name in ("annot2", "univ_annot3")}
    files.write_train(tmp_path / "a", "S1/Seq1", 3)
    files.write_train(tmp_path / "b", "S1/Seq1", 3, cameras=order[:, None], **turned)
    for one, other in zip(loaded(tmp_path / "a"), loaded(tmp_path / "b"), strict=True):
        assert one.camera == other.camera
        assert (one.positions == other.positions).all()
        assert (one.keypoints == other.keypoints).all()


@pytest.mark.parametrize("size", [0, 100, 130, 2000])
def test_a_truncated_annot_mat_is_refused(tmp_path, size):
    folder = files.write_train(tmp_path, "S1/Seq1", 3)
    cut(folder / "annot.mat", size)
    with pytest.raises(UserError, match="annot.mat"):
        loaded(tmp_path)


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"annot2": None}, "has no array 'annot2'"),
        ({"valid_frame": None}, "has no array 'valid_frame'"),
        ({"valid_frame": np.full((4, 1), 2.0)}, "must be marked by 0 and 1, found"),
        ({"valid_frame": np.full((4, 1), np.nan)}, "must be marked by 0 and 1"),
        ({"valid_frame": np.ones((5, 1))}, r"shape \(5, 17, 2\), found \(4, 17, 2\)"),
        ({"annot2": np.zeros((2, 17, 1, 4))}, "'annot2' must have the shape"),
        ({"annot2": np.zeros((4, 1, 16, 2))}, r"must have the shape \(4, 17, 2\)"),
        ({"annot2": np.zeros((4, 1, 17, 3))}, r"must have the shape \(4, 17, 2\)"),
        ({"annot2": np.zeros((0, 1, 17, 2))}, "must have 1 to 1000000 frames"),
        ({"univ_annot3": np.full((4, 1), b"x")}, "'univ_annot3' holds no numbers"),
        ({"univ_annot3": np.full((4, 1, 17, 3), np.inf)}, "3 of 3 valid frames"),
        ({"univ_annot3": h5py.Empty("f8")}, "'univ_annot3' holds no numbers"),
    ],
)
def test_test_annotations_of_another_layout_are_refused(tmp_path, changes, message):
    files.write_test(tmp_path, "TS1", 4, **changes)
    with pytest.raises(UserError, match=f"annot_data.mat.*{message}"):
        loaded(tmp_path)


def test_an_array_that_only_claims_to_be_huge_is_not_allocated(tmp_path):
    folder = files.write_test(tmp_path, "TS1", 4, annot2=None)
    with h5py.File(folder / "annot_data.mat", "r+") as file:
        shape, chunks = (10**11, 1, 17, 2), (64, 1, 17, 2)
        file.create_dataset("annot2", shape, "f8", chunks=chunks)
    with pytest.raises(UserError, match="must have 1 to 1000000 frames"):
        loaded(tmp_path)


@pytest.mark.parametrize("size", [0, 300, 600, 3000])
def test_a_truncated_annot_data_mat_is_refused(tmp_path, size):
    folder = files.write_test(tmp_path, "TS1", 4)
    cut(folder / "annot_data.mat", size)
    with pytest.raises(UserError, match="annot_data.mat: is not a readable MATLAB"):
        loaded(tmp_path)


TRAIN = files.train_dict({"S1 Seq1": (4, 0, 25)})
TEST = files.test_dict({"TS1": (4, 0)})


def changed(data, *path, to):
    data = copy.deepcopy(data)
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return data


@pytest.mark.parametrize(
    "data, message",
    [
        ([1, 2], "'data' must be a dict of sequences by name, found ndarray"),
        ({}, "'data' must be a dict"),
        ({3: 4}, "'data' must be a dict"),
        ({"walk": 4}, "'walk' is not a sequence of MPI-INF-3DHP"),
        ({"S1 Seq1": 4}, "'S1 Seq1' must be a list of a dict by camera"),
        ({"S1 Seq1": [{}, 25]}, "must be a list of a dict by camera"),
        ({"S11 Seq1": TRAIN["S1 Seq1"]}, "S11/Seq1 is not a sequence"),
        (changed(TRAIN, "S1 Seq1", 0, "3", to={}), "a dict by camera"),
        (changed(TRAIN, "S1 Seq1", 1, to="25"), "must be a positive number, found str"),
        (changed(TRAIN, "S1 Seq1", 1, to=np.nan), "must be a positive number"),
        (changed(TRAIN, "S1 Seq1", 0, "4", to=[]), "camera 4: .*'data_2d' is missing"),
        (
            changed(TRAIN, "S1 Seq1", 0, "4", "data_3d", to=np.zeros((5, 17, 3))),
            r"camera 4, 'data_3d': must have the shape \(4, 17, 3\), found \(5",
        ),
        (
            changed(TRAIN, "S1 Seq1", 0, "4", "data_2d", to=np.zeros((4, 28, 2))),
            r"camera 4, 'data_2d': must have the shape \(frames, 17, 2\)",
        ),
        (changed(TEST, "TS1", to=[]), "'TS1': must be a dict with"),
        (changed(TEST, "TS1", to={"data_2d": 1}), "'data_3d' is missing"),
        (changed(TEST, "TS1", "valid", to=np.ones(3)), "'valid' has 3 values for 4"),
        (changed(TEST, "TS1", "valid", to=np.full(4, 2)), "marked by 0 and 1, found"),
        (changed(TEST, "TS1", "valid", to=list("abcd")), "marked by 0 and 1"),
        (changed(TEST, "TS1", "data_2d", to=None), "must be an array of"),
    ],
)
def test_packed_files_of_another_layout_are_refused(tmp_path, data, message):
    path = files.write_npz(tmp_path / "data_train_3dhp.npz", data)
    with pytest.raises(UserError, match=f"data_train_3dhp.npz.*{message}"):
        loaded(path)


def test_a_packed_file_with_some_cameras_gives_those(tmp_path):
    data = copy.deepcopy(TRAIN)
    for camera in ("1", "2", "4", "5", "6", "7"):
        del data["S1 Seq1"][0][camera]
    path = files.write_npz(tmp_path / "data_train_3dhp.npz", data)
    assert [view.camera for view in loaded(path)] == ["camera_0", "camera_8"]


def test_an_empty_folder_is_a_missing_source(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(MissingSource, match="must hold S1/Seq1/annot.mat, TS1/"):
            mpi_inf_3dhp.read(path)


def test_unknown_sequences_are_refused(tmp_path):
    files.write_train(tmp_path, "S9/Seq1", 3)
    with pytest.raises(UserError, match="S9/Seq1 is not a sequence of MPI-INF-3DHP"):
        mpi_inf_3dhp.read(tmp_path)


def test_rows_beyond_the_videos_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setitem(mpi_inf_3dhp._TRAIN, ("S1", "Seq1"), (5, 25.0))
    files.write_train(tmp_path, "S1/Seq1", 8)
    assert {len(view.positions) for view in loaded(tmp_path)} == {5}
