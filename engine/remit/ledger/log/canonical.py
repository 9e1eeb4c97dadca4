"""Canonical JSON: one text for one value, so that a hash of it means something.

The form of RFC 8785 (JSON Canonicalization Scheme) for the values that records are made of: text, whole numbers that every JSON
reader holds exactly, true, false, null, lists and objects. There are no fractions: amounts are text (``"30 EUR"``), so nothing
can be rounded on the way. Keys are in the order of their UTF-16 code units; there is no white space.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from json import encoder
from json.encoder import encode_basestring
from typing import Any, Final

__all__ = ["NONSENSE", "canonical", "encode", "load", "parse"]

#: What reading something as what remit writes raises where it is not.
NONSENSE: Final = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError)

#: The largest whole number that every JSON reader holds exactly (RFC 8785, section 3.2.2.3; RFC 7493).
_LARGEST: Final = 2**53 - 1


def _refuse(value: Any) -> Any:
    raise TypeError(f"{type(value).__name__} has no canonical form; amounts and dates are written as text")


def _standard() -> Callable[[Any], str]:
    """The encoder of the standard library, made once; it makes one for each text otherwise."""
    make: Any = encoder.c_make_encoder  # type: ignore[attr-defined]
    if make is None:
        options: dict[str, Any] = {"ensure_ascii": False, "allow_nan": False, "check_circular": False}
        return json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_refuse, **options).encode
    chunks = make(None, _refuse, encode_basestring, None, ":", ",", True, False, False)
    return lambda value: "".join(chunks(value, 0))


def _fastest(orjson: Any, otherwise: Callable[[Any], str]) -> Callable[[Any], str]:
    """The encoder of orjson; what it does not take is left to ``otherwise``.

    It writes the same bytes for text, whole numbers of 64 bits, true, false, null, lists and objects with keys of text.
    """
    dumps, refused = orjson.dumps, orjson.JSONEncodeError
    #: Subclasses, dataclasses and dates are not written its way but left to ``otherwise``.
    options = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS
    options |= orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME

    def encode_fast(value: Any) -> str:
        try:
            text: str = dumps(value, None, options).decode()
        except refused:
            return otherwise(value)
        return text

    return encode_fast


#: After so many texts orjson takes over, where it is installed: a tenth of the time. A counter command writes one record, and
#: does not wait for it to be imported.
_PATIENCE: Final = 12
_standard_encoder: Final = _standard()
_written = 0


def _first(value: Any) -> str:
    """The encoder of the first texts."""
    global _fast, _load, _written
    _written += 1
    if _written >= _PATIENCE:
        _fast = _standard_encoder
        with suppress(ImportError):
            orjson: Any = import_module("orjson")
            _fast, _load = _fastest(orjson, _standard_encoder), orjson.loads
    return _standard_encoder(value)


_fast: Callable[[Any], str] = _first
_load: Callable[[str], Any] = json.loads

#: Code points and UTF-16 units sort alike up to here only.
_BEYOND: Final = re.compile("[\U00010000-\U0010ffff]")


def encode(value: Any) -> str:
    """The canonical text of a value that is already known to hold nothing but what :func:`canonical` takes."""
    text = _fast(value)
    if not text.isascii() and _BEYOND.search(text):
        return canonical(value)
    return text


def canonical(value: Any) -> str:
    """The canonical text of ``value``. Raises ``TypeError`` or ``ValueError`` for what has no canonical form here.

    >>> canonical({"b": [1, True, None], "a": "30 EUR"})
    '{"a":"30 EUR","b":[1,true,null]}'
    """
    out: list[str] = []
    _write(value, out.append)
    return "".join(out)


def _write(value: Any, put: Callable[[str], None]) -> None:
    kind = type(value)
    if kind is str:
        put(_quoted(value))
    elif kind is bool or value is None:
        put({True: "true", False: "false", None: "null"}[value])
    elif kind is int:
        if not -_LARGEST <= value <= _LARGEST:
            raise ValueError(f"{value} is too large for a JSON number; write it as text")
        put(str(value))
    elif kind is list or kind is tuple:
        for index, item in enumerate(value):
            put("," if index else "[")
            _write(item, put)
        put("]" if value else "[]")
    elif kind is dict:
        _write_object(value, put)
    else:
        raise TypeError(f"{kind.__name__} has no canonical form; amounts and dates are written as text")


def _write_object(value: dict[Any, Any], put: Callable[[str], None]) -> None:
    for key in value:
        if type(key) is not str:
            raise TypeError(f"a key is text, not {type(key).__name__}")
    for index, key in enumerate(sorted(value, key=_utf16)):
        put("," if index else "{")
        put(_quoted(key))
        put(":")
        _write(value[key], put)
    put("}" if value else "{}")


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-be")


def _quoted(text: str) -> str:
    text.encode()  # a lone surrogate has no UTF-8 form: UnicodeEncodeError is a ValueError
    return encode_basestring(text)


def load(text: str) -> Any:
    """The value of a JSON text that this engine has just written. Nothing is checked: for what was recorded, :func:`parse`."""
    return _load(text)


def parse(text: str | bytes) -> Any:
    """The value of a JSON text. Raises ``ValueError`` for fractions, NaN and repeated keys, which canonical JSON never has."""
    return json.loads(text, parse_float=_no_fraction, parse_constant=_no_fraction, object_pairs_hook=_object)


def _no_fraction(text: str) -> Any:
    raise ValueError(f"{text} is not a whole number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return out
