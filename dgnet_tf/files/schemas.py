"""What the schemas of our JSON files are made of.

A schema is any type that pydantic knows: a class of `Schema`, a dataclass whose fields
have the types below, or `dict[Name, Count]`. Types are strict: text is no number, true
is no whole number, and numbers are finite. An annotation such as `frames: Count = 0`
allows that a field is missing, as in files of earlier versions; `Count | None` allows
null. Fields that a schema does not have are passed over, unless it is `closed`.
"""

from __future__ import annotations

import functools
import math
import re
from typing import Annotated

import pydantic
from pydantic import Field

from dgnet_tf.errors import shortened


class Schema(pydantic.BaseModel):
    """An object of a JSON file; its annotations are the fields."""

    # A validator is built where a file is read, not where its module is imported.
    model_config = pydantic.ConfigDict(defer_build=True)


def closed(dataclass):
    """Makes a dataclass a schema that refuses fields which it does not have."""
    dataclass.__pydantic_config__ = pydantic.ConfigDict(extra="forbid")
    return dataclass


def whole(least: int, most: int):
    """Returns the type of whole numbers from `least` to `most`."""
    return Annotated[int, Field(ge=least, le=most)]


def number(least: float, most: float):
    """Returns the type of numbers from `least` to `most`, whole ones or not."""
    return Annotated[float, Field(ge=least, le=most, allow_inf_nan=False)]


# Bounds are far beyond what anybody has, and low enough for what is made of it.
Count = whole(0, 10**15)
RATES = (0.01, 10_000)  # Frames a second.
Rate = number(*RATES)
Seed = whole(0, 2**63 - 1)
Number = number(-1e15, 1e15)
Amount = number(0, 1e15)
Text = Annotated[str, Field(max_length=100_000)]


def text(pattern: str, rule: str):
    """Returns the type of text that matches a pattern; `rule` says so in words."""

    def check(value):
        if not re.fullmatch(pattern, value):
            raise ValueError(f"must be {rule}")
        return value

    return Annotated[str, pydantic.AfterValidator(check)]


# Becomes part of a file's name.
Name = text(
    r"(?!\.\.?$)[^/\\\x00-\x1f]{1,200}", "a name without slashes, up to 200 long"
)
Sha256 = text(r"[0-9a-f]{64}", "a SHA-256 digest")


def _finite(value):
    """Raises ValueError for a number such as 1e999 somewhere in a value."""
    if isinstance(value, dict | list):
        for below in value.values() if isinstance(value, dict) else value:
            _finite(below)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("must hold finite numbers")
    return value


Json = Annotated[pydantic.JsonValue, pydantic.AfterValidator(_finite)]  # Anything.
Object = dict[str, Json]


def _plain(value):
    if not isinstance(value, str | bool | int | float):
        raise ValueError("must be text, a number, true or false")
    return value


Scalar = Annotated[Json, pydantic.AfterValidator(_plain)]

_adapter = functools.cache(pydantic.TypeAdapter)


def validate(schema, data: str):
    """Checks the text of a JSON file against a schema.

    Raises:
        ValueError: that says which field is wrong, what it is and what it must be.
    """
    try:
        _adapter(schema).validate_json(data, strict=True)
    except pydantic.ValidationError as error:
        raise ValueError(_message(error.errors(include_url=False)[0])) from None


# Of pydantic's kinds of error; the others' own messages will do.
_RULES = {
    **dict.fromkeys(("dict_type", "model_type", "dataclass_type"), "an object"),
    **dict.fromkeys(("list_type", "tuple_type"), "a list"),
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "finite",
    "string_type": "text",
    "bool_type": "true or false",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "literal_error": "one of {expected}",
    "string_too_long": "up to {max_length} characters long",
}


def _message(found) -> str:
    kind, place = found["type"], list(found["loc"])
    if kind == "missing":
        return f"has no field {_path(place)!r}"
    if kind == "unexpected_keyword_argument":
        return f"has an unknown field {_path(place)!r}"
    subject = f"field {_path(place)!r}" if place else "the file"
    rule = found["msg"].removeprefix("Value error, ")
    if kind in _RULES:
        rule = "must be " + _RULES[kind].format(**found.get("ctx", {}))
    elif isinstance(found["input"], dict):  # It names a field within.
        return f"{subject}: {rule}" if place else rule
    if place and place[-1] == "[key]":
        subject = f"the name of an entry of field {_path(place[:-2])!r}"
    return f"{subject} {rule}, got {shortened(found['input'])}"


def _path(place) -> str:
    """Returns the place of a field: "splits.train.shards[0].records"."""
    text = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in place)
    return text.removeprefix(".")[:200]
