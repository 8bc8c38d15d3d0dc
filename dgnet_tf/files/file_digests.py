"""Digests of files, without TensorFlow."""

from __future__ import annotations

import hashlib
import pathlib


def sha256(path: str | pathlib.Path) -> str:
    """Returns the SHA-256 digest of a file, read in constant memory."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
