"""Lists of action names, as a configuration and flags write them."""

from __future__ import annotations

import collections
import csv
import io

from dgnet_tf.errors import UserError


def parse(text: str) -> tuple[str, ...]:
    """Returns the names of a comma-separated list, sorted; none for "".

    A name that has a comma of its own stands in double quotes:
    `walk,"dance, arms high"`.

    Raises:
        UserError: on an empty name, a name given twice, or an open quote.
    """
    if not text.strip():
        return ()
    try:
        (row,) = csv.reader(io.StringIO(text), skipinitialspace=True, strict=True)
    except (csv.Error, ValueError) as error:
        raise UserError(
            f"Actions {text!r}: not a comma-separated list ({error}). Put a name that "
            'has a comma in double quotes: walk,"dance, arms high".'
        ) from error
    names = [name.strip() for name in row]
    if "" in names:
        raise UserError(f"Actions {text!r}: a name is empty. Take a comma out.")
    twice = [name for name, times in collections.Counter(names).items() if times > 1]
    if twice:
        raise UserError(f"Actions {text!r}: {twice[0]!r} is there twice.")
    return tuple(sorted(names))


def join(names) -> str:
    """Returns the text that `parse` takes apart into these names."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(sorted(names))
    return line.getvalue()
