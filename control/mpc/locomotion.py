"""Locomotion by model-predictive control: gait command in, joint command out, like a policy's."""

import numpy as np
from numpy.typing import NDArray

from canter.control.dynamics.body import nominal_body
from canter.control.dynamics.dynamics import GRAVITY, LegDynamics
from canter.control.dynamics.inverse_kinematics import LegIk
from canter.control.dynamics.rotations import cross
from canter.control.dynamics.tree import Float
from canter.control.gait.arguments import bounds_of, command_by_name, with_batch
from canter.control.gait.gait_clock import Flags
from canter.control.impedance import JOINT_VALID_S
from canter.control.locomotion import COMMAND_TIMEOUT_S
from canter.control.mpc.body import centre_of, trunk_of
from canter.control.mpc.footsteps import Footsteps
from canter.control.mpc.perception import ControlStep, Perception
from canter.control.mpc.plan import Lag, goal_of, horizon_of, places, stance_table
from canter.control.mpc.problem import FORCES, ProblemBuilder, Programme, Trunk
from canter.control.mpc.settings import MpcSettings
from canter.control.mpc.solver import QpSolver
from canter.control.robot import LEGS, RobotSpec
from canter.control.types import GAIT_RANGES, Array, GaitCommand, JointCommand, RobotState

BOUNDS = bounds_of(GAIT_RANGES, np.float64)


