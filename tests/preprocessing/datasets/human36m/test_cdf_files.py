"""CDF files: what their records promise is added up before cdflib reads them."""

import struct

import cdflib.cdfwrite
import numpy as np
import pytest

from dgnet_tf.errors import UserError
from preprocessing.datasets.human36m import cdf_files


def write(path, values, **options):
    """Writes `Pose` behind another variable, a record for each frame."""
    file = cdflib.cdfwrite.CDF(path, {"Majority": "column_major"})
    for name in ("Other", "Pose"):
        about = {
            "Variable": name,
            "Data_Type": file.CDF_DOUBLE,
            "Num_Elements": 1,
            "Rec_Vary": True,
            "Dim_Sizes": [values.shape[1]],
            **options,
        }
        file.write_var(about, var_data=values if name == "Pose" else -values)
    file.close()
    return path


@pytest.mark.parametrize("compression", [0, 6])
def test_a_variable_behind_another_is_read(tmp_path, compression):
    values = np.arange(12.0).reshape(4, 3)
    path = write(tmp_path / "a.cdf", values, Compress=compression)
    np.testing.assert_array_equal(cdf_files.read_variable(path, "Pose"), values)
    np.testing.assert_array_equal(cdf_files.read_variable(path, "other"), -values)


def test_blocks_that_inflate_beyond_the_bound_are_refused(tmp_path, monkeypatch):
    path = write(tmp_path / "a.cdf", np.zeros((300, 96)), Compress=9)
    assert path.stat().st_size < 20_000 < 300 * 96 * 8 / 2
    monkeypatch.setattr(cdf_files, "MAX_BYTES", 20_000)
    with pytest.raises(UserError, match="inflates to more than 20 kB"):
        cdf_files.read_variable(path, "Pose")


def test_an_index_that_leads_back_to_itself_is_refused(tmp_path):
    path = write(tmp_path / "a.cdf", np.ones((4, 3)))
    content = bytearray(path.read_bytes())
    start = content.index(struct.pack(">i", 6), content.index(b"Pose"))
    index = start - 8  # Its size, type, and the offset of the next one.
    struct.pack_into(">q", content, index + 12, index)
    path.write_bytes(content)
    with pytest.raises(UserError, match="promises more than 100000 entries"):
        cdf_files.read_variable(path, "Pose")


def test_sparse_records_are_refused(tmp_path):
    path = write(tmp_path / "a.cdf", np.ones((4, 3)))
    content = bytearray(path.read_bytes())
    # In front of the name: sparse records, eight numbers of 4 bytes and one of 8.
    struct.pack_into(">i", content, content.index(b"Pose") - 36, 1)
    path.write_bytes(content)
    with pytest.raises(UserError, match="its records are sparse"):
        cdf_files.read_variable(path, "Pose")


@pytest.mark.parametrize("compression", [0, 6])
def test_frames_that_the_file_does_not_hold_are_refused(tmp_path, compression):
    path = write(tmp_path / "a.cdf", np.ones((4, 3)), Compress=compression)
    content = bytearray(path.read_bytes())
    # Behind the name's 256 bytes: the number of dimensions, then their sizes.
    struct.pack_into(">i", content, content.index(b"Pose") + 260, 40_000)
    path.write_bytes(content)
    with pytest.raises(UserError, match="promises 160000 values in "):
        cdf_files.read_variable(path, "Pose")


def test_a_record_that_is_larger_than_the_file_is_refused(tmp_path):
    path = write(tmp_path / "a.cdf", np.ones((4, 3)), Compress=6)
    whole = path.read_bytes()
    # The second record, the variable's, and that of how it is compressed.
    variable = whole.index(b"Pose") - 84
    (parameters,) = struct.unpack_from(">q", whole, variable + 72)
    (first,) = struct.unpack_from(">q", whole, 8)
    for place in (8, 8 + first, variable, parameters):
        content = bytearray(whole)
        struct.pack_into(">q", content, place, 10**12)
        path.write_bytes(content)
        with pytest.raises(UserError, match="a record of 1000000000000 bytes|no byte"):
            cdf_files.read_variable(path, "Pose")
