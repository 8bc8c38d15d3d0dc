"""Where files come from: the command line, versions of what ran, and digests."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import pathlib
import platform
import shlex
import sys
from collections.abc import Mapping

from dgnet_tf.command_line import progress


def command() -> str:
    """Returns the command line of this process, for a shell to repeat."""
    _, *given = sys.orig_argv
    if given and pathlib.PurePath(given[0]).stem == "dgnet":  # The script pip wrote.
        return shlex.join(["dgnet", *given[1:]])
    return shlex.join(["python", *given])


def versions() -> dict:
    """Returns what ran: Python, the packages that are loaded, and the machine."""
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for package in ("tensorflow", "numpy"):
        if package in sys.modules:
            found[package] = sys.modules[package].__version__
    for package in ("keras", "tensorflow-addons"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[package] = importlib.metadata.version(package)
    if "tf_keras" in sys.modules:  # Keras 2, which then takes the place of Keras 3.
        found["keras"] = sys.modules["tf_keras"].__version__
    return found


def sha256(path: str | pathlib.Path) -> str:
    """Returns the SHA-256 digest of a file, read in constant memory."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def digests(files: Mapping[str, str | pathlib.Path]) -> dict[str, str]:
    """Returns the SHA-256 digests of files by their names."""
    found = progress.each(files.items(), "digest", len(files), "file")
    return {name: sha256(path) for name, path in found}
