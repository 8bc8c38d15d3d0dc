"""Reads one variable of a CDF file (NASA's Common Data Format) with cdflib.

cdflib believes what a header says: a damaged one can promise billions of variables,
records or bytes. While it reads, its loops and its inflating are bounded.
"""

from __future__ import annotations

import contextlib
import math
import pathlib
import zlib

import numpy as np

from dgnet_tf.errors import UserError

MAX_BYTES = 128 << 20  # of a file, and of what is inflated from it
_MAX_ROUNDS = 100_000  # of one of cdflib's loops: over variables, records or blocks


def read(path, variable: str) -> np.ndarray:
    """Returns a variable's values, with the axis of its records first if it has one.

    Raises:
        UserError: if the file is no CDF, damaged, too large, or lacks the variable.
    """
    path = pathlib.Path(path)
    if path.stat().st_size > MAX_BYTES:
        raise UserError(f"{path}: is larger than {MAX_BYTES >> 20} MiB, too large.")
    try:
        from cdflib import cdfread

        with _bounds(cdfread):
            file = cdfread.CDF(path)
            about = file.varinq(variable)
            # A value has 16 bytes at most.
            values = math.prod(map(int, about.Dim_Sizes)) * (about.Last_Rec + 1)
            if not 0 <= values * about.Num_Elements * 16 <= 2 * MAX_BYTES:
                raise ValueError(f"it promises {values} values")
            return np.asarray(file.varget(variable))
    except ImportError as error:
        raise UserError(
            "Reading .cdf files needs cdflib: pip install cdflib."
        ) from error
    # cdflib leaves it to chance which error a damaged file ends in.
    except Exception as error:
        raise UserError(
            f"{path}: variable {variable!r} cannot be read from this CDF file "
            f"({type(error).__name__}: {error}). Copy or download the file again."
        ) from error


def inflate(data: bytes, limit: int = MAX_BYTES) -> bytes:
    """Inflates gzip or zlib data.

    Raises:
        ValueError: if it gives more than `limit` bytes.
        zlib.error: if it is damaged.
    """
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    inflated = inflater.decompress(data, limit + 1)
    if len(inflated) > limit:
        raise ValueError(f"it inflates to more than {limit >> 20} MiB")
    return inflated


@contextlib.contextmanager
def _bounds(cdfread):
    """Puts bounded functions in the place of two that cdflib's module calls."""
    unbounded = cdfread.gzip_inflate
    cdfread.gzip_inflate, cdfread.range = inflate, _short_range
    try:
        yield
    finally:
        cdfread.gzip_inflate = unbounded
        del cdfread.range


def _short_range(*arguments):
    rounds = range(*arguments)
    if len(rounds) > _MAX_ROUNDS:
        raise ValueError(f"its header promises {len(rounds)} entries")
    return rounds
