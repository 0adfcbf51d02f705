"""What a person's hands ask of the robot."""

from dataclasses import dataclass

LEVELS: tuple[float, ...] = (0.25, 0.5, 1.0)
"""Shares of the full speed."""
FULL = {"vx": 0.8, "vy": 0.4, "wz": 1.0}
"""Full speed, m/s and rad/s; the locomotion policy clips what it cannot walk."""
HELD_S = 0.4
"""How long a hand counts as holding after it was last heard, s: a robot that is let go of stands
within 0.5 s."""


@dataclass(frozen=True, slots=True)
class VelocityWish:
    """A velocity of the base, and how to walk.

    Attributes:
        vx: forwards, m/s.
        vy: to the left, m/s.
        wz: turning to the left, rad/s.
        gait: name of `control.gait.gait_clock.GAITS`; empty for the policy's own.
        stop: a person wants whatever moves the robot to end.
    """

    vx: float = 0.0
    vy: float = 0.0
    wz: float = 0.0
    gait: str = ""
    stop: bool = False
