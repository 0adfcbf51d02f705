"""Values of a YAML file as the types of a dataclass's fields, or an error that names the key."""

import types
from collections.abc import Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from canter.control.errors import CanterError


def field_types(settings: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the type of each field of a dataclass, by name."""
    return get_type_hints(settings)


def typed_value(wanted: Any, value: object, where: str) -> Any:  # noqa: ANN401
    """Return a value as the type that was declared.

    Args:
        wanted: type of a field.
        value: what YAML holds.
        where: dotted key, for the message.

    Raises:
        CanterError: the value is of another type.
    """
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin in (Union, types.UnionType):
        return _one_of(inner, value, where)
    if origin is Literal:
        if value not in inner:
            raise CanterError(f"'{where}' may be {', '.join(map(str, inner))}, got {value!r}")
        return value
    if origin is tuple:
        return _tuple(inner, value, where)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise _wrong("a mapping", value, where)
        return {str(key): typed_value(inner[1], v, f"{where}.{key}") for key, v in value.items()}
    if is_dataclass(wanted):
        return _dataclass(wanted, value, where)
    return _scalar(wanted, value, where)


def _wrong(kind: str, value: object, where: str) -> CanterError:
    return CanterError(f"'{where}' must be {kind}, got {value!r}")


def _one_of(choices: tuple[Any, ...], value: object, where: str) -> Any:  # noqa: ANN401
    """Return a value of the first type that takes it; None stands for itself."""
    if value is None and type(None) in choices:
        return None
    others = [choice for choice in choices if choice is not type(None)]
    for choice in others[:-1]:
        try:
            return typed_value(choice, value, where)
        except CanterError:
            continue
    return typed_value(others[-1], value, where)


def _tuple(inner: tuple[Any, ...], value: object, where: str) -> tuple[Any, ...]:
    """Return a list as a tuple of one type, or of one type for each place."""
    if not isinstance(value, list):
        raise _wrong("a list", value, where)
    kinds = [inner[0]] * len(value) if inner[-1] is Ellipsis else list(inner)
    if len(kinds) != len(value):
        raise _wrong(f"a list of {len(kinds)}", value, where)
    items = enumerate(zip(kinds, value, strict=True))
    return tuple(typed_value(kind, item, f"{where}[{i}]") for i, (kind, item) in items)


def _dataclass(wanted: Any, value: object, where: str) -> Any:  # noqa: ANN401
    """Return a dataclass of a mapping that names each of its fields."""
    kinds = field_types(wanted)
    if not isinstance(value, Mapping) or set(value) != set(kinds):
        raise _wrong(f"a mapping of {', '.join(kinds)}", value, where)
    return wanted(**{k: typed_value(kind, value[k], f"{where}.{k}") for k, kind in kinds.items()})


def _scalar(wanted: Any, value: object, where: str) -> Any:  # noqa: ANN401
    """Return a bool, int, float, str or path."""
    if wanted is bool and isinstance(value, bool):
        return value
    if wanted is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    if wanted is float and isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            return float(value)  # YAML 1.1 reads 3e-4 as text
        except (ValueError, OverflowError):
            raise _wrong("a number", value, where) from None
    if wanted in (str, Path) and isinstance(value, str):
        return wanted(value)
    names = {bool: "true or false", int: "a whole number", float: "a number"}
    raise _wrong(names.get(wanted, "text"), value, where)
