"""The records that reports' pages and clips are made from."""

from support import record_sets


def write(folder):
    """Writes a view to train on and three to test, the first of them long."""
    takes = [
        record_sets.Take(1, 9),
        record_sets.Take(2, 130, invalid=(3, 4)),
        record_sets.Take(3, 20),
        record_sets.Take(4, 12),
    ]
    return record_sets.write(folder, {"train": takes[:1], "test": takes[1:]})
