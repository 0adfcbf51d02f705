"""A gamepad with a dead man's button: nothing moves unless it is held."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from canter.control.gait.gait_clock import GAITS
from canter.control.teleop.velocity_wish import FULL, HELD_S, LEVELS, VelocityWish

STILL = 0.1
"""Deflection of a stick that counts as none."""


@dataclass(frozen=True, slots=True)
class PadState:
    """What is pressed, in this module's own names.

    Attributes:
        sticks: left_x, left_y, right_x, -1..1, to the left and forwards positive.
        buttons: those pressed: hold, stop, slower, faster, gait.
    """

    sticks: Mapping[str, float] = field(default_factory=dict)
    buttons: frozenset[str] = frozenset()


class Gamepad:
    """Turns the newest state of a pad into velocities.

    Attributes:
        level: of speed, an index of LEVELS.
        gait: index among the policy's own way and GAITS.
    """

    def __init__(self) -> None:
        self.level = 0
        self.gait = ""
        self._state, self._heard = PadState(), -HELD_S
        self._stopped = False

    def put(self, state: PadState, now: float) -> None:
        """Take a state that came now; buttons act when they go down."""
        fresh = state.buttons - self._state.buttons
        self._stopped |= "stop" in fresh
        step = ("faster" in fresh) - ("slower" in fresh)
        self.level = min(max(self.level + step, 0), len(LEVELS) - 1)
        if "gait" in fresh:
            ways = ["", *GAITS]
            self.gait = ways[(ways.index(self.gait) + 1) % len(ways)]
        self._state, self._heard = state, now

    def wish(self, now: float) -> VelocityWish:
        """Return what the pad asks for now; rest where it is not held, or silent for HELD_S."""
        stopped, self._stopped = self._stopped, False
        held = "hold" in self._state.buttons and now - self._heard < HELD_S
        if not held or stopped:
            return VelocityWish(gait=self.gait, stop=stopped)
        share = LEVELS[self.level]
        return VelocityWish(
            vx=share * FULL["vx"] * self._stick("left_y"),
            vy=share * FULL["vy"] * self._stick("left_x"),
            wz=share * FULL["wz"] * self._stick("right_x"),
            gait=self.gait,
        )

    def _stick(self, name: str) -> float:
        value = min(max(self._state.sticks.get(name, 0.0), -1.0), 1.0)
        return value if abs(value) > STILL else 0.0
