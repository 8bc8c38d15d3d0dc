"""What the columns of a table, or the keys of a list's entries, are called."""

from __future__ import annotations

import re

FRAME, TIME, FILE, PERSON = "frame", "time", "file", "person"
ID, ROW, OTHER = "id", "row", "other"
# Kinds that every entry must have if one has.
COUNTS = (FRAME, TIME, PERSON)

_SECONDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec", "msecs", "millis", "milliseconds"), 1e-3),
    **dict.fromkeys(("us", "usec", "usecs", "micros", "microseconds"), 1e-6),
    **dict.fromkeys(("ns", "nsec", "nsecs", "nanos", "nanoseconds"), 1e-9),
}
UNITS = (1.0, 1e-3, 1e-6, 1e-9)  # seconds
_LONG = "|".join(unit for unit in _SECONDS if unit != "s")
_COUNTED = "numbers?|numb|num|no|nr|nb|ids?|idx|indices|index|count|counter|i|n"
_KINDS = {
    FRAME: re.compile(
        rf"((video|source|original|orig|src|camera|cam)_?)?"
        rf"(frames?|images?|img|pictures?|fr|f)(_?({_COUNTED}))?"
    ),
    # Names of images, or of the one video.
    FILE: re.compile(r"((frame|image|img)_?)?(file_?)?(name|path|file)"),
    TIME: re.compile(
        rf"((video|frame|image|media|capture|presentation|elapsed|relative)_?)?"
        rf"(time_?stamps?|times?|clock|elapsed|pts_?time|pts(?=_)|ts|t)"
        rf"(_(in_)?(?P<unit>s|{_LONG})|(?P<glued>{_LONG}))?|(?P<alone>{_LONG})"
    ),
    PERSON: re.compile(
        rf"(persons?|people|track|tracking|tracker|subject|player|human|body|user|actor"
        rf"|skeleton)(_?({_COUNTED}|name))?|pose_?(no|nr|num|number|idx|index)"
    ),
    # A person's, or a row's.
    ID: re.compile(r"(pose_?)?u?id|pose"),
    ROW: re.compile(
        rf"(unnamed_0|(row|line|entry)?_?({_COUNTED})?|row|line|entry|step)"
    ),
    # What changes from frame to frame and says nothing of when and who.
    OTHER: re.compile(
        r"(.*_)?(class|classes|label|labels|target|action|activity|exercise|category"
        r"|category_id|phase|stage|state|score|scores|confidence|conf|presence"
        r"|visibility|width|height|fps|handedness|detected|valid|success|reps?|angles?"
        r"|distances?|speed|velocity|area)"
    ),
}


def words(name: str) -> str:
    """Returns a name in lower case with underscores: `frameNumber`, `Frame Number`."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    name = name.lower().replace("\u00b5", "u").replace("\u03bc", "u")
    return re.sub(r"[^a-z0-9]+", "_", name).strip("_")


def kind(name: str) -> str | None:
    """Returns which of the kinds above a column or key is; None if it is unknown."""
    name = words(name)
    return next((k for k, names in _KINDS.items() if names.fullmatch(name)), None)


def seconds(name: str) -> float | None:
    """Returns the unit that the name of a column of times states, in seconds."""
    match = _KINDS[TIME].fullmatch(words(name))
    unit = match["unit"] or match["glued"] or match["alone"]
    return _SECONDS[unit] if unit else None
