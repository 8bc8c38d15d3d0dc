"""What made a file: the command line, and the versions of what ran."""

from __future__ import annotations

import importlib.metadata
import platform
import shlex
import sys


def command() -> str:
    """Returns the command line of this process, for a shell to repeat."""
    return shlex.join(["python", *sys.orig_argv[1:]])


def versions() -> dict:
    """Returns what ran: Python, the packages that are loaded, and the machine."""
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for package in ("tensorflow", "numpy"):
        if package in sys.modules:
            found[package] = sys.modules[package].__version__
    for package in ("keras", "tensorflow-addons"):
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            pass
    return found
