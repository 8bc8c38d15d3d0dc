"""Lists what users' folders hold, without what file systems leave in them.

macOS writes `._name` beside a file on foreign disks, `.DS_Store` into folders and
`__MACOSX` into archives; other systems' leftovers begin with a dot, too.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator


def is_leftover(name: str) -> bool:
    """Says whether a file or folder of that name is a system's, not the user's."""
    return name.startswith(".") or name == "__MACOSX"


def suffix(path: str | pathlib.Path) -> str:
    """Returns what a path ends in, in small letters; Windows writes .JSON as well."""
    return pathlib.Path(path).suffix.lower()


def found(folder, pattern: str = "*") -> list[pathlib.Path]:
    """Returns what matches a pattern in a folder, sorted by path, leftovers left out.

    Args:
        folder: where to look; its own path may hold names that begin with a dot.
        pattern: as `pathlib.Path.glob` takes it; `**/` in front looks into
            subfolders.
    """
    folder = pathlib.Path(folder)
    return sorted(_kept(folder, pattern))


def _kept(folder, pattern) -> Iterator[pathlib.Path]:
    for path in folder.glob(pattern):
        if not any(map(is_leftover, path.relative_to(folder).parts)):
            yield path
