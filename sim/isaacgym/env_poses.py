"""Where the bodies of one environment are, without the cost of all environments' kinematics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.frames import Pose

if TYPE_CHECKING:
    from canter.sim.isaacgym.engine import Engine
    from canter.sim.isaacgym.world import World

Float = NDArray[np.float64]
BodyPoses = tuple[Float, Float]
"""Positions, m, (B, 3), and quaternions, wxyz, (B, 4), of an environment's bodies."""


class EnvironmentPoses:
    """Kinematics of one environment at a time.

    Args:
        world: structure of every environment.
    """

    def __init__(self, world: World) -> None:
        self._ids = world.body_ids
        self._data = mujoco.MjData(world.model)

    def __call__(self, model: mujoco.MjModel, qpos: Float) -> BodyPoses:
        """Return the bodies' poses in the environment's frame.

        Args:
            model: of the environment.
            qpos: its positions, (nq,).
        """
        self._data.qpos[:] = qpos
        mujoco.mj_kinematics(model, self._data)
        return self._data.xpos[self._ids], self._data.xquat[self._ids]

    def of(self, engine: Engine, env: int) -> BodyPoses:
        """Return the poses that the present state of an environment has."""
        return self(engine.physics.models[env], engine.physics.qpos[env])


def pose_at(poses: BodyPoses, body: int) -> Pose:
    """Return the pose of one of the bodies."""
    return Pose(poses[0][body], poses[1][body])
