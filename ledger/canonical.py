"""Canonical JSON: one value, one sequence of bytes, so that what is hashed can be written again by anyone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

# RFC 8785 narrowed to what a ledger stores: no floats, and integers that any JSON reader keeps whole.
# Within that, the standard library's encoder with sorted keys writes the very bytes that the RFC asks for,
# ten times faster than a general implementation; a test holds it against one.
MAX_INTEGER = 2**53 - 1
# A float as the quick writer writes it: after a key, or in an array. Three expressions, since one that begins with a
# fixed text is searched for five times as fast as one with a choice.
_FLOAT = tuple(re.compile(start + rb"-?[0-9]+[.e]").search for start in (b'":', rb"\[", b","))
_QUICK = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode
_encode_in_order = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def canonical(value: Mapping[str, object]) -> bytes:
    """RFC 8785 bytes of a JSON object whose numbers are integers within ±(2^53-1).

    Raises ValueError on a lone surrogate, which has no UTF-8 form.
    """
    text = _encode(value)
    # The RFC sorts keys by UTF-16 units; code points come in another order only where some of them need two.
    if not text.isascii() and len(text.encode("utf-16-le")) != 2 * len(text):
        text = _encode_in_order(_sorted_by_units(value))
    return text.encode()


def _sorted_by_units(value: object) -> object:
    if isinstance(value, dict):
        return {key: _sorted_by_units(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    if isinstance(value, list | tuple):
        return [_sorted_by_units(each) for each in value]
    return value


def parse(data: bytes | str) -> dict[str, object]:
    """The object that `data` holds. Raises ValueError on duplicate keys, floats, or anything but an object."""
    value: object = _decoder.decode(data.decode() if isinstance(data, bytes) else data)
    if not isinstance(value, dict):
        message = "not a JSON object"
        raise ValueError(message)  # noqa: TRY004 - the bytes are wrong, not the caller's type
    return value  # pyright: ignore[reportUnknownVariableType]


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        message = "a key stands twice in one object"
        raise ValueError(message)
    return fields


def _no_float(text: str) -> object:
    message = f"{text} is not an integer; amounts and decimals are written as strings"
    raise ValueError(message)


def _integer(text: str) -> int:
    if len(text) > len(str(MAX_INTEGER)) + 1 or abs(number := int(text)) > MAX_INTEGER:
        message = f"{text[:40]} lies outside ±(2^53-1)"
        raise ValueError(message)
    return number


_decoder = json.JSONDecoder(
    object_pairs_hook=_no_duplicates, parse_float=_no_float, parse_constant=_no_float, parse_int=_integer
)


def _has_pairs(data: bytes) -> bool:
    """Whether there may be a character that UTF-16 writes as two units: the quick writer would sort keys otherwise."""
    if data.isascii():
        return False
    # Looked for one by one: five times as fast as an expression, and this is asked of every entry that is verified.
    return b"\xf0" in data or b"\xf1" in data or b"\xf2" in data or b"\xf3" in data or b"\xf4" in data


def read(data: bytes) -> dict[str, Any] | None:
    """The object that canonical bytes hold; None where they are not canonical. As strict as `parse`, and faster."""
    try:
        if not (_FLOAT[0](data) or _FLOAT[1](data) or _FLOAT[2](data) or _has_pairs(data)):
            value = orjson.loads(data)
            # What is lost in reading, such as a key that stands twice, is missing when it is written again.
            if isinstance(value, dict) and orjson.dumps(value, option=_QUICK) == data:
                return value
        value = parse(data)
        return value if canonical(value) == data else None
    except (ValueError, RecursionError, orjson.JSONEncodeError):
        return None
