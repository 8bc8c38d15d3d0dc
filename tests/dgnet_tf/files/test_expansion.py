"""Small files stay small, whatever they claim: measured as a process's peak memory."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from support.hostile import small_files

from dgnet_tf.errors import UserError
from dgnet_tf.files import expansion, mat_files, npz_files


def test_nothing_large_is_made_of_small_files(tmp_path):
    for name, write in small_files.writers().items():
        write(tmp_path / name)
        assert (tmp_path / name).stat().st_size < 400_000, name
    command = [sys.executable, small_files.__file__, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": ".:tests"}
    ended = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    for name, said in found["said"].items():
        assert "would become more than" in said or "inflates to" in said, (name, said)
    assert found["megabytes"] < 100


def test_files_that_are_packed_as_well_as_real_ones_are_read(tmp_path):
    rng = np.random.default_rng(0)
    # A thousandth of a pixel, as detectors write it; half of the frames show nobody.
    pixels = np.round(rng.uniform(0, 1920, (40_000, 17, 2)), 3).astype(np.float32)
    pixels[::2] = 0
    path = tmp_path / "a.npz"
    np.savez_compressed(path, x=pixels, y={"S1": {"walk": [pixels] * 4}})
    np.testing.assert_array_equal(npz_files.read(path, ["x"])["x"], pixels)
    assert len(npz_files.read(path, ["y"])["y"]["S1"]["walk"]) == 4


def test_bounds_follow_the_size_of_the_file():
    assert expansion.limit(100, 1 << 30) == expansion.LEAST
    assert expansion.limit(1 << 20, 1 << 30) == 64 << 20
    assert expansion.limit(1 << 30, 1 << 30) == 1 << 30
    budget = expansion.Budget(1 << 20, 1 << 30)
    budget.take(64 << 20)
    with pytest.raises(expansion.TooMuch, match="more than the 67 MB that are made"):
        budget.take(1)
    assert mat_files.MAX_BYTES < npz_files.MAX_BYTES


def test_a_text_is_read_whole_or_not_at_all(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbf" + "zwölf".encode())
    assert expansion.read_text(path, "a list", 9) == "zwölf"
    message = f"{path}: is too large for a list, of which at most 0 kB are read"
    with pytest.raises(UserError, match=message):
        expansion.read_text(path, "a list", 8)
    path.write_bytes(b"\xff")
    with pytest.raises(UserError, match=f"{path}: cannot be read as a list: .*utf-8"):
        expansion.read_text(path, "a list", 8)
    for other in (tmp_path, tmp_path / "none.txt"):
        with pytest.raises(UserError, match=f"{other}: cannot be read as a list"):
            expansion.read_text(other, "a list", 8)
    # Of what has no end, no more is read.
    with pytest.raises(UserError, match="too large for a list"):
        expansion.read_text("/dev/zero", "a list", 8)
