"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil


@contextlib.contextmanager
def replacing(path):
    """Gives a path beside `path`; moves it there when the block ends well.

    Missing parent folders are made. A file takes the place of an older one; a
    folder's name must be free. After an error nothing is left behind. The path that
    it gives has the same suffix.
    """
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        yield beside
        os.replace(beside, path)
    finally:
        if beside.is_dir():
            shutil.rmtree(beside, ignore_errors=True)
        else:
            beside.unlink(missing_ok=True)


def write_text(path, text: str):
    """Writes a text file in UTF-8, whole or not at all."""
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8")
