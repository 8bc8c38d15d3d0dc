"""The one error for what a user can mend."""


class UserError(Exception):
    """Bad input or environment; the message says what was found and what to do.

    Commands print it as their last line, `error: ...`, without a traceback.
    """
