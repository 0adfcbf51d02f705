"""The seam between pictures and gait commands: what a policy is shown, and what it must answer.

The model, an expert, a person and a server all stand behind :class:`CommandPolicy`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.types import CHUNK_SPACING_S, RobotState

Float = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class CameraSpec:
    """How the robot's front camera takes its pictures; a model's contract names it.

    Attributes:
        height: px.
        width: px.
        fovy: vertical field of view, rad.
        period: time between two pictures, a multiple of CHUNK_SPACING_S, s.
    """

    height: int
    width: int
    fovy: float
    period: float

    def __post_init__(self) -> None:
        """Refuse what is no camera, and a period that does not hold whole commands."""
        if self.height < 1 or self.width < 1 or not 0.0 < self.fovy < math.pi:
            raise CanterError(
                f"camera of {self.height} x {self.width} px and {self.fovy} rad; give positive "
                "sizes and an angle below pi"
            )
        commands = round(self.period / CHUNK_SPACING_S)
        if commands < 1 or not math.isclose(commands * CHUNK_SPACING_S, self.period, abs_tol=1e-9):
            raise CanterError(
                f"picture period {self.period} s is no multiple of {CHUNK_SPACING_S} s; choose "
                "0.1 or 0.2"
            )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of a picture, (height, width, 3)."""
        return self.height, self.width, 3

    @property
    def commands_per_picture(self) -> int:
        """How many commands of a chunk are executed between two pictures."""
        return round(self.period / CHUNK_SPACING_S)


@dataclass(frozen=True, slots=True)
class Observation:
    """What N robots perceive at one picture.

    Attributes:
        images: uint8 RGB, (N, height, width, 3); zeros for robots that are not active.
        gyro_mean: mean angular velocity since the last picture, base frame, rad/s, (N, 3).
        gravity: unit gravity in the base frame, (N, 3).
        last_command: command in force before this picture, order of GAIT_RANGES, (N, 12).
        state: what the robots measure at this moment, arrays (N, ...).
        active: robots whose episodes still run, (N,).
    """

    images: NDArray[np.uint8]
    gyro_mean: Float
    gravity: Float
    last_command: NDArray[np.float32]
    state: RobotState
    active: NDArray[np.bool_]


class CommandPolicy(Protocol):
    """Turns observations of N robots into chunks of gait commands."""

    def reset(self, instructions: Sequence[str]) -> None:
        """Begin N episodes, one instruction each."""

    def act(self, observation: Observation) -> NDArray[np.float32]:
        """Return a chunk for each robot, order of GAIT_RANGES, (N, K, 12)."""
        ...