class MpcLocomotion:
    """Forces at the feet from a look ahead over 0.3 s, for N robots; it only sees RobotState.

    Attributes:
        robots: N.
        settings: horizon, weights and gains.
        solvers: the quadratic programmes' solvers, one a robot, with their times.
    """

    def __init__(
        self,
        robots: int,
        spec: RobotSpec,
        settings: MpcSettings | None = None,
        *,
        estimate_load: bool = False,
    ) -> None:
        """Prepare N robots at rest.

        Args:
            robots: how many robots are stepped together.
            spec: the robot.
            settings: horizon, weights and gains.
            estimate_load: take mass and its place from the joint torques, not from the spec.

        Raises:
            CanterError: its legs have another shape than the usual.
        """
        self.settings = settings = settings or MpcSettings()
        self.robots, self.spec = robots, spec
        self._dynamics = LegDynamics(spec)
        self._ik = LegIk(spec)
        self._body = nominal_body(self._dynamics)
        self._builder = ProblemBuilder(settings)
        self.solvers = [QpSolver(settings) for _ in range(robots)]
        self._horizon = horizon_of(settings)
        feet = self._dynamics.legs.posture(spec.default_q).foot
        self._steps = Footsteps(feet, settings.feedback, robots)
        self._perception = Perception(
            self._dynamics, self._body, robots, settings.control_s, estimate_load=estimate_load
        )
        self._lag = Lag(robots)
        self._force: Float = np.zeros((robots, len(LEGS), 3))

    @property
    def phase(self) -> Array:
        """Phase of the gait clock in the last step, cycles in [0, 1), (N,)."""
        return self._perception.phase.copy()

    @property
    def standing(self) -> Flags:
        """Which feet carried load in the last step, (N, 4)."""
        return self._perception.standing

    def reset(self, mask: NDArray[np.bool_] | None = None) -> None:
        """Put clock, estimates and forces of the masked robots, (N,), or of all, back to rest."""
        chosen = np.ones(self.robots, bool) if mask is None else mask
        self._force[chosen] = 0.0
        self._perception.reset(chosen)
        self._lag.reset(chosen)
        for robot in np.flatnonzero(chosen):
            self.solvers[robot].reset()

    def step(
        self, state: RobotState, command: GaitCommand | Array, command_time: float | None = None
    ) -> JointCommand:
        """Return the joint command of one control period.

        Args:
            state: what the robots measure, (N, ...); for one robot also without the N.
            command: one command for all, or (N, 12) or (12,) in the order of GAIT_RANGES.
            command_time: when the command was given, on the clock of ``state.time``; an old one
                keeps its posture but moves the robot no more. None: it is always fresh.

        Returns:
            Targets within the joint limits, with the state's batch dimensions.

        Raises:
            CanterError: state or command has the wrong shape, or the command holds NaN.
        """
        stale = command_time is not None and state.time - command_time > COMMAND_TIMEOUT_S
        now = self._perception.perceive(
            with_batch(state, self.robots),
            command_by_name(command, self.robots, BOUNDS, stale=stale),
        )
        self._push(now)
        return self._joint_command(now, single=state.q.ndim == 1)

    def _push(self, now: ControlStep) -> None:
        """Solve for the forces of the ground on the feet, level frame, N."""
        dt, motion, stride = self.settings.control_s, now.motion, now.stride
        level = np.swapaxes(motion.level, -1, -2)
        self._steps.track(now.feet.foot @ level, ~now.standing, motion, dt)
        trunk = trunk_of(self._body, motion, now.state.gyro, now.load)
        missed = np.concatenate([stride.velocity, stride.yaw_rate[:, None]], axis=-1)
        missed -= np.concatenate([motion.velocity[:, :2], trunk.rate[:, 2:]], axis=-1)
        self._lag.update(missed, now.moving, dt)
        com = (motion.level @ centre_of(self._body, now.load, self.robots)[..., None])[..., 0]
        height = self.spec.standing_height + now.command["body_height"] + com[:, -1]
        goal = goal_of(now.command, self._lag.value, height, self._horizon)
        stance = stance_table(stride, now.moving, now.standing, self._horizon)
        arms = self._contacts(now, now.feet.point @ level) - com[:, None, None]
        arms = arms - (goal.velocity * self._horizon.begin[:, None])[:, :, None]
        self._solve(trunk, self._builder.programme(trunk, goal, arms, stance.astype(float)))
        self._force *= now.standing[..., None]

    def _contacts(self, now: ControlStep, here: Array) -> Array:
        """Return where the feet stand in each step, level frame about the base, m."""
        until = (1 - now.stride.phases) / now.stride.frequency[:, None]
        flat = self._steps.landing(now.stride, now.motion, until)
        ground = np.broadcast_to(-now.motion.height[:, None, None], (*flat.shape[:-1], 1))
        landing = np.concatenate([flat, ground], axis=-1)
        return places(now.stride, here, landing, now.standing, self._horizon)

    def _solve(self, trunk: Trunk, programme: Programme) -> None:
        """Solve robot by robot; where there is no answer the last forces stay."""
        for robot, solver in enumerate(self.solvers):
            answer = solver.solve(programme, robot)
            if answer is not None:
                first = answer[:FORCES].reshape(len(LEGS), 3)
                self._force[robot] = first * trunk.mass[robot] * GRAVITY

    def _joint_command(self, now: ControlStep, *, single: bool) -> JointCommand:
        """Return forces as torques in stance, and targets on the way of feet in swing."""
        settings = self.settings
        standing = np.repeat(now.standing, 3, axis=-1)
        kp = np.where(standing, settings.stance_kp, settings.swing_kp)
        kd = np.where(standing, settings.stance_kd, settings.swing_kd)
        here, there = self._targets(now, 0.0), self._targets(now, settings.control_s)
        target = self._ik(there)
        speed = (target - self._ik(here)) / settings.control_s
        force_b = self._force @ now.motion.level
        torque = now.feet.joint_torque(force_b) + now.feet.leg_torque + kd * speed
        fields = (target, kp, kd, torque)
        q_target, kp, kd, tau_ff = (field[0] if single else field for field in fields)
        return JointCommand(q_target, kp, kd, tau_ff, now.state.time + JOINT_VALID_S)

    def _targets(self, now: ControlStep, ahead: float) -> Array:
        """Return where the feet shall be so far ahead of now, base frame, m, (N, 4, 3)."""
        motion, stride = now.motion, now.stride
        ground = self.spec.foot_radius - motion.height
        swing = self._steps.swing(stride, motion, ahead, ground) @ motion.level
        wanted = np.concatenate([stride.velocity, np.zeros((self.robots, 1))], axis=-1)
        wanted = wanted[:, None] @ motion.level
        spin = stride.yaw_rate[:, None] * now.feet.turn[:, -1, :]
        still = now.feet.foot - ahead * (wanted + cross(spin[:, None], now.feet.foot))
        return np.where(now.standing[..., None], still, swing)
