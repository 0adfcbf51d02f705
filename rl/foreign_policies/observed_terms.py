"""The observation of a recipe: from its terms to each number that the network sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from canter.control.errors import CanterError, did_you_mean
from canter.rl.foreign_policies.recipe import COMPONENTS, PER_JOINT, ObservedNumber
from canter.sim.robots.yaml_file import section

TERM_KEYS = ("scale", "order", "age", "frames", "clip")
HISTORY_KEYS = ("frames", "newest")


@dataclass(frozen=True, slots=True)
class _Term:
    """One term of a recipe's observation.

    Attributes:
        numbers: those of its newest frame.
        frames: how many of its frames stand behind each other, oldest first.
    """

    numbers: tuple[ObservedNumber, ...]
    frames: int

    def stacked(self) -> list[ObservedNumber]:
        """Return the numbers of all frames, oldest first."""
        ages = range(self.frames - 1, -1, -1)
        return [replace(one, age=one.age + age) for age in ages for one in self.numbers]


def observed_numbers(
    value: object, history: object, bound: float, joints: Sequence[str]
) -> tuple[ObservedNumber, ...]:
    """Return what the network sees.

    Args:
        value: a recipe's ``observation``.
        history: its ``history``: whole observations that stand behind each other.
        bound: largest number that the network is shown, either sign.
        joints: canonical names in the network's order.

    Raises:
        CanterError: a term or a key is unknown, or a value is not right; the message names it.
    """
    if not isinstance(value, list) or not value:
        raise CanterError(f"observation: expected a list of terms, got {value!r}")
    places = (f"observation[{i}]" for i in range(len(value)))
    terms = [_term(one, where, bound, joints) for one, where in zip(value, places, strict=False)]
    frame = [number for term in terms for number in term.stacked()]
    given = section(history, "history", (), HISTORY_KEYS)
    frames = _count(given.get("frames", 1), "history.frames", least=1)
    newest = given.get("newest", "last")
    if newest not in ("first", "last"):
        raise CanterError(f"history.newest: may be first or last, got {newest!r}")
    ages = range(frames) if newest == "first" else range(frames - 1, -1, -1)
    return tuple(replace(one, age=one.age + age) for age in ages for one in frame)


def _term(value: object, where: str, bound: float, joints: Sequence[str]) -> _Term:
    """Return one term of the list."""
    if isinstance(value, Mapping) and "constant" in value:
        given = section(value, where, ("constant",), ("frames",))
        constants = _numbers(given["constant"], f"{where}.constant")
        frames = _count(given.get("frames", 1), f"{where}.frames", least=1)
        return _Term(
            tuple(ObservedNumber("", 0, 0, 0.0, one, -bound, bound) for one in constants), frames
        )
    given = section(value, where, ("term",), TERM_KEYS)
    name = str(given["term"])
    if name not in COMPONENTS:
        raise CanterError(
            f"{where}: no term '{name}' is known here; {did_you_mean(name, COMPONENTS)}"
        )
    where = f"{where} ({name})"
    order = _order(given.get("order"), name, where, joints)
    scales = _spread(_numbers(given.get("scale", 1.0), f"{where}.scale"), len(order), where)
    age = _count(given.get("age", 0), f"{where}.age", least=0)
    low, high = _clip(given.get("clip"), where)
    numbers = []
    for component, scale in zip(order, scales, strict=True):
        ends = sorted((low * scale, high * scale))  # the clip is of the raw value
        numbers.append(
            ObservedNumber(
                *(name, component, age, scale, 0.0), max(ends[0], -bound), min(ends[1], bound)
            )
        )
    return _Term(tuple(numbers), _count(given.get("frames", 1), f"{where}.frames", least=1))


def _order(value: object, name: str, where: str, joints: Sequence[str]) -> list[int]:
    """Return which of a term's numbers the network sees, in its order."""
    own = COMPONENTS[name]
    if value is None:
        value = list(joints if name in PER_JOINT else own)
    if not isinstance(value, list) or not value:
        raise CanterError(f"{where}.order: expected a list of {', '.join(own)}, got {value!r}")
    for one in value:
        if one not in own:
            raise CanterError(f"{where}.order: it has no '{one}'; {did_you_mean(str(one), own)}")
    return [own.index(one) for one in value]


def _numbers(value: object, where: str) -> list[float]:
    """Return one number or a list of numbers."""
    numbers: list[float] = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, bool) or not isinstance(one, int | float):
            raise CanterError(f"{where}: expected a number or a list of numbers, got {value!r}")
        numbers.append(float(one))
    return numbers


def _spread(values: list[float], count: int, where: str) -> list[float]:
    """Return one scale for each number; none may be zero, which hides a mistake."""
    scales = values * count if len(values) == 1 else values
    if len(scales) != count or not all(scales):
        raise CanterError(f"{where}.scale: expected one number but 0, or {count}, got {values}")
    return scales


def _clip(value: object, where: str) -> tuple[float, float]:
    """Return the bounds of the raw value; left out, none."""
    if value is None:
        return float("-inf"), float("inf")
    ends = _numbers(value, f"{where}.clip")
    if len(ends) != 2 or not ends[0] < ends[1]:
        raise CanterError(f"{where}.clip: expected [lowest, highest], got {value!r}")
    return ends[0], ends[1]


def _count(value: object, where: str, *, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise CanterError(f"{where}: expected a whole number from {least}, got {value!r}")
    return value
