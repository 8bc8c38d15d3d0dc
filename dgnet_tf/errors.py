"""The one error for what a user can mend, warnings, and checks of arguments."""

import errno
import importlib.util
import os
import re
import sys
from collections.abc import Collection

_QUOTED, _LONGEST = 80, 2000  # Characters of a quoted value, and of a message.
# Modules that a bare install lacks: what they are called, and the extra that has them.
_EXTRAS = {
    "av": ("av", "video"),
    "h5py": ("h5py", "train"),
    "keras_tuner": ("keras-tuner", "tuning"),
    "onnx": ("onnx", "export"),
    "openvino": ("OpenVINO", "openvino"),
    "plotly": ("Plotly", "report"),
    "sklearn": ("scikit-learn", "tuning"),
    "tensorflow": ("TensorFlow", "train"),
    "tensorflow_serving": ("tensorflow-serving-api", "serving"),
    "tf2onnx": ("tf2onnx", "export"),
    "tf_keras": ("tf-keras", "multi-worker"),
}


class UserError(Exception):
    """Bad input or environment; the message says what was found and what to do.

    It is one line that prints, whatever it quotes. Commands print it as their last
    line, `error: ...`, without a traceback.
    """

    def __init__(self, message: str):
        super().__init__(one_line(message))


def warn(message: str) -> None:
    """Prints one line, `warning: ...`, on standard error.

    For input whose result still holds, with what was found and what was done about it.
    """
    print("warning: " + one_line(message), file=sys.stderr, flush=True)


def one_line(message: str) -> str:
    """Returns a message without line breaks, its middle left out where it is endless.

    Messages quote by `shortened`; this is for what comes from a library or a long list.
    What would not print, such as a terminal's commands in a file's names, is escaped.
    """
    text = " ".join(message.split())
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST * 3 // 4]} ... {text[-_LONGEST // 8 :]}"
    if text.isprintable():
        return text
    shown = (c if c.isprintable() else ascii(c)[1:-1] for c in text)
    return "".join(shown)[:_LONGEST]


def shortened(value: object) -> str:
    """Returns a value as messages quote it: its `repr`, of which 80 characters stay."""
    # Cut before, so that no long text is copied.
    text = repr(value[: _QUOTED + 1] if isinstance(value, str | bytes) else value)
    return text if len(text) <= _QUOTED else text[: _QUOTED - 3] + "..."


def require(what: str, extra: str, *modules: str) -> None:
    """Raises UserError where one of the modules of an extra is not installed.

    To be asked before anything that takes long. `what` needs them: a flag, a page.
    """
    for module in modules:
        if importlib.util.find_spec(module) is None:
            raise UserError(how_to_install(module, what, extra))


def how_to_install(module: str, what: str = "this", extra: str | None = None) -> str:
    """Returns in one line what needs a module, and how pip installs it.

    The extra is by default the smallest that has the module.
    """
    title, smallest = _EXTRAS[module]
    return (
        f"{what} needs {title}, which is not installed. "
        f"pip install 'dgnet-tf[{extra or smallest}]'"
    )


def not_installed(error: ModuleNotFoundError) -> ModuleNotFoundError:
    """Returns an error that says how to install the module; of others, the error."""
    if error.name not in _EXTRAS:
        return error
    return ModuleNotFoundError(how_to_install(error.name), name=error.name)


def file_error(error: Exception) -> OSError | None:
    """Returns the error of the file system that an exception is, or stands for.

    TensorFlow says of a full disk "PATH; No space left on device", in an error of its
    own. None for what has nothing to do with files.
    """
    if isinstance(error, OSError):
        return error
    # Without its import: an error of TensorFlow's says where it comes from.
    if not type(error).__module__.startswith("tensorflow"):
        return None
    first = str(getattr(error, "message", error)).partition("\n")[0]
    first = re.sub(r"^\s*(\{\{.*?\}\}\s*)+", "", first)
    for number in errno.errorcode:
        path, found, _ = first.partition(f"; {os.strerror(number)}")
        if found:
            return OSError(number, os.strerror(number), path)
    return None


def check_positive(name: str, value: object) -> None:
    """Raises ValueError unless `value` is a whole number above zero."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"`{name}` must be a positive integer, got {value!r}.")


def check_choice(name: str, value: object, choices: Collection) -> None:
    """Raises ValueError unless `value` is one of `choices`."""
    if value not in choices:
        raise ValueError(f"`{name}` must be one of {list(choices)}, got {value!r}.")
