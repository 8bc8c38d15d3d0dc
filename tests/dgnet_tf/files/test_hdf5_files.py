import h5py
import numpy as np
import pytest

from dgnet_tf.files import hdf5_files

NUMBERS = np.arange(12.0, dtype=np.float32).reshape(3, 4)


@pytest.fixture
def file(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as made:
        yield made


def test_numbers_and_shapes_come_back(file):
    file["a"], file["inside/b"], file["inside/deep/c"] = NUMBERS, np.int8(3), []
    file.create_dataset("packed", data=NUMBERS, chunks=(2, 2), compression="gzip")
    np.testing.assert_array_equal(hdf5_files.read(file, "a", 96), NUMBERS)
    np.testing.assert_array_equal(hdf5_files.read(file, "packed", 96), NUMBERS)
    assert hdf5_files.shapes(file) == {
        "a": (3, 4), "packed": (3, 4), "inside/b": (), "inside/deep/c": (0,)
    }  # fmt: skip


def external(file):
    values = [("/etc/passwd", 0, 48)]
    file.create_dataset("x", (3, 4), "f4", external=values)


def virtual(file):
    layout = h5py.VirtualLayout((3, 4), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "x", (3, 4))
    file.create_virtual_dataset("x", layout)


def link(target):
    def make(file):
        file["x"] = target

    return make


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (external, "has its values in another file"),
        (virtual, "has its values in another file"),
        (link(h5py.ExternalLink("other.h5", "/x")), "a link to another place or file"),
        (link(h5py.SoftLink("/y")), "a link to another place or file"),
        (link(["text"]), "holds no numbers"),
        (link(h5py.Empty("f4")), "holds no numbers"),
        (
            lambda file: file.create_dataset("x", (1, 1), "f8", chunks=(1, 1 << 22)
                                             , maxshape=(1, None)),
            "stored in chunks",
        ),
    ],
)  # fmt: skip
def test_what_points_elsewhere_or_is_no_number_is_refused(file, make, reason):
    make(file)
    with pytest.raises(ValueError, match=reason):
        hdf5_files.read(file, "x", 1000)
    with pytest.raises(ValueError, match=reason):
        hdf5_files.shapes(file)


def test_numbers_that_are_promised_but_not_there_are_not_made(file):
    file.create_dataset("x", (10**9, 10**6), "i1", chunks=(1000, 1000))
    with pytest.raises(ValueError, match="would become more than the 17 MB"):
        hdf5_files.read(file, "x", 1 << 30)


def test_groups_without_end_are_refused(file):
    file["loop"] = file["/"]
    with pytest.raises(ValueError, match="too many groups, or they are too deep"):
        hdf5_files.shapes(file)
    with pytest.raises(KeyError):
        hdf5_files.read(file, "loop", 1000)
