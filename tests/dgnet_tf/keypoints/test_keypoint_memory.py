"""Keypoint files that claim far more memory than they hold: none of it is taken."""

import struct
import tracemalloc
import zipfile

import pytest
from support.keypoints import detector_files
from support.keypoints.detector_files import SIZE, walk
from support.keypoints.garbage_files import GIGABYTES_10, MIB, refused, sparse, write

from dgnet_tf.files import npz_files
from dgnet_tf.keypoints import keypoint_files, tracks
from dgnet_tf.keypoints.readers import detectron


@pytest.mark.parametrize("ending", keypoint_files.SUFFIXES)
def test_files_of_ten_gigabytes_are_refused_unread(tmp_path, ending):
    path = sparse(tmp_path / f"a{ending}", GIGABYTES_10)
    most = {".json": 537, ".csv": 537, ".trc": 134}.get(ending, 1074)
    assert f"10000 MB, more than the {most} MB that" in refused(path, "coco_17")


def npy_header(frames, descr="<f8"):
    """The head of a `.npy` that claims that many frames."""
    head = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': ({frames}, 17, 2)}}"
    text = head.ljust(117).encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


@pytest.mark.parametrize("descr", ["<f8", "<f4", "|i1", "<U100000", "(9999,9999)<f8"])
@pytest.mark.parametrize("frames", [36_764_706, 10**15, 10**40, -1, "1.5", "None"])
def test_npy_headers_that_claim_ten_gigabytes_claim_no_memory(tmp_path, frames, descr):
    path = tmp_path / "a.npy"
    path.write_bytes(npy_header(frames, descr) + bytes(272))
    assert "cannot be read as .npy" in refused(path, "coco_17")
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("keypoints.npy", npy_header(frames, descr) + bytes(272))
    assert "keypoints" in refused(path, "coco_17")


def patched(content: bytes, signature: bytes, offset: int, value: int) -> bytes:
    """Sets a 32-bit field of the first zip structure of that kind."""
    at = content.index(signature) + offset
    return content[:at] + struct.pack("<I", value) + content[at + 4 :]


def test_archive_members_that_claim_gigabytes_claim_no_memory(tmp_path):
    _, path = write(tmp_path, "npz")
    whole = path.read_bytes()
    path.write_bytes(patched(whole, b"PK\x01\x02", 24, 0xFFFFFFF0))  # Inflated size.
    assert "inflates to 4.3 GB, more than the 17 MB" in refused(path, "coco_17")
    # Below the bound it is the bytes that are there that count.
    path.write_bytes(patched(whole, b"PK\x01\x02", 24, 16_000_000))
    tracemalloc.start()
    (person,) = keypoint_files.read(path, "coco_17", SIZE).people
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(person.keypoints) == 4 and peak < 64 * MIB


def test_archives_that_inflate_to_more_than_the_bound_are_not_inflated(
    tmp_path, monkeypatch
):
    path = tmp_path / "a.npz"
    zeros = npy_header(200_000) + bytes(200_000 * 272)  # 54 MB, packed to 50 kB.
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("keypoints.npy", zeros)
        archive.writestr("boxes.npy", b"")
        archive.writestr("metadata.npy", npy_header(0))
    assert path.stat().st_size < MIB
    monkeypatch.setattr(detectron, "MAX_BYTES", 10 * MIB)
    assert "inflates to 54 MB" in refused(path, "coco_17")
    assert npz_files.MAX_BYTES > detectron.MAX_BYTES


def test_a_mat_variable_that_claims_gigabytes_claims_no_memory(tmp_path):
    layout, path = write(tmp_path, "penn action")
    whole = path.read_bytes()
    path.write_bytes(whole[:132] + struct.pack("<I", 0xFFFFFFF0) + whole[136:])
    assert "cannot be read as a MATLAB file" in refused(path, layout)


def test_scattered_frames_claim_no_memory(tmp_path):
    sightings = walk("coco_17", 1500, person=1)
    rows = [(200_000 * frame, person, rows) for frame, person, rows in sightings]
    path = detector_files.coco(tmp_path / "a.json", rows)
    assert "scattered over" in refused(path, "coco_17")
    assert 200_000 * 1500 > tracks.MAX_SPARSE
