"""Folders that tests share: made once, and made again after a failure."""

import concurrent.futures
import time

import pytest
from support import shared_folders


def test_workers_that_ask_together_get_one_folder(tmp_path):
    made = []

    def make(folder):
        folder.mkdir()
        time.sleep(0.1)
        (folder / "file").write_text("whole")
        made.append(folder)

    def ask(_):
        return (shared_folders.once(tmp_path, "a", make) / "file").read_text()

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == ["whole"] * 4
    assert len(made) == 1


def test_what_failed_half_way_is_made_anew(tmp_path):
    def fail(folder):
        folder.mkdir()
        (folder / "half").write_text("")
        raise KeyError("broken")

    with pytest.raises(KeyError, match="broken"):
        shared_folders.once(tmp_path, "a", fail)
    path = shared_folders.once(tmp_path, "a", lambda folder: folder.mkdir())
    assert path.is_dir() and not list(path.iterdir())
