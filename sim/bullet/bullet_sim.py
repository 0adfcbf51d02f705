"""N robots in Bullet, with the interface of `canter.sim.physics.fine_batched_sim`."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from canter.control.adaptation.adapter import GainAdapter
from canter.control.layout import Layout
from canter.control.robot import RobotSpec
from canter.control.types import JointCommand, RobotState
from canter.sim.bullet.bullet_base import Bases
from canter.sim.bullet.bullet_robot import GRAVITY, BulletRobot, Setting
from canter.sim.bullet.held_stance import HeldStance
from canter.sim.isaacgym.rotations import conjugate, rotate
from canter.sim.physics.batched_sim import CONTACT_FORCE, CONTROL_PERIOD, GroundTruth
from canter.sim.physics.delay_line import DelayLine

Float = NDArray[np.float64]


class BulletSim:
    """N Bullet worlds of one robot each, in lock-step.

    The impedance law tau = clip(kp (q* - q) - kd qd + tau_ff) is applied explicitly, with newly
    measured joints, at every physics step.

    Args:
        settings: one world for each robot; all of one time step.
        robot: its description.
        motor_delay: physics steps by which a command reaches each motor late, (N,) or a scalar;
            at most two control periods.
        strength: factor on every motor's torque and torque limit, (N, 12) or a scalar.

    Raises:
        CanterError: a motor delay is negative or longer than two control periods.
    """

    def __init__(
        self,
        settings: Sequence[Setting],
        robot: RobotSpec,
        *,
        motor_delay: NDArray[np.integer] | int = 0,
        strength: Float | float = 1.0,
    ) -> None:
        self.robot = robot
        self.robots = [BulletRobot(robot, setting) for setting in settings]
        self._stances = [HeldStance(setting, robot) for setting in settings]
        self.n = len(self.robots)
        self.timestep = settings[0].timestep
        self.substeps = round(CONTROL_PERIOD / self.timestep)
        joints = len(robot.joint_names)
        self._packing = Layout({"torque": joints, "kp": joints, "kd": joints})
        self._line = DelayLine(self.n, self.substeps, motor_delay, self._packing.size)
        self.strength = np.broadcast_to(strength, (self.n, joints)).copy()
        self.active: NDArray[np.bool_] = np.ones(self.n, bool)
        """Worlds that :meth:`step` advances, (N,); the others stay as they are."""
        self._steps = np.zeros(self.n, np.int64)
        self._q, self._qd, self._tau = (np.zeros((self.n, joints)) for _ in range(3))
        self._bases = Bases.of(self.robots)
        self._imu_vel, self._imu_acc = np.zeros((self.n, 3)), np.zeros((self.n, 3))
        self._foot_force = np.zeros((self.n, len(robot.foot_names)))
        upright = np.array([1.0, 0.0, 0.0, 0.0])
        for i in range(self.n):
            self.place(i, np.array([0.0, 0.0, robot.standing_height]), upright, robot.default_q)

    def close(self) -> None:
        """Leave all Bullet worlds."""
        for one in self.robots:
            one.close()

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave all Bullet worlds."""
        self.close()

    def place(self, i: int, pos_w: Float, quat: Float, q: Float) -> None:
        """Put robot ``i`` at rest: base position (3,), m, orientation wxyz, joints (12,), rad."""
        self.robots[i].place(pos_w, quat, q)
        chosen = np.arange(self.n) == i
        self._line.reset(chosen)
        self._steps[i] = 0
        self._imu_vel[i] = 0.0
        stance = self._stances[i].read(pos_w, quat, q)
        self._imu_acc[i], self._tau[i] = stance.accel, stance.tau
        self._foot_force[i] = stance.foot_force
        self._read_joints(chosen.nonzero()[0])
        self._read_bases(chosen.nonzero()[0])

    def push(self, lin_vel_w: Float) -> None:
        """Add to the velocity of each base, world frame, m/s, (N, 3)."""
        pushed = np.flatnonzero(lin_vel_w.any(axis=-1))
        for i in pushed:
            self.robots[i].push(lin_vel_w[i])
        self._read_bases(pushed)

    def step(self, command: JointCommand) -> None:
        """Advance every world by one control period under a command of shape (N, 12)."""
        self.step_adapted(command, None)

    def step_adapted(self, command: JointCommand, adapter: GainAdapter | None) -> None:
        """Advance every world by one control period, the adapter acting at each physics step."""
        chosen = np.flatnonzero(self.active)
        self._line.begin()
        self._line.hold(self._packed(command))
        for tick in range(self.substeps):
            if adapter is not None:
                adapted = adapter.adapt(self.measured(), command, self.timestep)
                self._line.issue(tick, self._packed(adapted))
            read_all = adapter is not None or tick >= self.substeps - 2  # the last for the IMU
            self._tick(chosen, self._line.arrived(tick), read_all)

    def measured(self) -> RobotState:
        """Return what the robots measure now, without noise; copies."""
        return RobotState(
            time=float(self._steps[0] * self.timestep),
            q=self._q.copy(),
            qd=self._qd.copy(),
            tau=self._tau.copy(),
            quat=self._bases.quat.copy(),
            gyro=self._bases.ang_vel_b.copy(),
            accel=self._imu_acc.copy(),
            foot_contact=(self._foot_force > CONTACT_FORCE).astype(float),
        )

    def truth(self) -> GroundTruth:
        """Return ground truth."""
        feet = [one.foot_motion() for one in self.robots]
        return GroundTruth(
            base_pos_w=self._bases.pos_w.copy(),
            base_quat=self._bases.quat.copy(),
            base_lin_vel_w=self._bases.lin_vel_w.copy(),
            foot_pos_w=np.stack([position for position, _ in feet]),
            foot_vel_w=np.stack([velocity for _, velocity in feet]),
            foot_force=self._foot_force.copy(),
        )

    def times(self) -> Float:
        """Return the time since each robot was placed, s, (N,)."""
        return np.asarray(self._steps * self.timestep)

    def _packed(self, command: JointCommand) -> Float:
        """Return kp q* + tau_ff, kp and kd as the motors obey them, (N, 36)."""
        weak = self.strength
        kp = command.kp * weak
        terms = [kp * command.q_target + weak * command.tau_ff, kp, command.kd * weak]
        return np.concatenate(terms, axis=-1)

    def _tick(self, chosen: NDArray[np.intp], packed: Float, read_all: bool) -> None:
        """Take one physics step in the chosen worlds and read them."""
        torque, kp, kd = (packed[:, self._packing[name]] for name in self._packing)
        limit = self.strength * self.robot.tau_max
        tau = np.clip(torque - kp * self._q - kd * self._qd, -limit, limit)
        for i in chosen:
            self.robots[i].advance(tau[i].tolist())
        self._tau[chosen] = tau[chosen]
        self._steps[chosen] += 1
        self._read_joints(chosen)
        if read_all:
            self._read_rest(chosen)

    def _read_joints(self, chosen: NDArray[np.intp]) -> None:
        """Read angles and speeds of the chosen robots' joints."""
        for i in chosen:
            self._q[i], self._qd[i] = self.robots[i].joints()

    def _read_rest(self, chosen: NDArray[np.intp]) -> None:
        """Read base, accelerometer and feet of the chosen robots."""
        self._read_bases(chosen)
        velocity = self._bases.velocity_of(self.robot.imu_pos_b)[chosen]
        specific = (velocity - self._imu_vel[chosen]) / self.timestep + [0.0, 0.0, GRAVITY]
        self._imu_acc[chosen] = rotate(conjugate(self._bases.quat[chosen]), specific)
        self._imu_vel[chosen] = velocity
        for i in chosen:
            one = self.robots[i]
            forces = dict.fromkeys(one.feet, 0.0)
            for link, _, force in one.contacts():
                if link in forces:
                    forces[link] += force
            self._foot_force[i] = list(forces.values())

    def _read_bases(self, chosen: NDArray[np.intp]) -> None:
        """Read the base frames of the chosen robots."""
        if len(chosen):
            self._bases.keep(chosen, Bases.of([self.robots[i] for i in chosen]))
