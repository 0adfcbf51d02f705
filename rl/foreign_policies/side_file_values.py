"""Values that several projects' side files hold, in the words of a recipe."""

from collections.abc import Mapping, Sequence
from typing import Any

from canter.control.errors import CanterError, did_you_mean

KP_UNIT, KD_UNIT = "Nm/rad", "Nm s/rad"
"""Units in which every project read here gives its gains, by its own documents."""


def with_unit(value: object, unit: str) -> Any:  # noqa: ANN401
    """Return a number, or a list of numbers, as a recipe writes it: with its unit."""
    if isinstance(value, list):
        return [with_unit(one, unit) for one in value]
    return f"{value} {unit}"


def indices(value: object, count: int, where: str) -> list[int]:
    """Return a permutation: which motor each joint of the network is.

    Raises:
        CanterError: it is none of so many motors.
    """
    if not isinstance(value, list) or sorted(map(str, value)) != sorted(map(str, range(count))):
        size = len(value) if isinstance(value, list) else 0
        raise CanterError(
            f"{where}: {size} joints, {value!r}; the robot has {count}, each is there once"
        )
    return [int(one) for one in value]


def picked(value: object, places: Sequence[int], where: str) -> list[object]:
    """Return the values at these places of a list of as many.

    Raises:
        CanterError: it is no list, or of another length.
    """
    if not isinstance(value, list) or len(value) != len(places):
        raise CanterError(f"{where}: expected a list of {len(places)} numbers, got {value!r}")
    return [value[i] for i in places]


def our_term(name: object, terms: Mapping[str, str], where: str) -> str:
    """Return our name of a project's observation term.

    Args:
        name: its name.
        terms: our names by the project's: a recipe's ``terms``.
        where: the key that it stands at, for messages.

    Raises:
        CanterError: it is none of these.
    """
    if str(name) not in terms:
        hint = did_you_mean(str(name), terms)
        raise CanterError(f"{where}: term '{name}' cannot be mapped; {hint}")
    return terms[str(name)]
