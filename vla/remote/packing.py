"""Numpy arrays within msgpack, in the bytes of openpi's ``msgpack_numpy``; no pickles.

An array is a map of ``__ndarray__``, ``data``, ``dtype`` and ``shape``, a number of numpy's one of
``__npgeneric__``, ``data`` and ``dtype``; all four keys are bytes.
"""

import re
from typing import Any, Final

import msgpack
import numpy as np

from canter.vla.remote.errors import MessageError

ARRAY, NUMBER = b"__ndarray__", b"__npgeneric__"
DATA, DTYPE, SHAPE = b"data", b"dtype", b"shape"
KINDS: Final = "biuf"
"""Kinds of numbers that may be sent: Booleans, integers, floats."""
NUMBERS: Final = re.compile(r"[<>|=]?[biuf]\d{1,2}")
"""How their types are written."""
MOST_AXES: Final = 8


def pack(message: dict[str, Any]) -> bytes:
    """Return the bytes of a message: numbers, texts, lists, maps and arrays.

    Raises:
        MessageError: it holds something else.
    """
    try:
        packed: bytes = msgpack.packb(message, default=_packed)
    except (TypeError, ValueError, OverflowError) as error:
        raise MessageError(f"this cannot be sent: {error}") from error
    return packed


def unpack(data: bytes) -> dict[str, Any]:
    """Return the message of some bytes.

    Raises:
        MessageError: they are none, or hold an array that cannot be.
    """
    try:
        message = msgpack.unpackb(data, object_hook=_unpacked)
    except (ValueError, TypeError, OverflowError, msgpack.UnpackException) as error:
        raise MessageError(f"{len(data)} bytes are no msgpack map ({error})") from error
    if not isinstance(message, dict) or not all(isinstance(name, str) for name in message):
        raise MessageError(f"{len(data)} bytes are no msgpack map from names to values")
    return message


def _packed(value: object) -> dict[bytes, object]:
    if not isinstance(value, np.ndarray | np.generic) or value.dtype.kind not in KINDS:
        raise TypeError(f"no place in a message for {type(value).__name__}")
    if isinstance(value, np.ndarray):
        data = {DATA: value.tobytes(), DTYPE: value.dtype.str, SHAPE: value.shape}
        return {ARRAY: True, **data}
    return {NUMBER: True, DATA: value.item(), DTYPE: value.dtype.str}


def _unpacked(found: dict[Any, Any]) -> Any:  # noqa: ANN401 - whatever was packed
    if ARRAY in found:
        return _array(found)
    if NUMBER in found:
        return _dtype(found).type(found.get(DATA))
    return found


def _array(found: dict[Any, Any]) -> np.ndarray[Any, Any]:
    data, shape, dtype = found.get(DATA), found.get(SHAPE), _dtype(found)
    if not isinstance(shape, list | tuple) or len(shape) > MOST_AXES:
        raise ValueError(f"an array of shape {shape!r}")
    if not all(isinstance(n, int) and n >= 0 for n in shape) or not isinstance(data, bytes):
        raise ValueError(f"an array of shape {shape!r} without its bytes")
    return np.frombuffer(data, dtype).reshape(shape)


def _dtype(found: dict[Any, Any]) -> np.dtype[Any]:
    written = found.get(DTYPE)
    if not isinstance(written, str) or not NUMBERS.fullmatch(written):
        raise ValueError(f"an array of {written!r:.40}")
    return np.dtype(written)
