"""Runs a command: flags of its own, and one clear last line when input is bad."""

from __future__ import annotations

import gc
import math
import re
import sys

from absl import flags

from dgnet_tf.command_line import (
    children,
    ending,
    flag_names,
    progress,
    standard_streams,
)
from dgnet_tf.errors import UserError, file_error, not_installed, shortened

_MAX_SIDE = 1_000_000  # Pixels of an image.
# Objects, until Python's collector looks again. Its own 700 cost a tenth of what
# TensorFlow's import and the tracing of graphs take; memory does not grow.
_COLLECT_EVERY = 20_000
NOBODY_READ = 141  # 128 and the number of SIGPIPE.


def run(main, flag_values: flags.FlagValues, description: str, argv=None):
    """Parses `argv`, by default the process's, and calls `main(flag_values)`.

    `--help` prints the description above the flags, which live on `flag_values`, not
    on absl's global ones, so that commands can be imported side by side. Numbers must
    be finite: absl's bounds let NaN through.

    The process ends with code

    - 1 after bad input (`UserError`, a wrong flag, an error of the file system such as
      a full disk, or too little memory), with `error: ...` as the last line of standard
      error. Any other exception is a bug of ours and keeps its traceback;
    - 130, 143 or 129 after Ctrl-C, SIGTERM or a hang-up, with such a line, too;
    - 141 where all went well but nobody read the output to its end, as of a program
      that SIGPIPE ends. A full disk below standard output is an error, 1. Either way
      the command has done all of its work.
    """
    standard_streams.open_closed()
    children.follow_starter()
    restore, thresholds = ending.install(), gc.get_threshold()
    gc.set_threshold(_COLLECT_EVERY)
    try:
        with standard_streams.tolerant() as errors:
            _run(main, flag_values, description, sys.argv if argv is None else argv)
        for error in errors:
            if isinstance(error, BrokenPipeError):
                sys.exit(NOBODY_READ)
            _fail(f"standard output: {error.strerror}")
    finally:
        gc.set_threshold(*thresholds)
        restore()


def _run(main, flag_values, description, argv):
    flags.DEFINE_boolean("help", False, "Show this help.", flag_values)
    if {"--help", "-h"} & set(argv[1:]):  # Before parsing: it asks for required flags.
        print(f"{description.strip()}\n\n{flag_values.get_help()}")
        return
    try:
        flag_names.check_lengths(argv[1:])
        rest = flag_values(argv)[1:]
        if rest:
            raise UserError(
                f"Unexpected argument {rest[0]!r}; values are given as --name=value. "
                "See --help."
            )
        flag_values.validate_all_flags()
        _check_finite(flag_values)
        with progress.shown():
            main(flag_values)
    except UserError as error:
        _fail(str(error))
    except flags.UnrecognizedFlagError as error:
        _fail(str(UserError(flag_names.unknown(error.flagname, flag_values))))
    except flags.Error as error:
        missing = re.findall(r"Flag (--\w+) must have a value other than", str(error))
        _fail(f"Give {', '.join(missing)}. See --help." if missing else str(error))
    except ModuleNotFoundError as error:
        found = not_installed(error)
        if found is error:
            raise
        _fail(str(found))
    except MemoryError as error:
        _fail(f"not enough memory. {error}")
    except KeyboardInterrupt:
        _fail("interrupted", ending.INTERRUPTED)
    except Exception as error:
        found = file_error(error)
        if found is None:
            raise
        _fail(f"{found.filename or 'file system'}: {found.strerror or found}")


def parse_image_size(text: str) -> tuple[int, int]:
    """Returns width and height of "WxH"; of anything else raises a UserError."""
    match = re.fullmatch(r"([1-9][0-9]{0,6})[xX]([1-9][0-9]{0,6})", text)
    if not match or max(size := (int(match[1]), int(match[2]))) > _MAX_SIDE:
        raise UserError(
            f"--image_size must be like 1920x1080, each side up to {_MAX_SIDE:,}, got "
            f"{shortened(text)}."
        )
    return size


def _is_command(spec) -> bool:
    """Whether the process runs `python -m` with a module of ours."""
    packages = ("dgnet_tf", "preprocessing", "tuning", "serving", "benchmarks")
    return spec is not None and spec.name.partition(".")[0] in packages


def _check_finite(flag_values):
    for name in flag_values:
        value = flag_values[name].value
        if isinstance(value, float) and not math.isfinite(value):
            raise UserError(f"--{name} must be a finite number, got {value}.")


def _fail(message: str, code: int = 1):
    sys.stdout.flush()
    for bar in ending.progress_bars():  # Or it would print its last state below.
        bar.close()
    print("error: " + " ".join(message.split()), file=sys.stderr, flush=True)
    sys.exit(code)


def prepare():
    """Leaves no moment from here on at which a signal ends us with a traceback."""
    standard_streams.open_closed()
    ending.install()


# A command imports this module before what takes its time.
if _is_command(getattr(sys.modules["__main__"], "__spec__", None)):
    prepare()
