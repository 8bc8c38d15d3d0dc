"""How much may be made of a file that anybody may have written.

Compression lets a few kilobytes become gigabytes, and a byte may become a whole object.
Files of real motion grow by a factor of 2 to 20 when they are inflated and turned into
float64. So what is made is counted before it is made, and measured by the file's size.
"""

from __future__ import annotations

FACTOR = 64
# What the smallest file may become.
LEAST = 64 << 20
# Of an object of Python, such as a text or an empty array, with its place in a list.
OBJECT = 200


def limit(size: int, most: int) -> int:
    """Returns how many bytes may be made of a file of `size` bytes, `most` at most."""
    return min(most, max(LEAST, FACTOR * size))


def in_words(count: int) -> str:
    """Returns a number of bytes for a message."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
