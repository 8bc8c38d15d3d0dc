"""Wheels that hold data: downloaded with pip, verified, never installed."""

from __future__ import annotations

import pathlib
import subprocess
import sys

from dgnet_tf.command_line import children
from dgnet_tf.errors import UserError
from dgnet_tf.files import atomic, provenance

CACHE = "~/.cache/dgnet_tf"


class Unavailable(UserError):
    """A wheel is not here and cannot be downloaded."""


def download(
    requirement: str,
    name: str,
    sha256: str,
    folder=CACHE,
    *,
    size: str,
    otherwise: str = "",
) -> pathlib.Path:
    """Returns a wheel's path in a folder, downloaded with pip if it is not there.

    Args:
        requirement: what pip is asked for.
        name: of the wheel's file.
        sha256: of the wheel.
        folder: that keeps it.
        size: of the wheel, for a message.
        otherwise: what else can be done where it cannot be had, to end an error with.

    Raises:
        Unavailable: if it is not there and pip cannot download it.
        UserError: if what pip downloads has another digest.
    """
    folder = pathlib.Path(folder).expanduser()
    wheel = folder / name
    if wheel.exists():
        return wheel
    folder.mkdir(parents=True, exist_ok=True)
    print(f"downloading {name} ({size}) into {folder}", file=sys.stderr)
    with atomic.replacing(wheel) as downloaded:
        command = [sys.executable, "-m", "pip", "download", requirement, "--no-deps"]
        command += ["--only-binary=:all:", "--ignore-requires-python", "--quiet"]
        command += ["--disable-pip-version-check", "--retries=2"]
        command += [f"--dest={downloaded.parent}"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        run = children.completed(command, **pipes)
        if run.returncode or not downloaded.is_file():
            reason = children.last_words(run)
            raise Unavailable(
                f"{wheel}: could not be downloaded with pip ({reason}). Put the wheel "
                f"of {requirement} there by hand{otherwise}."
            )
        verify(downloaded, sha256)
    return wheel


def verify(wheel: pathlib.Path, sha256: str):
    """Raises a UserError if a wheel has another digest."""
    found = provenance.sha256(wheel)
    if found != sha256:
        raise UserError(
            f"{wheel}: has sha256 {found}, expected {sha256}; it is damaged or another "
            "file. Remove it and run again to download it."
        )
