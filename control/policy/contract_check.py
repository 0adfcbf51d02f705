"""Checks of a contract's fields whose errors name file, field and both values."""

import math
from collections.abc import Sequence

from canter.control.errors import ContractError


class Check:
    """Raises ContractErrors that name file and field.

    Args:
        source: name of the file.
    """

    def __init__(self, source: str) -> None:
        self.source = source

    def that(self, holds: bool, field: str, problem: str) -> None:
        """Refuse the field for this problem unless the condition holds."""
        if not holds:
            raise ContractError(f"{self.source}: contract field '{field}': {problem}")

    def equal(self, field: str, got: object, expected: object) -> None:
        """Refuse another value than the expected one."""
        self.that(got == expected, field, f"got {got!r}, expected {expected!r}")

    def choice(self, field: str, got: str, choices: Sequence[str]) -> None:
        """Refuse a value that is none of the choices."""
        self.that(got in choices, field, f"got {got!r}, choices are {', '.join(choices)}")

    def size(self, field: str, got: Sequence[object], expected: int) -> None:
        """Refuse another number of values."""
        self.that(len(got) == expected, field, f"has {len(got)} values, expected {expected}")

    def interval(self, field: str, bounds: tuple[float, float]) -> None:
        """Refuse bounds that are not finite or in the wrong order."""
        low, high = bounds
        ordered = math.isfinite(low) and math.isfinite(high) and low <= high
        self.that(ordered, field, f"[{low}, {high}] is not an interval")
