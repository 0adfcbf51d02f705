"""How one episode of the transfer matrix went, and when it counts as a success."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

PLANAR_BOUND, YAW_BOUND = 0.25, 0.4
"""Greatest mean error of an episode that counts as a success, m/s and rad/s."""
GRAVITY = 9.81


@dataclass(frozen=True, slots=True)
class Episode:
    """How one episode went; the errors are of cycle-averaged velocities after settling.

    Attributes:
        fell_at: time of the fall, s; None where there was none.
        planar: mean error of the planar velocity, m/s; None where it fell or was not judged.
        yaw: mean error of the yaw rate, rad/s; None likewise.
        energy: positive mechanical work after settling, J; None likewise.
        distance: way covered after settling, m; None likewise.
        mass: of robot and load, kg.
        error: what kept the episode from being judged; empty where it was.
    """

    fell_at: float | None
    planar: float | None
    yaw: float | None
    energy: float | None
    distance: float | None
    mass: float
    error: str = ""

    @property
    def judged(self) -> bool:
        """Whether it was judged at all."""
        return not self.error

    @property
    def survived(self) -> bool:
        """Whether it was judged and did not fall."""
        return self.judged and self.fell_at is None

    @property
    def success(self) -> bool:
        """Whether it survived with both errors within the bounds."""
        if not self.survived or self.planar is None or self.yaw is None:
            return False
        return self.planar <= PLANAR_BOUND and self.yaw <= YAW_BOUND

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        """Return the episode of these fields."""
        return cls(**fields)


def cost_of_transport(episodes: Sequence[Episode]) -> float | None:
    """Return work over weight times way, summed over the episodes that lasted; None without way."""
    done = [e for e in episodes if e.energy is not None and e.distance is not None]
    way = sum(e.mass * GRAVITY * (e.distance or 0.0) for e in done)
    return sum(e.energy or 0.0 for e in done) / way if way > 0 else None
