"""A velocity from any standard client as a gait command within the policy's ranges."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from canter.control.errors import CanterError
from canter.control.gait.observation import VELOCITY_FIELDS
from canter.control.locomotion import COMMAND_TIMEOUT_S
from canter.control.types import GAIT_RANGES, GaitCommand

Ranges = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Clipping:
    """A velocity component that the policy cannot follow.

    Attributes:
        name: "vx", "vy" or "wz".
        asked: what was asked for, m/s or rad/s.
        given: what is commanded in its place.
    """

    name: str
    asked: float
    given: float

    def __str__(self) -> str:
        """Return one line for a log."""
        return f"{self.name} = {self.asked:g} asked, clipped to {self.given:g}"


class VelocityCommand:
    """The newest velocity asked for, and the gait command that it makes.

    Attributes:
        clipped: how many velocities had to be clipped.
    """

    def __init__(
        self,
        ranges: Ranges,
        posture: GaitCommand | None = None,
        timeout_s: float = COMMAND_TIMEOUT_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin at rest.

        Args:
            ranges: `command_ranges` of the locomotion policy's contract.
            posture: gait and posture that the velocities are put into, clipped to the ranges.
            timeout_s: age at which a velocity no longer moves the robot, s.
            now: monotonic clock, s.

        Raises:
            CanterError: a range is missing, or the time-out is not positive.
        """
        missing = [name for name in GAIT_RANGES if name not in ranges]
        if missing:
            raise CanterError(f"no range for {', '.join(missing)}; take the contract's")
        if not (math.isfinite(timeout_s) and timeout_s > 0):
            raise CanterError(f"velocity time-out is {timeout_s} s; it must be positive")
        self.timeout_s = timeout_s
        self.clipped = 0
        self._now = now
        self._ranges = {name: ranges[name] for name in VELOCITY_FIELDS}
        given = posture or GaitCommand()
        values = {f.name: _clip(getattr(given, f.name), ranges[f.name]) for f in fields(given)}
        self._rest = GaitCommand(**values | dict.fromkeys(VELOCITY_FIELDS, 0.0))
        self._newest: tuple[float, GaitCommand] | None = None

    def put(self, vx: float, vy: float, wz: float, age_s: float = 0.0) -> tuple[Clipping, ...]:
        """Take a velocity, and return what of it had to be clipped.

        Args:
            vx: forward, base frame, m/s.
            vy: leftward, base frame, m/s.
            wz: yaw rate, positive to the left, rad/s.
            age_s: how old it is by its own time stamp, where it has one, s.

        Raises:
            CanterError: a component is NaN or infinite, or the stamp too old or from the future;
                the newest velocity before stays in force until it times out.
        """
        asked = dict(zip(VELOCITY_FIELDS, (vx, vy, wz), strict=True))
        bad = [f"{name} = {value}" for name, value in asked.items() if not math.isfinite(value)]
        if bad:
            raise CanterError(f"velocity refused: {', '.join(bad)}; components are finite")
        if not abs(age_s) <= self.timeout_s:
            raise CanterError(
                f"velocity refused: its stamp is {age_s:.3g} s old, allowed are {self.timeout_s} s;"
                " compare the clocks, and use_sim_time, of both ends"
            )
        given = {name: _clip(value, self._ranges[name]) for name, value in asked.items()}
        self._newest = (self._now() - max(age_s, 0.0), replace(self._rest, **given))
        changed = tuple(
            Clipping(name, asked[name], given[name]) for name in asked if asked[name] != given[name]
        )
        self.clipped += bool(changed)
        return changed

    @property
    def fresh(self) -> bool:
        """Whether a velocity is in force."""
        newest = self._newest
        return newest is not None and self._now() - newest[0] <= self.timeout_s

    def command(self) -> GaitCommand:
        """Return the gait command in force; standing where there is none or it is too old."""
        newest = self._newest
        if newest is None or self._now() - newest[0] > self.timeout_s:
            return self._rest
        return newest[1]

    def forget(self) -> None:
        """Stand until the next velocity."""
        self._newest = None


def _clip(value: float, limits: tuple[float, float]) -> float:
    return float(np.clip(value, *limits))
