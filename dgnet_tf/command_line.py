"""Runs a command: flags of its own, and one clear last line when input is bad."""

from __future__ import annotations

import math
import re
import sys

from absl import flags

from dgnet_tf.errors import UserError, one_line, shortened


def run(main, flag_values: flags.FlagValues, description: str, argv=None):
    """Parses `argv`, by default the process's, and calls `main(flag_values)`.

    `--help` prints the description above the flags, which live on `flag_values`, not
    on absl's global ones, so that commands can be imported side by side. Numbers must
    be finite: absl's bounds let NaN through.

    Bad input (`UserError`, a wrong flag, or an error of the file system such as a
    full disk) ends the process with code 1 and `error: ...` as the last line of
    standard error. Any other exception is a bug of ours and keeps its traceback.
    """
    flags.DEFINE_boolean("help", False, "Show this help.", flag_values)
    argv = sys.argv if argv is None else argv
    if "--help" in argv[1:]:  # Before parsing, which asks for required flags.
        print(f"{description.strip()}\n\n{flag_values.get_help()}")
        return
    try:
        rest = flag_values(argv)[1:]
        if rest:
            raise UserError(
                f"Unexpected argument {shortened(rest[0])}; values are given as "
                "--name=value. See --help."
            )
        flag_values.validate_all_flags()
        _check_finite(flag_values)
        main(flag_values)
    except (UserError, flags.Error) as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{error.filename or 'file system'}: {error.strerror or error}")
    except KeyboardInterrupt:
        _fail("interrupted")


def parse_image_size(text: str) -> tuple[int, int]:
    """Returns width and height of "WxH"; of anything else raises a UserError."""
    match = re.fullmatch(r"([1-9]\d*)[xX]([1-9]\d*)", text)
    if not match:
        raise UserError(f"--image_size must be like 1920x1080, got {shortened(text)}.")
    return int(match[1]), int(match[2])


def _check_finite(flag_values):
    for name in flag_values:
        value = flag_values[name].value
        if isinstance(value, float) and not math.isfinite(value):
            raise UserError(f"--{name} must be a finite number, got {value}.")


def _fail(message: str):
    sys.stdout.flush()
    print("error: " + one_line(message), file=sys.stderr, flush=True)
    sys.exit(1)
