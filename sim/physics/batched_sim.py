"""N robots stepped together by ``mujoco.rollout``; no Python in the physics loop."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import mujoco
import mujoco.rollout
import numpy as np
from numpy.typing import NDArray

from canter.control.dynamics.rotations import yaw_of_quat
from canter.control.layout import Layout
from canter.control.robot import RobotSpec
from canter.control.types import JointCommand, RobotState
from canter.sim.physics.delay_line import DelayLine
from canter.sim.physics.held_readings import HeldReadings
from canter.sim.robots.equip import control_layout, sensor_layout

CONTROL_PERIOD = 0.02
"""Period of one control step, s."""

CONTACT_FORCE = 5.0
"""A foot that carries more than this counts as in contact, N."""

Float = NDArray[np.float64]

ROOT_POSE = Layout({"pos_w": 3, "quat": 4})
"""Order of a free joint's positions, which come first in qpos."""

ROOT_TWIST = Layout({"lin_vel_w": 3, "ang_vel_b": 3})
"""Order of a free joint's velocities, which come first in qvel."""


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """What only a simulator knows; arrays over N robots.

    Attributes:
        base_pos_w: base position, world frame, m, (N, 3).
        base_quat: base orientation in the world, wxyz, (N, 4).
        base_lin_vel_w: base velocity, world frame, m/s, (N, 3).
        foot_pos_w: foot positions, world frame, m, (N, 4, 3).
        foot_vel_w: foot velocities, world frame, m/s, (N, 4, 3).
        foot_force: contact force on each foot, N, (N, 4).
    """

    base_pos_w: Float
    base_quat: Float
    base_lin_vel_w: Float
    foot_pos_w: Float
    foot_vel_w: Float
    foot_force: Float

    def yaw(self) -> Float:
        """Return the heading of the base, rad, (N,)."""
        return np.asarray(yaw_of_quat(self.base_quat), np.float64)

    def base_lin_vel_yaw(self) -> Float:
        """Return the base velocity along the heading, leftward and upward, m/s, (N, 3)."""
        yaw = self.yaw()
        vx, vy, vz = self.base_lin_vel_w.T
        forward = np.cos(yaw) * vx + np.sin(yaw) * vy
        left = -np.sin(yaw) * vx + np.cos(yaw) * vy
        return np.stack([forward, left, vz], axis=-1)


