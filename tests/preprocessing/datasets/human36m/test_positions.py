import gzip
import struct
import time
import zlib

import cdflib.cdfwrite
import h5py
import numpy as np
import pytest
import scipy.io
from support.datasets import human36m_sources as sources
from support.hostile.mat_elements import element, variable, written

from dgnet_tf.errors import UserError
from preprocessing.conversion.sequences import MissingSource
from preprocessing.datasets.human36m import cdf_files, positions

MM = sources.millimetres("S5", "Eating", 9)
METRES = (MM / 1000.0).astype(np.float32)


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("one_record", [True, False])
def test_cdf_files_may_be_compressed_and_have_a_record_for_each_frame(
    tmp_path, one_record, compressed
):
    path = tmp_path / "Eating.cdf"
    sources.write_cdf(path, MM, one_record, compressed)
    np.testing.assert_array_equal(positions.read_sequence(path, "cdf"), METRES)


def test_single_precision_gives_the_same_as_a_division_in_single_precision(tmp_path):
    path = tmp_path / "Eating.cdf"
    mm = MM.astype(np.float32)
    file = cdflib.cdfwrite.CDF(path)
    spec = {"Variable": "Pose", "Data_Type": 44, "Num_Elements": 1}  # CDF_FLOAT
    file.write_var(
        {**spec, "Rec_Vary": True, "Dim_Sizes": [96]}, var_data=mm.reshape(-1, 96)
    )
    file.close()
    read = positions.read_sequence(path, "cdf")
    np.testing.assert_array_equal(read, mm / np.float32(1000))


def test_matlab_files_may_be_compressed(tmp_path):
    path = tmp_path / "Eating.cdf.mat"
    sources.write_mat(path, MM, compressed=True)
    np.testing.assert_array_equal(positions.read_sequence(path, "mat"), METRES)


def test_all_joints_keep_their_places(tmp_path):
    mm = np.arange(2 * 96, dtype=float).reshape(2, 32, 3)
    for form, write in (
        ("cdf", sources.write_cdf),
        ("mat", sources.write_mat),
        ("h5", sources.write_h5),
    ):
        write(tmp_path / "file.cdf", mm)
        metres = positions.read_sequence(tmp_path / "file.cdf", form)
        (tmp_path / "file.cdf").unlink()
        assert metres[1, 2].tolist() == np.float32([0.102, 0.103, 0.104]).tolist()


def test_the_original_is_preferred_where_several_forms_are_there(tmp_path):
    for form in ("npz", "h5", "mat", "cdf"):
        sources.write(tmp_path, form)
        found = positions.find(tmp_path, ("S1", "S8", "S9", "S11"))
        suffix = {"npz": ".npz", "h5": ".h5", "mat": ".cdf.mat", "cdf": ".cdf"}[form]
        assert all(path.name.endswith(suffix) for path in found.files)
        assert ("S1", "TakingPhoto 1") in found.positions


def test_an_empty_folder_is_a_missing_source(tmp_path):
    (tmp_path / "S1" / "MyPoseFeatures" / "D3_Positions").mkdir(parents=True)
    with pytest.raises(MissingSource, match="holds no Human3.6M"):
        positions.find(tmp_path, ("S1",))


def bad(shape=(9, 96), value=None, dtype=float):
    array = np.ones(shape, dtype)
    if value is not None:
        array[0, 5] = value
    return array


def read_mat(path, values, name="data"):
    cell = np.empty((1, 1), object)
    cell[0, 0] = values
    with open(path, "wb") as file:
        scipy.io.savemat(file, {name: cell})
    return positions.read_sequence(path, "mat")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (bad((9, 51)), r"shape \(9, 51\); expected \(frames, 96\)"),
        (bad((0, 96)), "has no frames"),
        (bad(dtype=int), "positions are int64, not millimetres"),
        (bad(dtype=complex), "an array is complex"),
        (bad(value=np.nan), "1 of 9 frames hold NaN"),
        (bad(value=-np.inf), "1 of 9 frames hold NaN or infinite"),
        (
            bad(value=2e6),
            "a joint is 2e[+]03 m from the origin. .* millimetres, except",
        ),
        (bad(value=1e300), "has positions 1e[+]297 m away"),
        (bad((100_001, 96), dtype=np.float32), "100001 frames are too many"),
        ("text", "shape .*expected"),
        ({"a": 1.0}, "class 2, which is not read"),
        (np.zeros((2, 2), object), "shape .*expected"),
    ],
)
def test_values_that_are_no_positions_are_clear_errors(tmp_path, values, message):
    with pytest.raises(UserError, match=f"Eating.cdf.mat: .*{message}"):
        read_mat(tmp_path / "Eating.cdf.mat", values)


