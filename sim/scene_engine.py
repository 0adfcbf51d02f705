"""What a scene environment needs of a physics engine."""

from collections.abc import Sequence
from typing import Protocol

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.adaptation.adapter import GainAdapter
from canter.control.types import JointCommand, RobotState
from canter.sim.physics.batched_sim import GroundTruth

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]


class SceneEngine(Protocol):
    """N robots, each in a scene of its own."""

    @property
    def active(self) -> Bools:
        """Robots that :meth:`step` advances, a writable view, (N,)."""

    def reset(self, chosen: Bools) -> None:
        """Put the chosen robots, (N,), and their balls to their starts, at rest."""

    def step(self, command: JointCommand, adapter: GainAdapter | None) -> None:
        """Advance all robots by one control period, 20 ms, under a command of shape (N, 12).

        Args:
            command: what the policy asks for.
            adapter: what changes it at every physics step; None for nothing.
        """

    def touched(self) -> Bools:
        """Tell which objects each robot touched in the last step, (N, objects)."""

    def states(self) -> RobotState:
        """Return what the robots measure, arrays (N, ...)."""

    def truth(self) -> GroundTruth:
        """Return what only the simulator knows, arrays (N, ...)."""

    def times(self) -> Float:
        """Return the time since each robot's start, s, (N,)."""

    def balls(self) -> Sequence[Float | None]:
        """Return the centre of each scene's ball, world frame, m, (3,); None where it has none."""

    def drawable(self, i: int) -> tuple[mujoco.MjModel, mujoco.MjData]:
        """Return robot ``i``'s model, and data with its kinematics, to be drawn.

        Raises:
            SceneError: this engine cannot be drawn.
        """

    def close(self) -> None:
        """Give everything back."""