class BatchedSim:
    """N worlds of one structure, each with its own model parameters and state.

    From a reset to its first step a robot's motors hold its joints, and its sensors read that.

    Args:
        models: one model per world; all of equal sizes (they may differ in any number within).
        robot: description whose names select joints and sensors.
        threads: size of the persistent thread pool; all cores by default.
        motor_delay: physics steps by which a command reaches each motor late, (N,) or a scalar;
            at most two control periods.
        strength: factor on motor torque, (N, 12) or a scalar.

    Raises:
        CanterError: a motor delay is negative or longer than two control periods.
    """

    def __init__(
        self,
        models: Sequence[mujoco.MjModel],
        robot: RobotSpec,
        *,
        threads: int | None = None,
        motor_delay: NDArray[np.integer] | int = 0,
        strength: Float | float = 1.0,
    ) -> None:
        self.models = list(models)
        self.robot = robot
        first = self.models[0]
        self.n = len(self.models)
        self.substeps = round(CONTROL_PERIOD / first.opt.timestep)
        self._full = mujoco.mjtState.mjSTATE_FULLPHYSICS
        self.state_layout = Layout({"time": 1, "qpos": first.nq, "qvel": first.nv})
        self.sensors = sensor_layout(robot)
        self._controls = control_layout(robot)
        joints = [first.joint(name) for name in robot.joint_names]
        self._q = np.array([joint.qposadr.item() for joint in joints])
        self._qd = np.array([joint.dofadr.item() for joint in joints])
        threads = threads or os.cpu_count() or 1
        self._pool = mujoco.rollout.Rollout(nthread=threads)
        self._data = [mujoco.MjData(first) for _ in range(threads)]
        self._line = DelayLine(self.n, self.substeps, motor_delay, self._controls.size)
        self.strength = np.broadcast_to(strength, (self.n, len(joints))).copy()
        self.active: NDArray[np.bool_] = np.ones(self.n, bool)
        """Worlds that :meth:`step` advances, (N,); the others stay as they are."""
        self.state = np.zeros((self.n, self.state_layout.size))
        self._steps = np.empty((self.n, self.substeps, self.state_layout.size))
        self._sensordata = np.zeros((self.n, self.substeps, first.nsensordata))
        self._readings = np.empty_like(self._sensordata)
        self._ctrl = np.zeros((self.n, self.substeps, self._controls.size))
        self._initial = np.concatenate([[0.0], first.qpos0, np.zeros(first.nv)])
        self._initial[self.state_layout["qpos"]][self._q] = robot.default_q
        self._held = HeldReadings(first, robot)
        self._unstepped: NDArray[np.bool_] = np.ones(self.n, bool)
        self._read_at = np.full_like(self.state, np.nan)
        self.reset(np.ones(self.n, bool))

    def close(self) -> None:
        """Stop the thread pool."""
        self._pool.close()

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the pool."""
        self.close()

    @property
    def qpos(self) -> Float:
        """Generalised positions, a writable view, (N, nq)."""
        return self.state[:, self.state_layout["qpos"]]

    @property
    def qvel(self) -> Float:
        """Generalised velocities, a writable view, (N, nv)."""
        return self.state[:, self.state_layout["qvel"]]

    @property
    def q(self) -> Float:
        """Joint angles in canonical order, a copy, rad, (N, 12)."""
        return self.qpos[:, self._q]

    @property
    def ctrl(self) -> Float:
        """Actuator inputs of the last :meth:`step` at each physics step, (N, substeps, nu)."""
        return self._ctrl

    def set_q(self, mask: NDArray[np.bool_], q: Float) -> None:
        """Set the joint angles of the masked worlds, rad, (count, 12)."""
        self.state[np.ix_(mask, self.state_layout["qpos"].start + self._q)] = q

    def reset(self, mask: NDArray[np.bool_]) -> None:
        """Put the masked worlds, (N,), into the nominal stance at the origin, at rest."""
        self.state[mask] = self._initial
        self._unstepped[mask] = True
        self._read_at[mask] = np.nan
        self._ctrl[mask] = 0.0
        self._line.reset(mask)

    def step(self, command: JointCommand) -> None:
        """Advance every world by one control period under a command of shape (N, 12)."""
        self._line.begin()
        self._line.hold(self._packed(command))
        self._ctrl[:] = self._line.arrivals()
        self._advance(np.flatnonzero(self.active))

    def _packed(self, command: JointCommand) -> Float:
        """Return the actuator inputs of a command, as the motors of each world obey it, (N, nu)."""
        kp = command.kp * self.strength
        return np.concatenate(
            [
                kp * command.q_target + self.strength * command.tau_ff,
                kp,
                command.kd * self.strength,
            ],
            axis=-1,
        )

    def _advance(self, chosen: NDArray[np.intp]) -> None:
        """Roll the chosen worlds through one control period of physics steps."""
        everyone = len(chosen) == self.n
        models = self.models if everyone else [self.models[i] for i in chosen]
        at: slice | NDArray[np.intp] = slice(None) if everyone else chosen
        if not models:
            return
        steps, sensordata = self._pool.rollout(
            models,
            self._data,
            self.state[at],
            self._ctrl[at],
            state=self._steps[: len(models)],
            sensordata=self._readings[: len(models)],
            skip_checks=True,
            nstep=self.substeps,
        )
        self.state[at] = steps[:, -1]
        self._sensordata[at] = sensordata
        self._unstepped[at] = False

    def _read_unstepped(self) -> None:
        """Read the sensors of worlds that were reset, and perhaps moved since, but not stepped."""
        if not self._unstepped.any():
            return
        waiting = np.flatnonzero(self._unstepped)
        moved = (self.state[waiting] != self._read_at[waiting]).any(axis=-1)
        for i in waiting[moved]:
            self._sensordata[i] = self._held.read(self.models[i], self.state[i])
            self._read_at[i] = self.state[i]

    def sensor(self, name: str) -> Float:
        """Return a sensor's newest reading, a copy, (N, width)."""
        self._read_unstepped()
        return self._sensordata[:, -1, self.sensors[name]].copy()

    def extra_sensor(self, start: int, width: int) -> Float:
        """Return readings beyond the robot's own at every physics step, (N, substeps, width)."""
        self._read_unstepped()
        return self._sensordata[:, :, start : start + width]

    def measured(self) -> RobotState:
        """Return what the robots measure now, without noise; copies, which later steps keep."""
        root = self.qpos
        return RobotState(
            time=float(self.state[0, self.state_layout["time"]].item()),
            q=root[:, self._q],
            qd=self.qvel[:, self._qd],
            tau=self.sensor("tau"),
            quat=root[:, ROOT_POSE["quat"]].copy(),
            gyro=self.qvel[:, ROOT_TWIST["ang_vel_b"]].copy(),
            accel=self.sensor("accel"),
            foot_contact=(self.sensor("foot_force") > CONTACT_FORCE).astype(float),
        )

    def truth(self) -> GroundTruth:
        """Return ground truth, copies; after a step, the feet are one physics step older."""
        feet = len(self.robot.foot_names)
        return GroundTruth(
            base_pos_w=self.qpos[:, ROOT_POSE["pos_w"]].copy(),
            base_quat=self.qpos[:, ROOT_POSE["quat"]].copy(),
            base_lin_vel_w=self.qvel[:, ROOT_TWIST["lin_vel_w"]].copy(),
            foot_pos_w=self.sensor("foot_pos_w").reshape(self.n, feet, 3),
            foot_vel_w=self.sensor("foot_vel_w").reshape(self.n, feet, 3),
            foot_force=self.sensor("foot_force"),
        )
