"""Poses and velocities of all bodies from joint positions and velocities, in closed form."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.parameters import Parameters
from canter.sim.isaacgym.world import World

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class BodyState:
    """Bodies of N environments in flat order.

    Attributes:
        pos: origins, environment frame, m, (N, B, 3).
        quat: orientations, wxyz, (N, B, 4).
        lin_vel: of the chosen point, world axes, m/s, (N, B, 3).
        ang_vel: world axes, rad/s, (N, B, 3).
    """

    pos: Float
    quat: Float
    lin_vel: Float
    ang_vel: Float


class BodyStates:
    """Forward kinematics of a world.

    Args:
        world: the structure.
        parameters: whose root poses (of fixed actors) and centres of mass hold.
        velocity_point: point of a body whose linear velocity is returned.
    """

    def __init__(
        self,
        world: World,
        parameters: Parameters,
        velocity_point: Literal["origin", "com"] = "origin",
    ) -> None:
        raise NotImplementedError

    def __call__(self, qpos: Float, qvel: Float) -> BodyState:
        """Return the bodies' states.

        Args:
            qpos: (N, nq).
            qvel: (N, nv).
        """
        raise NotImplementedError
