"""What a robot's sensors read before its first step: its motors hold its joints where they are.

A simulator knows accelerations and forces only after a step; zeros before it would say free fall.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.robot import RobotSpec
from canter.sim.robots.equip import sensor_layout

Float = NDArray[np.float64]

BRAKE_INERTIA = 1.0e6
"""Inertia added to each joint so that it holds still, kg m^2: a load of 50 Nm moves it by
5e-5 rad/s^2, and ``-BRAKE_INERTIA * qacc`` is the torque that the motor holds with."""
STIFF_SOLREF = (1.0e3, 1.0)
"""Time constant, s, and damping ratio of contacts: long, so that the millimetre by which a foot
was put into the floor does not push it out."""
STIFF_SOLIMP = 0.9999
"""Impedance of contacts, the largest that MuJoCo takes: what stands does not sink."""

TOUCHES = 2.0e-3
"""What is closer to the floor than this stands on it, m: robots are put there by their standing
height, and rounding decides on which side of the floor."""
ROOT_DOFS = 6
"""Degrees of freedom of the base, which come first."""


class HeldReadings:
    """Reads the sensors of robots whose joints are held; the state is not changed.

    For a robot that stands at rest the accelerometer reads 9.81 m/s^2 upward, the feet carry its
    weight, and the torques are those that hold it. One in the air falls, and reads that.

    Args:
        model: any of the worlds' models, for sizes and addresses.
        robot: names of its joints.
        bolted: the base is held too, as on a test bench.
    """

    def __init__(self, model: mujoco.MjModel, robot: RobotSpec, *, bolted: bool = False) -> None:
        self._data = mujoco.MjData(model)
        self._dofs = np.array([model.joint(name).dofadr.item() for name in robot.joint_names])
        base = np.arange(ROOT_DOFS if bolted else 0)
        self._locked = np.concatenate([base, self._dofs])
        self._tau = sensor_layout(robot)["tau"]

    def read(self, model: mujoco.MjModel, state: Float) -> Float:
        """Return all sensors of a world in this full physics state, units of ``sensor_layout``.

        Args:
            model: of the world; of the sizes of the first.
            state: time, qpos and qvel.
        """
        data = self._data
        mujoco.mj_resetData(model, data)
        mujoco.mj_setState(model, data, state, mujoco.mjtState.mjSTATE_FULLPHYSICS)
        with self._held(model):
            mujoco.mj_forward(model, data)
        readings: Float = data.sensordata.copy()
        readings[self._tau] = -BRAKE_INERTIA * data.qacc[self._dofs]
        return readings

    @contextmanager
    def _held(self, model: mujoco.MjModel) -> Iterator[None]:
        """Lock the robot's joints, stiffen and widen contacts, and undo it all, bit for bit."""
        fields = (model.dof_armature, model.geom_solref, model.geom_solimp, model.geom_margin)
        kept = [field.copy() for field in fields]
        try:
            model.dof_armature[self._locked] = BRAKE_INERTIA
            model.geom_solref[:] = STIFF_SOLREF
            model.geom_solimp[:, :2] = STIFF_SOLIMP
            model.geom_margin[:] = TOUCHES
            yield
        finally:
            for field, value in zip(fields, kept, strict=True):
                field[:] = value
