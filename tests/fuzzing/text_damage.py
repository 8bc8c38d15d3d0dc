"""Damages text: its words, numbers, lines, encoding and end."""

from __future__ import annotations

import re

_WORDS = (
    "", "-", "+", ".", "e", "nan", "NaN", "-inf", "1e999", "1e-999", "0x10", "1_000",
    "1,5", "٣", "-1", "0", "9" * 30, "9" * 5000, "1e308", "0.0-7.5", "{", "}", "[", "]",
    "<", ">", "\"", "'", ",", ";", "\t", "\0", "\x1a", "\x1b[31m", "\u202e", "<w0>",
    "MOTION", "HIERARCHY", "JOINT", "End Site", "Frames:", "%s", "../x", "x" * 1000,
    "," * 5000, "\n" * 5000, " 1" * 5000,
)  # fmt: skip
_TOKEN = re.compile(r"[^\s,{}\[\]]+|[,{}\[\]]")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def of_text(whole: bytes, rng) -> bytes:
    """Returns the bytes of a text with one to three damages."""
    text = whole.decode("utf-8", "replace")
    for _ in range(rng.choice((1, 1, 2, 3))):
        text = _once(text, rng)
    return _encoded(text, rng)


def _once(text, rng):
    kind = rng.randrange(7)
    if kind <= 1:
        return _of_token(text, _TOKEN, rng)
    if kind == 2:
        return _of_token(text, _NUMBER, rng)
    if kind == 3:
        at = rng.randrange(len(text) + 1)
        return text[:at]
    if kind == 4:
        at = rng.randrange(len(text) + 1)
        return text[:at] + rng.choice(_WORDS) + text[at:]
    return _of_lines(text, rng)


def _of_token(text, pattern, rng):
    """Replaces, removes or doubles one word; looked for from a random place on."""
    at = rng.randrange(len(text) + 1)
    found = pattern.search(text, at) or pattern.search(text)
    if found is None:
        return text + rng.choice(_WORDS)
    start, end = found.span()
    word = found[0]
    new = rng.choice((rng.choice(_WORDS), "", word + " " + word, f"-{word}", word * 2))
    return text[:start] + new + text[end:]


def _of_lines(text, rng):
    lines = text.split("\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    kind = rng.randrange(6)
    if kind == 0:
        del lines[one]
    elif kind == 1:
        lines.insert(other, lines[one])
    elif kind == 2:
        lines[one], lines[other] = lines[other], lines[one]
    elif kind == 3:
        lines[one : one + 2] = [" ".join(lines[one : one + 2])]
    elif kind == 4:
        words = lines[one].split(" ")
        at = rng.randrange(len(words) + 1)
        lines[one : one + 1] = [" ".join(words[:at]), " ".join(words[at:])]
    else:
        lines[one:one] = [lines[one]] * rng.choice((2, 100))
    return "\n".join(lines)


def _encoded(text, rng):
    kind = rng.randrange(12)
    if kind == 0:
        return text.encode("utf-16", "replace")
    if kind == 1:
        return text.encode("utf-8-sig", "replace")
    if kind == 2:
        return text.encode("utf-16-le", "replace")
    if kind == 3:
        return text.replace("\n", rng.choice(("\r\n", "\r", "\x0b", "\u2028"))).encode()
    if kind == 4:
        content = bytearray(text.encode("utf-8", "replace"))
        content.insert(
            rng.randrange(len(content) + 1), rng.choice((0, 0x80, 0xE4, 255))
        )
        return bytes(content)
    return text.encode("utf-8", "replace")
