import struct
import zlib

import numpy as np
import pytest
import scipy.io
from support.hostile.mat_elements import element, variable, written

from dgnet_tf.errors import UserError
from dgnet_tf.files import mat_files


def save(path, compressed=False, **variables):
    with open(path, "wb") as file:
        scipy.io.savemat(file, variables, do_compression=compressed)
    return path


def cells(*values):
    array = np.empty((1, len(values)), object)
    for index, value in enumerate(values):
        array[0, index] = value
    return array


VALUES = {
    "double": np.array([[1.5, -2.0], [3.0, 1e300]]),
    "single": np.array([[0.25, 7.0]], np.float32),
    "bytes": np.array([[0, 255]], np.uint8),
    "large": np.array([[2**62]], np.int64),
    "axes": np.arange(24.0).reshape(2, 3, 4),
    "empty": np.zeros((0, 3)),
}


@pytest.mark.parametrize("compressed", [False, True])
def test_arrays_come_back_as_they_were_saved(tmp_path, compressed):
    path = save(tmp_path / "a.mat", compressed, **VALUES)
    found = mat_files.read(path, list(VALUES))
    for name, value in VALUES.items():
        assert found[name].dtype == value.dtype
        np.testing.assert_array_equal(found[name], value)


def test_cells_and_texts_come_back_as_they_were_saved(tmp_path):
    content = cells(np.eye(2), "squat", cells(np.ones((1, 3))), "")
    path = save(tmp_path / "a.mat", cell=content, text="right", rows=["ab", "cd"])
    found = mat_files.read(path, ["cell", "text", "rows"])
    assert found["cell"].shape == (1, 4)
    np.testing.assert_array_equal(found["cell"][0, 0], np.eye(2))
    assert found["cell"][0, 1] == "squat" and found["cell"][0, 3] == ""
    np.testing.assert_array_equal(found["cell"][0, 2][0, 0], [[1, 1, 1]])
    assert found["text"] == "right" and found["rows"] == "ab\ncd"


def test_whole_numbers_that_matlab_packs_into_bytes_are_doubles(tmp_path):
    # Class double, stored as uint8, three bytes within the element's tag.
    packed = struct.pack("<I", 3 << 16 | 2) + bytes([7, 8, 9, 0])
    path = written(tmp_path / "a.mat", variable(b"x", 6, (3, 1), packed))
    found = mat_files.read(path, ["x"])["x"]
    assert found.dtype == np.float64 and found.tolist() == [[7.0], [8.0], [9.0]]


def test_files_of_big_endian_machines_are_read(tmp_path):
    values = element(9, struct.pack(">2d", 1.5, -3.0), ">")
    path = written(
        tmp_path / "a.mat", variable(b"x", 6, (1, 2), values, ">"), order=">"
    )
    assert mat_files.read(path, ["x"])["x"].tolist() == [[1.5, -3.0]]


def test_variables_that_nobody_asks_for_may_be_of_any_kind(tmp_path):
    path = save(tmp_path / "a.mat", s={"a": 1.0}, z=np.array([[1j]]), x=np.ones((1, 1)))
    assert mat_files.read(path, ["x"])["x"].tolist() == [[1.0]]
    for name in ("s", "z"):
        with pytest.raises(UserError, match="complex, or of class [26]"):
            mat_files.read(path, [name])
    with pytest.raises(UserError, match=r"no variable 'y', only \['s', 'x', 'z'\]"):
        mat_files.read(path, ["y"])


def doubles(count):
    return element(9, bytes(8 * count))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (variable(b"x", 6, (2, 2), doubles(3)), r"shape \(2, 2\) has 3 values"),
        (variable(b"x", 6, (2, -2), doubles(3)), r"has the shape \(2, -2\)"),
        (variable(b"x", 6, (2,), doubles(2)), "wrong size"),
        (variable(b"x", 6, (1, 1), element(9, bytes(7))), "buffer size"),
        # With this type SciPy 1.17 reads at an address that is not its own.
        (variable(b"x", 6, (1, 1), element(0, bytes(8))), "of no known type"),
        (variable(b"x", 6, (1, 1), b""), "missing or of no known type"),
        (variable(b"x", 8, (1, 1), doubles(1)), "integers holds others"),
        (variable(b"x", 4, (1, 1), doubles(1)), "characters that do not exist"),
        (variable(b"x", 1, (2**30, 1), b""), "has 0 bytes"),
        (variable(b"x", 1, (1, 1), doubles(1)), "type 9 stands for a cell"),
        (variable(b"x", 6, (1, 1), doubles(1))[:-8], "ends within an element"),
        (variable(b"x", 6, (1, 1), doubles(1))[:5], "ends within an element"),
        (element(14, element(6, bytes(8))), "lacks its class, dimensions or name"),
        (element(9, bytes(8)), "type 9 stands for a variable"),
        (struct.pack("<II", 15, 4) + b"junk", "cannot be read"),
        (struct.pack("<II", 15, 10) + zlib.compress(bytes(99))[:10], "cannot be read"),
    ],
)
def test_damaged_files_are_clear_errors(tmp_path, content, message):
    path = written(tmp_path / "a.mat", content)
    with pytest.raises(UserError, match=f"a.mat: .*{message}"):
        mat_files.read(path, ["x"])


def test_files_of_other_kinds_are_clear_errors(tmp_path):
    path = tmp_path / "a.mat"
    with pytest.raises(UserError, match="a.mat: not found"):
        mat_files.read(path, ["x"])
    path.write_bytes(b"MATLAB 7.3".ljust(124) + b"\x00\x02IM" + bytes(500))
    with pytest.raises(UserError, match="version 7.3. Save it with '-v7'"):
        mat_files.read(path, ["x"])
    path.write_bytes(b"text")
    with pytest.raises(UserError, match="no MATLAB file of version 5"):
        mat_files.read(path, ["x"])
    save(path, compressed=True, x=np.zeros((1000, 1000)))
    with pytest.raises(UserError, match="would become more than the 1 MB"):
        mat_files.read(path, ["x"], max_bytes=1_000_000)
    with pytest.raises(UserError, match="is larger than 0 MB"):
        mat_files.read(path, ["x"], max_bytes=1000)
