"""What a range sensor saw, as a typed value."""

from dataclasses import dataclass

from canter.control.errors import CanterError
from canter.control.types import Array


@dataclass(frozen=True, slots=True)
class RangeScan:
    """Points that a range sensor saw within one period, the robot's own body left out.

    Attributes:
        time: monotonic time stamp, s.
        points_b: places of the points in the base frame at that time, m, (M, 3).
    """

    time: float
    points_b: Array

    def __post_init__(self) -> None:
        """Refuse what is no list of points."""
        if self.points_b.ndim != 2 or self.points_b.shape[1] != 3:
            raise CanterError(f"points of a scan take shape (M, 3), got {self.points_b.shape}")
