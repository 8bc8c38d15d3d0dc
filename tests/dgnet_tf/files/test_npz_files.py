import contextlib
import io
import pickle
import re
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.datasets import community_files

from dgnet_tf.errors import UserError
from dgnet_tf.files import npz_files

# The names under which NumPy 1 and NumPy 2 pickle the same functions.
MODULES = ("numpy.core.multiarray", "numpy._core.multiarray")


def poses():
    """Returns one of everything that such files hold."""
    walk = np.arange(24, dtype=np.float32).reshape(2, 4, 3)
    return {
        "S1": {"Walking 1": [walk, np.asfortranarray(walk[0]), walk[..., 0]]},
        "same again": walk,
        "empty": np.zeros((0, 17, 3)),
        "names": np.array(["hip", "knee"]),
        "bytes": np.array([b"ab", b"c"]),
        "flags": np.array([True, False]),
        "big endian": np.array([1, -2], ">i4"),
        "objects": np.array([[{"deep": np.float64(2.5)}, None], ["x", 7]], object),
        "numbers": (1, -300, 2**40, 2.5, True, np.float32(0.5), np.int64(-1)),
        "strings": ["", "jäger", b"", b"\x00\xff"],
        "metadata": {"keypoints_symmetry": [[1, 3], [2, 4]], "num_joints": 17},
        9: {},
    }


def assert_same(found, expected):
    assert type(found) is type(expected)
    if isinstance(expected, dict):
        assert list(found) == list(expected)
        assert_same(list(found.values()), list(expected.values()))
    elif isinstance(expected, list | tuple):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_same(one, other)
    elif isinstance(expected, np.ndarray) and expected.dtype == np.dtype(object):
        assert found.shape == expected.shape
        assert_same(found.ravel().tolist(), expected.ravel().tolist())
    elif isinstance(expected, np.ndarray):
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)
    else:
        assert found == expected


def as_module(content: bytes, name: str) -> bytes:
    """Renames the module of a pickle of protocol 2 or 3, where names are lines."""
    return re.sub(rb"numpy\.(_core|core)\.multiarray", name.encode(), content)


def test_what_numpy_writes_is_read_as_it_was(tmp_path):
    path = community_files.write(tmp_path / "a.npz", x=poses(), y=np.eye(3))
    found = npz_files.read(path, ["x", "y"])
    assert_same(found["x"], poses())
    np.testing.assert_array_equal(found["y"], np.eye(3))


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("protocol", [2, 3])
def test_what_older_and_newer_numpy_write_is_read_alike(tmp_path, module, protocol):
    content = pickle.dumps(community_files.boxed(poses()), protocol)
    assert_same(
        community_files.read_pickle(tmp_path, as_module(content, module)), poses()
    )


def test_protocol_4_under_the_names_of_both_numpy_versions(tmp_path):
    content = pickle.dumps(community_files.boxed(poses()), 4)
    own = b"numpy._core.multiarray" if np.__version__ >= "2" else MODULES[0].encode()
    assert content.count(own) == 1
    for module in MODULES:
        # Without the frame, whose length would differ.
        other = content[:2] + content[11:]
        short = bytes([0x8C, len(own)]) + own
        other = other.replace(short, bytes([0x8C, len(module)]) + module.encode())
        assert_same(community_files.read_pickle(tmp_path, other), poses())


def test_what_python_2_wrote_is_read(tmp_path):
    numbers = np.array([1.5, -2.25], "<f4")
    content = (
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n"
        b"K\x00\x85U\x01b\x87R(K\x01)cnumpy\ndtype\nU\x02O8K\x00K\x01\x87R(K\x03"
        b"U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb\x89]}U\x02S1"
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n"
        b"K\x00\x85U\x01b\x87R(K\x01K\x02\x85cnumpy\ndtype\nU\x02f4K\x00K\x01\x87R"
        b"(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89"
        b"U\x08" + numbers.tobytes() + b"tbsatb."
    )
    reference = pickle.loads(content, encoding="latin1").item()
    assert_same(reference, {"S1": numbers})
    assert_same(community_files.read_pickle(tmp_path, content), reference)


def test_a_header_of_python_2_is_read_without_a_warning(tmp_path):
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (2L,), }\n"
    start = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header))
    member = start + header + np.ones(2, "<f4").tobytes()
    path = community_files.write_members(tmp_path / "a.npz", {"x": member})
    np.testing.assert_array_equal(npz_files.read(path, ["x"])["x"], [1.0, 1.0])


def test_only_what_is_named_is_read(tmp_path):
    path = community_files.write(tmp_path / "a.npz", good=poses(), evil={1, 2})
    assert_same(npz_files.read(path, ["good"]), {"good": poses()})


