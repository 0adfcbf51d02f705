"""Gait commands as bins: every field of a command is one of so many equal parts of its range.

Source: RT-2 (arXiv:2307.15818) writes each dimension of an action as one of 256 bins, and QUART
(arXiv:2312.14457) the twelve of a quadruped's command.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.types import GAIT_LAYOUT, GAIT_RANGES, Array, GaitCommand

BINS = 256
"""Bins of a field, as in RT-2 and QUART."""

MOST_DIGITS = 10
"""A number of so many digits is no bin."""

Bins = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ActionBins:
    """How a command is said in bins.

    Attributes:
        ranges: lowest and highest value of each field that is said, in the order of the bins.
        count: how many bins a range has.
    """

    ranges: dict[str, tuple[float, float]]
    count: int = BINS

    def __post_init__(self) -> None:
        """Refuse fields that a GaitCommand does not have, and ranges beyond its own."""
        unknown = [name for name in self.ranges if name not in GAIT_RANGES]
        if unknown or not self.ranges:
            raise CanterError(
                f"action fields {unknown or 'are missing'}; name some of {', '.join(GAIT_RANGES)}"
            )
        if self.count < 2:
            raise CanterError(f"{self.count} bins cannot tell values apart; give 2 or more")
        for name, (low, high) in self.ranges.items():
            least, most = GAIT_RANGES[name]
            if not least <= low < high <= most:  # NaN fails too
                raise CanterError(
                    f"range [{low}, {high}] of {name} is none within [{least}, {most}]; narrow it"
                )

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields that are said, in the order of the bins."""
        return tuple(self.ranges)

    def half_bin(self) -> NDArray[np.float64]:
        """Return half the width of each field's bins, the most that saying a value changes it."""
        low, high = self._limits()
        return (high - low) / self.count / 2

    def encode(self, commands: Array) -> Bins:
        """Return the bin of each field; values beyond a range go to its outermost bin.

        Args:
            commands: order of GAIT_RANGES, (..., 12).

        Returns:
            Numbers from 0 on, (..., fields).
        """
        if commands.shape[-1] != GAIT_LAYOUT.size or not np.isfinite(commands).all():
            raise CanterError(
                f"commands of shape {commands.shape} must be (..., {GAIT_LAYOUT.size}) and finite"
            )
        low, high = self._limits()
        named = GAIT_LAYOUT.unpack(commands)
        values = np.concatenate([named[name] for name in self.fields], axis=-1, dtype=np.float64)
        part = (values - low) / (high - low)
        return np.clip(np.floor(part * self.count), 0, self.count - 1).astype(np.int64)

    def decode(self, bins: Bins) -> NDArray[np.float32]:
        """Return the commands of bins: their middles; fields that are not said stay as standing.

        Args:
            bins: numbers from 0 on, (..., fields).

        Returns:
            Order of GAIT_RANGES, (..., 12).
        """
        fits = bins.shape[-1] == len(self.fields)
        if not fits or not ((bins >= 0) & (bins < self.count)).all():
            raise CanterError(
                f"bins of shape {bins.shape} must be (..., {len(self.fields)}), each from 0 to "
                f"{self.count - 1}"
            )
        low, high = self._limits()
        values = low + (bins + 0.5) / self.count * (high - low)
        commands = np.empty((*bins.shape[:-1], GAIT_LAYOUT.size), np.float32)
        commands[:] = GaitCommand().to_array()
        named = GAIT_LAYOUT.unpack(commands)
        for name, value in zip(self.fields, np.moveaxis(values, -1, 0), strict=True):
            named[name][..., 0] = value
        return commands

    def to_text(self, bins: Sequence[int] | Bins) -> str:
        """Return the bins of one command as RT-2 writes them: numbers with spaces between."""
        return " ".join(str(int(number)) for number in bins)

    def from_text(self, text: str) -> Bins:
        """Return the bins of a text of `to_text`, (fields,).

        Raises:
            CanterError: it is no such text.
        """
        words = text.split()
        if len(words) != len(self.fields) or not all(map(_is_number, words)):
            raise CanterError(
                f"'{text[:80]}' is no action; it is {len(self.fields)} numbers, one for each of "
                f"{', '.join(self.fields)}"
            )
        numbers = [int(word) for word in words]
        if max(numbers) >= self.count:
            raise CanterError(f"'{text[:80]}' is no action; there are bins 0 to {self.count - 1}")
        return np.array(numbers, np.int64)

    def _limits(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        low, high = np.array(list(self.ranges.values()), np.float64).T
        return low, high


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < MOST_DIGITS
