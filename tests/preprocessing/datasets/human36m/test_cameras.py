import math

import numpy as np
import pytest
from support.datasets import human36m_sources as sources

from dgnet_tf.errors import UserError
from preprocessing.datasets.human36m import cameras

PEOPLE = ("S1", "S5", "S6", "S7", "S8", "S9", "S11")


def test_each_person_and_camera_gets_its_own_numbers(tmp_path):
    # Numbers that name their index: extrinsics 0 to 263, intrinsics from 264 on.
    numbers = [float(index) for index in range(264)]
    numbers += [1000.0 + index if index % 9 < 4 else index / 100 for index in range(36)]
    sources.write_metadata(tmp_path / "metadata.xml", numbers)
    found = cameras.read_cameras(tmp_path / "metadata.xml", PEOPLE)
    assert set(found) == set(PEOPLE)
    for subject, row in found.items():
        assert [camera.name for camera in row] == list(sources.CAMERAS)
        for index, camera in enumerate(row):
            start = 6 * (11 * index + int(subject[1:]) - 1)
            expected = [(start + axis) / 1000 for axis in (3, 4, 5)]
            np.testing.assert_allclose(camera.center, expected)
            expected = cameras.rotation([start, start + 1, start + 2])
            np.testing.assert_array_equal(camera.rotation, expected)
            np.testing.assert_array_equal(
                camera.intrinsics, numbers[264 + 9 * index : 273 + 9 * index]
            )


def test_a_quarter_turn_about_each_axis():
    quarter = math.pi / 2
    np.testing.assert_allclose(
        cameras.rotation([quarter, 0, 0]),
        [[1, 0, 0], [0, 0, -1], [0, 1, 0]],
        atol=1e-15,
    )
    np.testing.assert_allclose(
        cameras.rotation([0, quarter, 0]),
        [[0, 0, 1], [0, 1, 0], [-1, 0, 0]],
        atol=1e-15,
    )
    np.testing.assert_allclose(
        cameras.rotation([0, 0, quarter]),
        [[0, -1, 0], [1, 0, 0], [0, 0, 1]],
        atol=1e-15,
    )


def test_angles_turn_about_z_first_then_y_then_x():
    quarter = math.pi / 2
    # Rz takes x to y; Ry leaves y; Rx takes y to z.
    turned = cameras.rotation([quarter, quarter, quarter])
    np.testing.assert_allclose(turned[:, 0], [0, 0, 1], atol=1e-15)
    # Rz takes y to -x; Ry takes -x to z; Rx takes z to -y.
    np.testing.assert_allclose(turned[:, 1], [0, -1, 0], atol=1e-15)


def test_a_general_rotation_is_the_product_of_three():
    a, b, c = 0.3, -1.2, 2.1
    about_x = [[1, 0, 0], [0, math.cos(a), -math.sin(a)], [0, math.sin(a), math.cos(a)]]
    about_y = [[math.cos(b), 0, math.sin(b)], [0, 1, 0], [-math.sin(b), 0, math.cos(b)]]
    about_z = [[math.cos(c), -math.sin(c), 0], [math.sin(c), math.cos(c), 0], [0, 0, 1]]
    expected = np.array(about_x) @ about_y @ about_z
    np.testing.assert_allclose(cameras.rotation([a, b, c]), expected, atol=1e-15)
    np.testing.assert_allclose(sources.angles(expected), [a, b, c], atol=1e-12)


def changed(index, value):
    numbers = sources.numbers()
    numbers[index] = value
    return numbers


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        (sources.numbers()[:-1], "must hold 300 finite numbers, has 299 in 299"),
        (sources.numbers() + [1.0], "must hold 300 finite numbers, has 301 in 301"),
        (changed(7, math.nan), "must hold 300 finite numbers, has 299 in 300"),
        (changed(3, 2e6), "S1, camera 54138969 is more than 1 km away"),
        (changed(264 + 9, -1145.0), "camera 55011271 has no possible focal length"),
        (changed(264 + 27 + 8, 30.0), "camera 60457274 has no possible distortion"),
    ],
)
def test_numbers_of_another_kind_are_clear_errors(tmp_path, numbers, message):
    sources.write_metadata(tmp_path / "metadata.xml", numbers)
    with pytest.raises(UserError, match=f"metadata.xml.*{message}.*owners publish it"):
        cameras.read_cameras(tmp_path / "metadata.xml", PEOPLE)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not readable XML"),
        ("<metadata><w0>[1 2", "is not readable XML"),
        ("<metadata/>", "must have one element <w0>, has 0"),
        ("<m><w0>[1]</w0><w0>[1]</w0></m>", "must have one element <w0>, has 2"),
        ("<w0>[1 two 3]</w0>", "must hold numbers only.*two"),
        ("<w0/>", "must hold 300 finite numbers, has 0 in 0"),
        ('<?xml version="1.0" encoding="nonsense"?><w0/>', "is not readable XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><w0>&b;</w0>', "defines XML entities"),
    ],
)
def test_files_of_another_kind_are_clear_errors(tmp_path, text, message):
    (tmp_path / "metadata.xml").write_text(text)
    with pytest.raises(UserError, match=message):
        cameras.read_cameras(tmp_path / "metadata.xml", PEOPLE)