def test_object_arrays_of_several_elements_stay_arrays(tmp_path):
    several = np.array([{"a": 1}, {"b": 2}], object)
    path = community_files.write(tmp_path / "a.npz", x=several, one=several[:1])
    found = npz_files.read(path, ["x", "one"])
    assert found["x"].tolist() == [{"a": 1}, {"b": 2}]
    assert found["one"] == {"a": 1}


def test_more_than_the_bound_is_not_inflated(tmp_path, monkeypatch):
    path = community_files.write(tmp_path / "a.npz", x=np.zeros(10**6), y=np.zeros(1))
    assert path.stat().st_size < 20_000
    with pytest.raises(UserError, match="inflates to 8 MB, more than the 8 MB"):
        npz_files.read(path, ["x", "y"], max_bytes=8 * 10**6)
    assert npz_files.read(path, ["y"], max_bytes=8 * 10**6)["y"] == 0.0


def test_a_member_is_not_inflated_beyond_what_it_declares(tmp_path):
    path = community_files.write(tmp_path / "a.npz", x=np.zeros(10**6))
    size = zipfile.ZipFile(path).getinfo("x.npy").file_size
    content = path.read_bytes().replace(struct.pack("<I", size), struct.pack("<I", 200))
    path.write_bytes(content)
    with pytest.raises(UserError, match="a.npz: .*(damaged|not a readable)"):
        npz_files.read(path, ["x"])


def test_other_compression_methods_are_refused(tmp_path):
    member = {"x": community_files.member(pickle.dumps(1))}
    path = community_files.write_members(tmp_path / "a.npz", member, zipfile.ZIP_LZMA)
    with pytest.raises(UserError, match="packed in a way that NumPy does not use"):
        npz_files.read(path, ["x"])


def test_a_missing_entry_or_file_is_named(tmp_path):
    path = community_files.write(tmp_path / "a.npz", a=np.eye(2), b=np.eye(2))
    with pytest.raises(UserError, match="has no entry 'positions_3d'; it has a, b"):
        npz_files.read(path, ["a", "positions_3d"])
    with pytest.raises(UserError, match="none.npz: no such file"):
        npz_files.read(tmp_path / "none.npz", ["a"])
    (tmp_path / "a.npy").write_bytes(community_files.member(pickle.dumps(1)))
    with pytest.raises(UserError, match="a.npy: is not a readable .npz archive"):
        npz_files.read(tmp_path / "a.npy", ["a"])


@pytest.mark.parametrize("descr", [[("a", "O")], "<M8[s]", "|V8", [("a", "f4")]])
def test_other_dtypes_are_refused(tmp_path, descr):
    member = community_files.member(b"\0" * 8, descr, (1,))
    path = community_files.write_members(tmp_path / "a.npz", {"x": member})
    with pytest.raises(UserError, match="a dtype other than numbers, strings"):
        npz_files.read(path, ["x"])


def test_an_array_that_its_shape_does_not_fill_is_refused(tmp_path):
    for shape, found in (((3,), 16), ((10**15,), 16), ((1,), 16)):
        member = community_files.member(b"\0" * 16, "<f8", shape)
        path = community_files.write_members(tmp_path / "a.npz", {"x": member})
        with pytest.raises(UserError, match=f"damaged .{found} bytes for an array"):
            npz_files.read(path, ["x"])


GOOD = pickle.dumps(community_files.boxed(poses()), 4)
CHANGES = st.lists(
    st.tuples(st.integers(0, 1 << 16), st.binary(min_size=1, max_size=4)), max_size=4
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


def damage(content: bytes, changes, end) -> bytes:
    damaged = bytearray(content)
    for start, change in changes:
        start %= len(content)
        damaged[start : start + len(change)] = change
    return bytes(damaged[: end % (len(content) + 1) or None])


@settings(max_examples=500, deadline=None, derandomize=True)
@given(CHANGES, st.integers(0, 1 << 16) | st.just(0))
@pytest.mark.slow
def test_a_damaged_pickle_is_read_or_refused(folder, changes, end):
    with contextlib.suppress(UserError):
        assert (
            community_files.read_pickle(folder, damage(GOOD, changes, end))
            is not Ellipsis
        )


@settings(max_examples=500, deadline=None, derandomize=True)
@given(CHANGES, st.integers(0, 1 << 16) | st.just(0), st.booleans())
@pytest.mark.slow
def test_a_damaged_archive_is_read_or_refused(folder, changes, end, packed):
    whole = io.BytesIO()
    save = np.savez_compressed if packed else np.savez
    save(whole, x=community_files.boxed(poses()), y=np.eye(3))
    (folder / "b.npz").write_bytes(damage(whole.getvalue(), changes, end))
    with contextlib.suppress(UserError):
        assert set(npz_files.read(folder / "b.npz", ["x", "y"])) == {"x", "y"}
