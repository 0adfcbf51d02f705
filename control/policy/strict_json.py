"""Strict decoding of JSON into dataclasses: nothing unknown, nothing missing, nothing coerced."""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

import numpy as np

from canter.control.errors import ContractError
from canter.control.plain_json import parse_json

T = TypeVar("T")


def parse_object(text: str, where: str) -> dict[str, Any]:
    """Parse a JSON object; refuses broken JSON, repeated keys, NaN and anything not an object."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        parsed = dict(pairs)
        if len(parsed) != len(pairs):
            names = [name for name, _ in pairs]
            twice = sorted({name for name in names if names.count(name) > 1})
            raise ContractError(f"{where}: repeated field {', '.join(twice)}")
        return parsed

    def refuse_constant(constant: str) -> float:
        raise ContractError(f"{where}: {constant} is not a finite number")

    try:
        parsed = parse_json(text, unique, refuse_constant)
    except ContractError:
        raise
    except ValueError as error:
        raise ContractError(f"{where}: not JSON ({error})") from error
    if not isinstance(parsed, dict):
        raise ContractError(f"{where}: expected a JSON object, got {type(parsed).__name__}")
    return parsed


def decode(kind: type[T], value: object, where: str) -> T:
    """Return the dataclass ``kind`` built from parsed JSON.

    Understands str, int, bool, float (also from int), Any, dict[str, X], tuple[X, ...],
    tuple[X, Y], vectors (NDArray[np.float64]) and dataclasses of these. A field of type X | None
    with a default may be left out; where it is given, it is an X.

    Args:
        kind: the dataclass.
        value: parsed JSON; tuples are taken for lists.
        where: name of the value, put before the field in every message.

    Raises:
        ContractError: an unknown or missing field, a wrong type, a number that is not finite.
    """
    return cast(T, _decode(kind, value, where))


def _decode(kind: object, value: object, where: str) -> object:
    if kind is Any:
        return value
    if isinstance(kind, UnionType):
        (kind,) = (option for option in get_args(kind) if option is not NoneType)
    if is_dataclass(kind):
        return _decode_dataclass(kind, value, where)
    origin = get_origin(kind)
    if origin is dict:
        item = get_args(kind)[1]
        return {k: _decode(item, v, f"{where}.{k}") for k, v in _mapping(value, where).items()}
    if origin in (tuple, np.ndarray):
        vector = origin is np.ndarray
        items = _decode_tuple((float, ...) if vector else get_args(kind), value, where)
        return np.array(items) if vector else items
    if kind is float:
        return _decode_float(value, where)
    if type(value) is not kind:
        raise ContractError(f"{where}: expected {getattr(kind, '__name__', kind)}, got {value!r}")
    return value


def _mapping(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise ContractError(f"{where}: expected an object with named fields, got {value!r}")
    return value


def _decode_dataclass(kind: Any, value: object, where: str) -> object:  # noqa: ANN401
    given = _mapping(value, where)
    names = [field.name for field in fields(kind)]
    unknown = [name for name in given if name not in names]
    if unknown:
        raise ContractError(
            f"{where}: unknown field {', '.join(map(repr, unknown))}; known are {', '.join(names)}"
        )
    hints = get_type_hints(kind)
    missing = [n for n in names if n not in given and not isinstance(hints[n], UnionType)]
    if missing:
        raise ContractError(f"{where}: missing field {', '.join(map(repr, missing))}")
    present = [name for name in names if name in given]
    return kind(**{name: _decode(hints[name], given[name], f"{where}.{name}") for name in present})


def _decode_tuple(items: tuple[object, ...], value: object, where: str) -> tuple[object, ...]:
    if not isinstance(value, list | tuple):
        raise ContractError(f"{where}: expected a list, got {value!r}")
    if items[-1] is Ellipsis:
        items = items[:1] * len(value)
    if len(items) != len(value):
        raise ContractError(f"{where}: expected {len(items)} values, got {len(value)}")
    pairs = zip(items, value, strict=True)
    return tuple(_decode(item, v, f"{where}[{i}]") for i, (item, v) in enumerate(pairs))


def _decode_float(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ContractError(f"{where}: expected a number, got {value!r}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf  # an integer beyond all floats
    if not math.isfinite(number):
        raise ContractError(f"{where}: {number} is not a finite number")
    return number
