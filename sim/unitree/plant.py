"""One Go2 in MuJoCo, a physics step each 2 ms, as its motor boards and sensors see it."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.control.types import JointCommand, RobotState
from canter.control.unitree.api import LOW_LEVEL_PERIOD_S
from canter.control.unitree.low_state import Measurement, roll_pitch_yaw
from canter.control.unitree.postures import LYING_Q
from canter.sim.physics.batched_sim import CONTACT_FORCE, ROOT_POSE, ROOT_TWIST
from canter.sim.physics.held_readings import HeldReadings
from canter.sim.robots.equip import control_layout, robot_model_spec, sensor_layout

LYING_HEIGHT = 0.085
"""Height of the base's origin of a robot put down on its belly, m."""
Float = NDArray[np.float64]


class Plant:
    """The robot's body; every motor executes its impedance law at every physics step.

    Args:
        model: of the robot; on an empty floor by default.
        lying: the robot begins on its belly, else in the stance.
        start: x, y (m) and yaw (rad) of the base.
        robot: the robot.

    Attributes:
        model: with a time step of 2 ms.
        data: the state.
    """

    def __init__(
        self,
        model: mujoco.MjModel | None = None,
        *,
        lying: bool = False,
        start: tuple[float, float, float] = (0.0, 0.0, 0.0),
        robot: RobotSpec = DEFAULT_ROBOT,
    ) -> None:
        self.robot = robot
        self.model = robot_model_spec(robot).compile() if model is None else model
        self.model.opt.timestep = LOW_LEVEL_PERIOD_S
        self.data = mujoco.MjData(self.model)
        self._controls, self._sensors = control_layout(robot), sensor_layout(robot)
        joints = [self.model.joint(name) for name in robot.joint_names]
        self._q = np.array([joint.qposadr.item() for joint in joints])
        self._qd = np.array([joint.dofadr.item() for joint in joints])
        self._place(lying, start)
        self._steps = 0

    def _place(self, lying: bool, start: tuple[float, float, float]) -> None:
        x, y, yaw = start
        height = LYING_HEIGHT if lying else self.robot.standing_height
        self.data.qpos[ROOT_POSE["pos_w"]] = [x, y, height]
        self.data.qpos[ROOT_POSE["quat"]] = [np.cos(yaw / 2), 0.0, 0.0, np.sin(yaw / 2)]
        self.data.qpos[self._q] = LYING_Q if lying else self.robot.default_q
        mujoco.mj_forward(self.model, self.data)
        full = mujoco.mjtState.mjSTATE_FULLPHYSICS
        state = np.empty(mujoco.mj_stateSize(self.model, full))
        mujoco.mj_getState(self.model, self.data, state, full)
        self.data.sensordata[:] = HeldReadings(self.model, self.robot).read(self.model, state)
        self.data.qacc[self._qd] = 0.0  # as held

    def step(self, command: JointCommand) -> None:
        """Advance by one physics step under a command of shape (12,)."""
        ctrl = self.data.ctrl
        ctrl[self._controls["torque"]] = command.kp * command.q_target + command.tau_ff
        ctrl[self._controls["kp"]] = command.kp
        ctrl[self._controls["kd"]] = command.kd
        mujoco.mj_step(self.model, self.data)
        self._steps += 1

    def measure(self, now: float) -> Measurement:
        """Return what the robot measures, stamped ``now`` (monotonic, s)."""
        force = self._sensor("foot_force")
        return Measurement(
            state=RobotState(
                time=now,
                q=self.data.qpos[self._q],
                qd=self.data.qvel[self._qd],
                tau=self._sensor("tau"),
                quat=self.data.qpos[ROOT_POSE["quat"]].copy(),
                gyro=self.data.qvel[ROOT_TWIST["ang_vel_b"]].copy(),
                accel=self._sensor("accel"),
                foot_contact=(force > CONTACT_FORCE).astype(float),
            ),
            qdd=self.data.qacc[self._qd],
            foot_force=force,
            tick_ms=round(1e3 * self._steps * LOW_LEVEL_PERIOD_S),
        )

    @property
    def position_w(self) -> Float:
        """Position of the base, world frame, m, (3,); ground truth."""
        return np.array(self.data.qpos[ROOT_POSE["pos_w"]])

    @property
    def pose(self) -> tuple[float, float, float]:
        """Position x, y (m) and yaw (rad) of the base; ground truth."""
        x, y, _ = self.position_w
        _, _, yaw = roll_pitch_yaw(self.data.qpos[ROOT_POSE["quat"]])
        return float(x), float(y), float(yaw)

    @property
    def velocity_w(self) -> Float:
        """Velocity of the base, world frame, m/s, (3,); ground truth."""
        return np.array(self.data.qvel[ROOT_TWIST["lin_vel_w"]])

    def _sensor(self, name: str) -> Float:
        return np.array(self.data.sensordata[self._sensors[name]])
