import numpy as np
import pytest
from support.datasets import mpi_inf_3dhp_files as files

from dgnet_tf.errors import UserError
from preprocessing.datasets.mpi_inf_3dhp import skeletool

SIZE = (2048, 2048)


def write(tmp_path, text):
    path = tmp_path / "camera.calibration"
    path.write_text(text)
    return path


def test_intrinsics_are_found_by_camera_and_name(tmp_path):
    path = write(tmp_path, files.calibration())
    found = skeletool.read_intrinsics(path, (0, 8), SIZE)
    assert found[0].tolist() == [1497.5, 1496.25, 1024.75, 1050.5, 0, 0, 0, 0, 0]
    assert found[8].tolist() == [1505.5, 1496.25, 1024.75, 1042.5, 0, 0, 0, 0, 0]


def test_the_order_of_cameras_and_of_lines_does_not_matter(tmp_path):
    title, *lines = files.calibration().splitlines()
    blocks = [lines[start : start + 7] for start in range(0, len(lines), 7)]
    turned = [title]
    for name, *rest in reversed(blocks):
        turned += [name, *reversed(rest), "", "  lens  unknown"]
    straight = skeletool.read_intrinsics(
        write(tmp_path, files.calibration()), (4,), SIZE
    )
    other = skeletool.read_intrinsics(write(tmp_path, "\n".join(turned)), (4,), SIZE)
    np.testing.assert_array_equal(straight[4], other[4])


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("Skeletool", "Skeleton", "does not start with 'Skeletool Camera Calibration"),
        ("name          5", "name 50", "has no camera 5, only"),
        ("name          5", "name five", "field 'name', is not in numbers: 'name five"),
        ("size        2048", "size 1024", r"images of \[1024.0, 2048.0\] pixels"),
        ("size        2048", "size", "field 'size' must be 2 finite numbers, found 1"),
        ("intrinsic   1497.5", "intrinsic   nan", "'intrinsic' must be 16 finite"),
        ("intrinsic   1497.5", "intrinsic   -1", "two positive focal lengths"),
        ("intrinsic   1497.5 0", "intrinsic   1497.5 3", "and no skew"),
        ("intrinsic   1497.5", "intrinsic   1e300", "two positive focal lengths"),
        ("intrinsic", "extrinsic", "'intrinsic' must be 16 finite numbers, found 0"),
        ("radial      0", "radial 0.1", "has lens distortion"),
        ("radial", "frontal", "field 'radial' must be 1"),
    ],
)
def test_other_files_are_refused(tmp_path, old, new, message):
    path = write(tmp_path, files.calibration().replace(old, new, 1))
    with pytest.raises(UserError, match=message):
        skeletool.read_intrinsics(path, (0, 5), SIZE)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "camera.calibration"
    path.write_bytes(b"Skeletool Camera Calibration File V1.0\nname \xff\n")
    with pytest.raises(UserError, match="cannot be read as text"):
        skeletool.read_intrinsics(path, (0,), SIZE)
