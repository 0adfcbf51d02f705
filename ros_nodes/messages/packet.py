"""Labelled vectors: how a schema of named fields lies in the numbers of a Float64MultiArray."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from canter.control.errors import CanterError

Vector = NDArray[np.float64]
Names = tuple[tuple[str, tuple[str, ...]], ...]
"""Groups and their members in order, such as (("joints", ("FL_hip_joint", ...)), ...)."""

SHOWN = 80
"""Characters of a foreign label that a message repeats."""


@dataclass(frozen=True, slots=True)
class Packet:
    """Content of a Float64MultiArray.

    Attributes:
        labels: the labels of ``layout.dim``.
        sizes: the sizes of ``layout.dim``: numbers in all, fields, and members of each group.
        data: the numbers; an ``array('d')``, which rclpy takes without looking at each element.
    """

    labels: tuple[str, ...]
    sizes: tuple[int, ...]
    data: "array[float]"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One field of a schema.

    Attributes:
        low: lowest value that is taken for real.
        high: highest value that is taken for real.
        width: numbers in it, where it has no group.
        per: group with one number a member; None: it has `width` numbers.
    """

    low: float
    high: float
    width: int = 1
    per: str | None = None


class Schema:
    """Named fields in order, under a name with a version.

    Args:
        name: such as "canter.RobotState/1"; another layout takes another version.
        quantities: the fields in packed order.
    """

    def __init__(self, name: str, quantities: Mapping[str, Quantity]) -> None:
        self.name = name
        self.quantities = dict(quantities)

    def encode(self, values: Mapping[str, ArrayLike], names: Names) -> Packet:
        """Return the packet of values by field, each (width,), (1, width) or, of width 1, ().

        Raises:
            CanterError: a field has another shape; the message names it.
        """
        layout = _layout(self, names)
        parts = []
        for name, width in layout.widths.items():
            value = np.asarray(values[name], np.float64)
            if value.shape not in ((width,), (1, width)) and (width, value.shape) != (1, ()):
                raise CanterError(f"{self.name}: {name} has shape {value.shape}, not ({width},)")
            parts.append(value.ravel())
        packed = np.concatenate(parts)
        return Packet(layout.labels, layout.sizes, array("d", packed.tobytes()))

    def decode(
        self, labels: Sequence[str], data: Sequence[float], names: Names
    ) -> dict[str, Vector]:
        """Return copies of the fields by name, each (width,), members in the order of `names`.

        Raises:
            CanterError: wrong label, size, or a value that is NaN or out of range, by field.
        """
        layout = _layout(self, names)
        orders = _orders(tuple(labels), layout.labels, names)
        size = layout.size
        if len(data) != size:
            raise CanterError(f"{self.name}: data has {len(data)} numbers, its fields take {size}")
        try:
            packed = np.array(data, np.float64)
        except (TypeError, ValueError) as error:
            raise CanterError(f"{self.name}: data is not all numbers ({error})") from error
        if packed.shape != (size,):
            raise CanterError(f"{self.name}: data has shape {packed.shape}, not ({size},)")
        values, start = {}, 0
        for name, width in layout.widths.items():
            part = packed[start : start + width]
            start += width
            group = self.quantities[name].per
            values[name] = part if group is None else part[orders[group]]
        self._check_ranges(values, names)
        return values

    def _check_ranges(self, values: Mapping[str, Vector], names: Names) -> None:
        members = dict(names)
        for name, quantity in self.quantities.items():
            value = values[name]
            good = (value >= quantity.low) & (value <= quantity.high)  # NaN fails both
            if good.all():
                continue
            where = int(np.flatnonzero(~good)[0])
            of = f" of {members[quantity.per][where]}" if quantity.per else ""
            raise CanterError(
                f"{self.name}: {name}{of} is {value[where]:g}, allowed are "
                f"{quantity.low:g}..{quantity.high:g}"
            )


@dataclass(frozen=True, slots=True)
class _Layout:
    """A schema whose groups have certain members."""

    labels: tuple[str, ...]
    sizes: tuple[int, ...]
    widths: dict[str, int]
    size: int


@lru_cache(maxsize=256)
def _layout(schema: Schema, names: Names) -> _Layout:
    members = {group: len(those) for group, those in names}
    widths = {
        name: quantity.width if quantity.per is None else members[quantity.per]
        for name, quantity in schema.quantities.items()
    }
    said = " ".join(f"{name}:{width}" for name, width in widths.items())
    groups = (f"{group}={','.join(those)}" for group, those in names)
    size = sum(widths.values())
    return _Layout(
        (schema.name, said, *groups), (size, len(widths), *members.values()), widths, size
    )


@lru_cache(maxsize=64)
def _orders(
    labels: tuple[str, ...], expected: tuple[str, ...], names: Names
) -> dict[str, NDArray[np.intp]]:
    """Return, for each group, where its members in our order lie in the packet."""
    name = expected[0]
    if len(labels) != len(expected):
        raise CanterError(f"{name}: there are {len(labels)} labels, not {len(expected)}")
    for got, wanted, what in zip(labels, expected, ("schema", "fields"), strict=False):
        if got != wanted:
            raise CanterError(
                f"{name}: the label of its {what} is '{_short(got)}', not '{wanted}'; run the same "
                "version of Canter at both ends"
            )
    given = labels[len(expected) - len(names) :]
    return {
        group: _order(f"{name}: {group}", group, label, members)
        for label, (group, members) in zip(given, names, strict=True)
    }


def _order(where: str, group: str, label: str, members: tuple[str, ...]) -> NDArray[np.intp]:
    key, _, listed = label.partition("=")
    given = listed.split(",")
    if key != group:
        raise CanterError(f"{where}: the label is '{_short(label)}', not '{group}=...'")
    if sorted(given) != sorted(members):
        odd = sorted(set(given) ^ set(members)) or ["one of them twice"]
        raise CanterError(
            f"{where}: the packet and this robot differ in {_short(', '.join(odd))}; this robot "
            f"has {', '.join(members)}"
        )
    return np.array([given.index(member) for member in members], np.intp)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
