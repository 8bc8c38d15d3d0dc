"""How much may be made of a file that anybody may have written.

Compression lets a few kilobytes become gigabytes, and a byte may become a whole object.
Files of real motion grow by a factor of 2 to 20 when they are inflated and turned into
float64. So what is made is counted before it is made, and measured by the file's size.
"""

from __future__ import annotations

from dgnet_tf.errors import UserError

FACTOR = 64
# What the smallest file may become.
LEAST = 16 << 20
# Of an object of Python, such as a text or an empty array, with its place in a list.
OBJECT = 200


class TooMuch(ValueError):
    """More would be made of a file than a file of its size holds."""


class Budget:
    """What may still be made of a file, in bytes.

    Args:
        size: of the file, in bytes.
        most: that may be made of any file.
    """

    def __init__(self, size: int, most: int):
        self.most = self.left = limit(size, most)

    def take(self, count: int):
        """Takes bytes that are about to be made; TooMuch where too few are left."""
        self.left -= count
        if self.left < 0:
            raise TooMuch(
                f"it would become more than the {in_words(self.most)} that are made of "
                "a file of its size"
            )


def limit(size: int, most: int) -> int:
    """Returns how many bytes may be made of a file of `size` bytes, `most` at most."""
    return min(most, max(LEAST, FACTOR * size))


def read_text(path, kind: str, most: int) -> str:
    """Returns the text of a small file in UTF-8, with or without a byte order mark.

    Args:
        path: the file.
        kind: what it is, with its article, for messages: "a calibration".
        most: bytes that such a file may have; no more are read.

    Raises:
        UserError: if it cannot be read, is no text, or is larger.
    """
    try:
        with open(path, "rb") as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise UserError(
                f"{path}: is too large for {kind}, of which at most {in_words(most)} "
                "are read."
            )
        return content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read as {kind}: {error}.") from error


def of_numbers(count: int, dtype) -> int:
    """Returns what an array takes at most when its values are worked with.

    Numbers become float64, texts become objects.
    """
    if dtype.kind in "SUO":
        return count * (OBJECT + dtype.itemsize)
    return count * max(8, dtype.itemsize)


def in_words(count: int) -> str:
    """Returns a number of bytes for a message."""
    if count >= 1e9:
        return f"{count / 1e9:.1f} GB"
    return f"{count / 1e6:.0f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"
