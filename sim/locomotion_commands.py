"""Random velocity and height commands for training a locomotion policy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.types import GAIT_LAYOUT, GaitCommand


@dataclass(frozen=True, slots=True)
class CommandRanges:
    """What a policy is trained to follow; a policy's contract carries the same ranges.

    Attributes:
        vx: forward velocity, m/s.
        vy: leftward velocity, m/s.
        wz: yaw rate, rad/s.
        body_height: height offset, m.
    """

    vx: tuple[float, float] = (-0.5, 1.0)
    vy: tuple[float, float] = (-0.4, 0.4)
    wz: tuple[float, float] = (-1.0, 1.0)
    body_height: tuple[float, float] = (-0.08, 0.03)


STILL_SHARE = 0.15
AXIS_SHARE = 0.3
HEIGHT_SHARE = 0.4


def default_commands(n: int) -> NDArray[np.float32]:
    """Return n copies of the standing command, (n, 12)."""
    return np.tile(GaitCommand().to_array(), (n, 1))


def sample_commands(ranges: CommandRanges, n: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw n commands, (n, 12): some at rest, some along one axis, the rest mixed."""
    commands = default_commands(n)
    axes = (ranges.vx, ranges.vy, ranges.wz)
    velocity = np.stack([rng.uniform(low, high, n) for low, high in axes], axis=-1)
    kind = rng.random(n)
    only = np.eye(3)[rng.integers(0, 3, n)]
    velocity = np.where((kind < STILL_SHARE + AXIS_SHARE)[:, None], velocity * only, velocity)
    velocity[kind < STILL_SHARE] = 0.0
    for i, name in enumerate(("vx", "vy", "wz")):
        commands[:, GAIT_LAYOUT[name]] = velocity[:, i : i + 1]
    height = rng.uniform(*ranges.body_height, n) * (rng.random(n) < HEIGHT_SHARE)
    commands[:, GAIT_LAYOUT["body_height"]] = height[:, None]
    return commands


def command_fields(commands: NDArray[np.floating]) -> dict[str, NDArray[np.floating]]:
    """Return a view of each field of a batch of commands, each (N,), by name."""
    return {name: values[..., 0] for name, values in GAIT_LAYOUT.unpack(commands).items()}
