"""Views of robots from behind and above, for people who watch an environment."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.robot import RobotSpec
from canter.sim.physics.batched_sim import BatchedSim
from canter.sim.physics.terrain import add_field
from canter.sim.rendering.appearance import Appearance
from canter.sim.rendering.camera import Camera, Image
from canter.sim.robots.equip import robot_model_spec
from canter.sim.scenes.surroundings import add_surroundings

RENDER_MODES = ("rgb_array",)
"""Ways in which an environment can show itself, by Gymnasium's names."""
HEIGHT, WIDTH = 360, 480
"""Size of the view, px."""
FLOOR_FIELDS = ("type", "size", "quat", "rbound", "sameframe")
"""What a ground may have changed of the floor."""


class FollowView:
    """Draws a robot under light, on a floor that one sees; all its life in one thread.

    Args:
        model: the robot's world, as physics has it, without light; its ground is drawn.
        robot: the robot.

    Raises:
        CanterError: there is no OpenGL.
    """

    def __init__(self, model: mujoco.MjModel, robot: RobotSpec) -> None:
        self._camera = Camera(HEIGHT, WIDTH, show_robot=True, pretty=True)
        spec = robot_model_spec(robot)
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


class RobotViews:
    """Draws the robots of a simulation; where all stand on planes, they share one view.

    Args:
        sim: the simulation.
        render_mode: one of RENDER_MODES, or None: nothing is drawn.
    """

    def __init__(self, sim: BatchedSim, render_mode: str | None) -> None:
        self.render_mode = render_mode
        self._sim = sim
        self._views: dict[int, FollowView] = {}

    def draw(self, i: int) -> Image | None:
        """Return a view of robot ``i``, uint8 RGB, (HEIGHT, WIDTH, 3); None without a mode.

        Raises:
            CanterError: there is no OpenGL.
        """
        if self.render_mode is None:
            return None
        model = self._sim.models[i]
        ground = i if model.nhfield or model.geom("floor").quat[2] else -1
        if ground not in self._views:
            self._views[ground] = FollowView(model, self._sim.robot)
        yaw = float(self._sim.truth().yaw()[i])
        return self._views[ground].draw(self._sim.qpos[i], yaw)


def checked_render_mode(mode: str | None) -> str | None:
    """Return a render mode, or None; raises CanterError where there is no such mode."""
    if mode is not None and mode not in RENDER_MODES:
        raise CanterError(f"no render_mode '{mode}'; it may be {', '.join(RENDER_MODES)}")
    return mode