def npz(path, value):
    sources.community_files.write(path, positions_3d=value)
    return positions.read_npz(path, ("S1",))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.zeros((3, 32, 3)), "positions_3d must be a dict"),
        ({1: {}}, "positions_3d: its keys must be names, one is 1"),
        ({"S1": [METRES]}, r"positions_3d\['S1'\] must be a dict"),
        (
            {"S1": {"Eating": "text"}},
            r"\['S1'\]\['Eating'\]: is str; positions must be",
        ),
        ({"S1": {"Eating": METRES[:, :17]}}, r"shape \(9, 17, 3\).*\(frames, 32, 3\)"),
        ({"S1": {"Eating": METRES * np.float32(np.nan)}}, "9 of 9 frames hold NaN"),
        ({"S1": {"Eating": MM}}, "a joint is .*the .npz, which holds metres"),
    ],
)
def test_npz_files_of_another_make_are_clear_errors(tmp_path, value, message):
    with pytest.raises(UserError, match=f"data_3d_h36m.npz: .*{message}"):
        npz(tmp_path / "data_3d_h36m.npz", value)


def test_an_npz_in_double_precision_gives_single(tmp_path):
    found = npz(tmp_path / "a.npz", {"S1": {"Eating": MM / 1000.0}, "S2": "unread"})
    np.testing.assert_array_equal(found["S1", "Eating"], METRES)
    assert list(found) == [("S1", "Eating")]


def test_other_content_is_named(tmp_path):
    with pytest.raises(UserError, match="has no variable 'data', only .*other"):
        read_mat(tmp_path / "a.cdf.mat", MM, name="other")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["2D_positions"] = np.zeros((64, 5))
    with pytest.raises(UserError, match="a.h5: .*3D_positions"):
        positions.read_sequence(tmp_path / "a.h5", "h5")
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file.create_dataset("3D_positions", (96, 10**12), "f8", chunks=(96, 100))
    with pytest.raises(UserError, match="would become more than the 17 MB"):
        positions.read_sequence(tmp_path / "b.h5", "h5")
    (tmp_path / "v73.cdf.mat").write_bytes(_matlab_73())
    with pytest.raises(UserError, match="version 7.3. Save it with '-v7'"):
        positions.read_sequence(tmp_path / "v73.cdf.mat", "mat")
    file = cdflib.cdfwrite.CDF(tmp_path / "a.cdf")
    file.close()
    with pytest.raises(UserError, match="a.cdf: variable 'Pose' cannot be read"):
        positions.read_sequence(tmp_path / "a.cdf", "cdf")


def _matlab_73():
    return b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + b"\x89HDF" + bytes(600)


def test_a_large_file_is_not_read(tmp_path):
    path = tmp_path / "a.h5"
    with open(path, "wb") as file:
        file.truncate(cdf_files.MAX_BYTES + 1)
    for form in ("cdf", "mat", "h5"):
        with pytest.raises(UserError, match="a.h5: is too large"):
            positions.read_sequence(path, form)


def test_files_that_inflate_without_end_are_refused(tmp_path):
    zeros = bytes(40 << 20)
    packed = zlib.compress(
        variable(b"data", 6, (len(zeros) // 8, 1), element(9, zeros))
    )
    written(tmp_path / "a.cdf.mat", struct.pack("<II", 15, len(packed)) + packed)
    with pytest.raises(UserError, match="would become more than the 17 MB"):
        positions.read_sequence(tmp_path / "a.cdf.mat", "mat")
    packed = gzip.compress(zeros)
    # A compressed CDF: magic, then its one record, then how it is compressed.
    record = struct.pack(
        ">qiqqi", 32 + len(packed), 10, 40 + len(packed), len(zeros), 0
    )
    cdf = b"\xcd\xf3\x00\x01\xcc\xcc\x00\x01" + record + packed
    cdf += struct.pack(">qiiiii", 28, 11, 5, 0, 1, 6)
    (tmp_path / "a.cdf").write_bytes(cdf)
    with pytest.raises(UserError, match="inflates to more than 17 MB"):
        positions.read_sequence(tmp_path / "a.cdf", "cdf")


def test_a_cdf_header_that_promises_billions_is_refused_at_once(tmp_path):
    path = tmp_path / "a.cdf"
    sources.write_cdf(path, MM, one_record=False)
    content = path.read_bytes()
    promised, begin = 0, time.monotonic()
    for offset in range(8, 1000):
        damaged = bytearray(content)
        damaged[offset] = 0x7F
        path.write_bytes(damaged)
        try:
            positions.read_sequence(path, "cdf")
        except UserError as error:
            promised += "promises" in str(error)
    assert promised >= 3  # Variables, frames and entries of an index.
    assert time.monotonic() - begin < 20
