"""The one error for what a user can mend, warnings, and checks of arguments."""

import sys


class UserError(Exception):
    """Bad input or environment; the message says what was found and what to do.

    Commands print it as their last line, `error: ...`, without a traceback.
    """


def warn(message: str):
    """Prints one line, `warning: ...`, on standard error.

    For input whose result still holds, with what was found and what was done about it.
    """
    print("warning: " + " ".join(message.split()), file=sys.stderr, flush=True)


def check_positive(name, value):
    """Raises ValueError unless `value` is a whole number above zero."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"`{name}` must be a positive integer, got {value!r}.")


def check_choice(name, value, choices):
    """Raises ValueError unless `value` is one of `choices`."""
    if value not in choices:
        raise ValueError(f"`{name}` must be one of {list(choices)}, got {value!r}.")
