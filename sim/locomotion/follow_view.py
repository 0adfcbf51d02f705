"""A view of one robot from behind and above, for people who watch an environment."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.robot import DEFAULT_ROBOT
from canter.sim.physics.terrain import add_field
from canter.sim.rendering.appearance import Appearance
from canter.sim.rendering.camera import Camera, Image
from canter.sim.robots.equip import robot_model_spec
from canter.sim.scenes.surroundings import add_surroundings

HEIGHT, WIDTH = 360, 480
"""Size of the view, px."""
FLOOR_FIELDS = ("type", "size", "quat", "rbound", "sameframe")
"""What a ground may have changed of the floor."""


class FollowView:
    """Draws a robot under light, on a floor that one sees; all its life in one thread.

    Args:
        model: the robot's world, as physics has it, without light; its ground is drawn.

    Raises:
        CanterError: there is no OpenGL.
    """

    def __init__(self, model: mujoco.MjModel) -> None:
        self._camera = Camera(HEIGHT, WIDTH, show_robot=True, pretty=True)
        spec = robot_model_spec(DEFAULT_ROBOT)
        if model.nhfield:
            add_field(spec)
        add_surroundings(spec, Appearance())
        self._model: mujoco.MjModel = spec.compile()
        self._model.hfield_data[:] = model.hfield_data
        floor, known = self._model.geom("floor"), model.geom("floor")
        for name in FLOOR_FIELDS:
            getattr(floor, name)[:] = getattr(known, name)
        self._data = mujoco.MjData(self._model)

    def draw(self, qpos: NDArray[np.float64], yaw: float) -> Image:
        """Return the view, uint8 RGB, (HEIGHT, WIDTH, 3).

        Args:
            qpos: positions of the robot, base and joints, (nq,).
            yaw: heading behind which the viewer stands, rad.
        """
        self._data.qpos[:] = qpos
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_camlight(self._model, self._data)
        return self._camera.follow(self._model, self._data, yaw)
