"""Numbers with their unit, as robot files hold them: ``20 Nm/rad``, ``12 deg``."""

import re
from collections.abc import Callable

import numpy as np

from canter.control.errors import CanterError

_QUANTITY = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(\S.*?)?\s*")

_Convert = Callable[[float], float]


def _degrees(value: float) -> float:
    return float(np.deg2rad(value))


ALSO: dict[str, dict[str, _Convert]] = {
    "rad": {"deg": _degrees},
    "rad/s": {"deg/s": _degrees, "rpm": lambda value: _degrees(6.0 * value)},
    "m": {"cm": lambda value: value / 100, "mm": lambda value: value / 1000},
}
"""What may stand for a unit, and how it is converted."""


def quantity(value: object, unit: str, where: str) -> float:
    """Return a number in the unit.

    Args:
        value: text such as "20 Nm/rad".
        unit: unit of the result; those of `ALSO` may be written instead.
        where: what it is, for messages.

    Raises:
        CanterError: no number, no unit, or one of something else.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise CanterError(f"{where}: expected a number with its unit, '... {unit}', got {value!r}")
    found = _QUANTITY.fullmatch(str(value))
    if found is None:
        raise CanterError(f"{where}: '{value}' is no number with its unit; write '1.0 {unit}'")
    number, written = float(found[1]), found[2]
    if written is None:
        raise CanterError(f"{where}: {value} has no unit; write '{value} {unit}'")
    converters = {unit: float, **ALSO.get(unit, {})}
    if written not in converters:
        raise CanterError(
            f"{where}: '{value}' is in '{written}'; write it in {' or '.join(converters)}"
        )
    return float(converters[written](number))
