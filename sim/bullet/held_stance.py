"""What a robot in Bullet senses before its first step: statics, from the same bodies in MuJoCo."""

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.robot import RobotSpec
from canter.sim.bullet.bullet_robot import Setting
from canter.sim.physics.batched_sim import ROOT_POSE
from canter.sim.physics.body_worlds import add_ground
from canter.sim.physics.held_readings import HeldReadings
from canter.sim.physics.payload import add_payload
from canter.sim.robots.equip import robot_model_spec, sensor_layout

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stance:
    """What a robot at rest senses.

    Attributes:
        accel: specific force, base frame, m/s^2, (3,).
        tau: torques that hold the joints, Nm, (12,).
        foot_force: contact force on each foot, N, (4,).
    """

    accel: Float
    tau: Float
    foot_force: Float


class HeldStance:
    """The robot of one Bullet world, its load and its ground, for statics alone.

    Bullet tells forces only after a step; what bodies at rest exert does not depend on the engine.

    Args:
        setting: the world.
        robot: names of joints and feet.
    """

    def __init__(self, setting: Setting, robot: RobotSpec) -> None:
        spec = robot_model_spec(robot)
        if setting.payload is not None:
            add_payload(spec, setting.payload)
        add_ground(spec, setting.ground)
        self._model: mujoco.MjModel = spec.compile()
        for name in robot.foot_names:
            self._model.geom(name).friction[0] = setting.friction
        self._sensors = sensor_layout(robot)
        self._q = [self._model.joint(name).qposadr.item() for name in robot.joint_names]
        self._held = HeldReadings(self._model, robot, bolted=setting.bolted)

    def read(self, pos_w: Float, quat: Float, q: Float) -> Stance:
        """Return what the robot senses at this base pose (m, wxyz) and joint angles, rad, (12,)."""
        model = self._model
        state = np.zeros(1 + model.nq + model.nv)
        qpos = state[1 : 1 + model.nq]
        qpos[ROOT_POSE["pos_w"]], qpos[ROOT_POSE["quat"]], qpos[self._q] = pos_w, quat, q
        readings = self._held.read(model, state)
        return Stance(*(readings[self._sensors[name]] for name in ("accel", "tau", "foot_force")))
