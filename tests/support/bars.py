"""Looks at the bars that tell of progress."""

from dgnet_tf.command_line import progress


def recorded(monkeypatch) -> list:
    """Shows bars, and returns a list of title, done, total and unit of those closed."""
    found, close = [], progress.Bar.close

    def watch(bar):
        if not bar.disable:
            found.append((bar.title, bar.n, bar.total, bar.unit))
        close(bar)

    monkeypatch.setattr(progress.Bar, "close", watch)
    monkeypatch.setattr(progress, "_commands", [None])
    return found
