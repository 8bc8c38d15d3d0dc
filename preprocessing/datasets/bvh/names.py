"""Finds BVH files, and reads subject, action and take from their names.

`subject/action/take.bvh` and `subject/take.bvh` go by their folders, at any depth; a
file right in the source folder belongs to a subject of that folder's name. CMU's
names, `07_01.bvh`, give the subject, 07, wherever they lie; their folder names the
action unless it is a number.
"""

from __future__ import annotations

import os
import pathlib
import re

from dgnet_tf.errors import UserError
from dgnet_tf.files import listing
from preprocessing.conversion.sequences import MissingSource, relative_name

ACTION = "motion"  # where no folder names one
UNKNOWN = "unknown"
SURROGATES = ("\udc80", "\udcff")  # what Python makes of bytes that are not UTF-8


def find(source) -> list[pathlib.Path]:
    """Returns the BVH files of a source, in the order of their names.

    Raises:
        MissingSource: if there are none.
    """
    source = pathlib.Path(source).expanduser()
    if source.is_file():
        return [source]
    files = [f for f in listing.found(source, "**/*") if listing.suffix(f) == ".bvh"]
    files = [file for file in files if file.is_file()]
    if not files:
        raise MissingSource(
            f"{source}: --source must be a BVH file or a folder that holds some; found "
            "no *.bvh there."
        )
    return files


def names(source, files) -> dict[pathlib.Path, tuple[str, str, str]]:
    """Returns subject, action and take of each file, by its name and folders.

    Raises:
        UserError: if two files have the same, or a name is not text.
    """
    found, taken = {}, {}
    for file in files:
        folders = pathlib.PurePosixPath(relative_name(source, file)).parts[:-1]
        cmu = re.fullmatch(r"(\d{1,3})_\d+", file.stem)
        if cmu:
            own = [folder for folder in folders[-1:] if not folder.isdecimal()]
            name = (f"{int(cmu.group(1)):02d}", *(own or [ACTION]), file.stem)
        elif len(folders) > 1:
            name = (*folders[-2:], file.stem)
        else:
            home = pathlib.Path(os.path.abspath(file)).parent.name or UNKNOWN
            name = (home, ACTION, file.stem)
        if any(SURROGATES[0] <= letter <= SURROGATES[1] for letter in "/".join(name)):
            raise UserError(f"{file!r}: the name is not UTF-8 text; rename the file.")
        if name in taken:
            raise UserError(
                f"{file}: would be recording {'/'.join(name)}, as {taken[name]} is. "
                "Rename one, or put them into folders subject/action/."
            )
        found[file], taken[name] = name, file
    return found
