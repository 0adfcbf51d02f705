"""Robots that walk with a controller loop each, and faults between them and it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from canter.control.gait.observation import ObservationTerm
from canter.control.locomotion import LocomotionPolicy
from canter.control.loop.controller_loop import Clocks, ControllerLoop
from canter.control.robot import RobotSpec
from canter.control.safety.flight_recorder import COMMAND_FIELDS, STATE_FIELDS
from canter.control.safety.safety_monitor import SafetyMonitor
from canter.control.safety.watches import robot_watches
from canter.control.session import OnnxSession
from canter.control.types import Array, JointCommand, RobotState
from canter.evals.safety.injection import Blow, Injection
from canter.evals.safety.safety_bodies import bodies_of
from canter.evals.safety.safety_commands import ranges_of
from canter.evals.safety.safety_sensors import NoisySensors
from canter.sim.physics.batched_sim import ROOT_TWIST
from canter.sim.physics.fine_batched_sim import FINE_TIMESTEP, FineBatchedSim
from canter.sim.physics.randomisation import patched_models
from canter.sim.robots.equip import robot_model_spec


def is_damping(command: JointCommand) -> bool:
    """Tell whether a command only brakes."""
    return not (command.kp.any() or command.tau_ff.any())


class Seat:
    """One robot's controller loop, fed through an injection.

    Attributes:
        injection: what goes wrong.
        loop: the loop that runs on a robot, on the simulation's time.
        damped_at: when it first damped, s; None while it has not.
    """

    def __init__(
        self, injection: Injection, terms: Sequence[ObservationTerm], robot: RobotSpec
    ) -> None:
        self.injection = injection
        self.damped_at: float | None = None
        self._now = 0.0
        monitor = SafetyMonitor(robot, watches=robot_watches(robot, terms))
        clocks = Clocks(stamp=self._stamp, now=lambda: self._now)
        self.loop = ControllerLoop(robot, lambda _: None, monitor, clocks=clocks)

    @property
    def struck(self) -> bool:
        """Whether the fault has begun."""
        return self._now >= self.injection.onset - 1e-9

    def tick(
        self, truth: RobotState, state: RobotState, command: JointCommand, *, fresh: bool
    ) -> JointCommand:
        """Return what the motors do of one measurement and, where fresh, one command.

        Args:
            truth: the robot's state without noise.
            state: what its sensors say, before the fault.
            command: what the policy last said.
            fresh: whether it said that now.
        """
        self._now = now = state.time
        given: RobotState | None = state
        sent: JointCommand | None = command if fresh else None
        if self.struck:
            given = self.injection.state(state, now)
            sent = self.injection.command(command, now) if fresh else None
        if given is not None:
            self.loop.put_state(given)
        if sent is not None:
            self.loop.put_command(sent)
        out = self.loop.tick()
        if self.damped_at is None and is_damping(out):
            self.damped_at = now
        return self.injection.motors(out, truth) if self.struck else out

    def _stamp(self) -> float:
        return self.injection.clock(self._now) if self.struck else self._now


class Rig:
    """N walking robots, each with a seat; the adapter that a `FineBatchedSim` asks every tick.

    Attributes:
        sim: the worlds.
        seats: one for each robot.
        commands: what the policy may be asked for.
        worst_torque: largest torque of each robot since its onset, Nm, (N,).
        worst_speed: largest joint speed since its onset, rad/s, (N,).
    """

    def __init__(
        self, session: OnnxSession, injections: Sequence[Injection], bodies: Sequence[int]
    ) -> None:
        """Put the robots to their start.

        Args:
            session: the locomotion policy.
            injections: what goes wrong with each robot.
            bodies: seed of each robot's body and noise; equal seeds make twins.
        """
        n = len(injections)
        dynamics, self._robot = bodies_of(bodies), session.robot
        spec = robot_model_spec(session.robot)
        spec.option.timestep = FINE_TIMESTEP
        self.sim = FineBatchedSim(
            patched_models(spec.compile(), session.robot, dynamics),
            session.robot,
            threads=1,
            motor_delay=dynamics.delay_steps,
            strength=dynamics.strength,
        )
        self._policy = LocomotionPolicy(session, n)
        contract = self._policy.contract
        self.commands = ranges_of(contract)
        self.seats = [
            Seat(injection, contract.observation, session.robot) for injection in injections
        ]
        self.worst_torque, self.worst_speed = np.zeros(n), np.zeros(n)
        self._gains = dynamics.kp_factor, dynamics.kd_factor
        self._sensors = NoisySensors(bodies, self.sim.substeps)
        self._seen = self.sim.measured()
        self._ticks = 0
        self._blown = np.zeros(n, bool)

    def reset(self, mask: NDArray[np.bool_] | None = None) -> None:
        """Nothing is learnt, so nothing is forgotten."""

    def period(self, commands: Array, observe: Callable[[RobotState], None] | None = None) -> None:
        """Let the robots walk for one control period under gait commands, (N, 12)."""
        now = self._ticks * FINE_TIMESTEP
        given = np.array(commands, float)
        for i, seat in enumerate(self.seats):
            if now >= seat.injection.onset - 1e-9:
                given[i] = seat.injection.gait(given[i], now)
                if not self._blown[i]:
                    self._strike(i, seat.injection.blow())
        joint = self._policy.step(_finite(self._seen), given)
        self.given, self._observe = given, observe
        self.sim.step_adapted(joint, self)

    def adapt(self, state: RobotState, command: JointCommand, dt: float) -> JointCommand:
        """Ask every seat for its motors' command; called at each tick."""
        state = replace(state, time=self._ticks * dt)  # the worlds' own stops with the first robot
        fresh = self._ticks % self.sim.substeps == 0
        self._ticks += 1
        if self._observe is not None:
            self._observe(state)
        seen = self._sensors.read(state)
        out = [
            seat.tick(_row(state, i), _row(seen, i), _command_row(command, i), fresh=fresh)
            if self.sim.active[i]
            else _command_row(command, i)
            for i, seat in enumerate(self.seats)
        ]
        self._remember(state, seen)
        stacked = {name: np.stack([getattr(one, name) for one in out]) for name in COMMAND_FIELDS}
        stacked["kp"] *= self._gains[0]
        stacked["kd"] *= self._gains[1]
        return JointCommand(**stacked, valid_until=command.valid_until)

    def close(self) -> None:
        """Stop the simulation's threads."""
        self.sim.close()

    def _remember(self, state: RobotState, seen: RobotState) -> None:
        """Note the worst since the onset, and what the policy will see."""
        struck = np.array([seat.struck for seat in self.seats])
        for worst, values in ((self.worst_torque, state.tau), (self.worst_speed, state.qd)):
            np.maximum(worst, np.abs(values).max(axis=1), out=worst, where=struck)
        self._seen = seen

    def _strike(self, i: int, blow: Blow) -> None:
        """Do to the body what the fault does at its onset."""
        self._blown[i] = True
        joints = [self.sim.models[i].joint(name).dofadr.item() for name in self._robot.joint_names]
        self.sim.strength[i] *= blow.strength
        self.sim.models[i].dof_damping[joints] += blow.damping
        self.sim.qvel[i, np.array(joints)[blow.damping > 0]] = 0.0
        self.sim.qvel[i, ROOT_TWIST["ang_vel_b"]] += blow.spin
        self.sim.qvel[i, ROOT_TWIST["lin_vel_w"]] += np.array([0.0, 0.0, blow.lift])


def _row(state: RobotState, i: int) -> RobotState:
    return RobotState(state.time, *(getattr(state, name)[i] for name in STATE_FIELDS))


def _command_row(command: JointCommand, i: int) -> JointCommand:
    q, kp, kd, tau = (getattr(command, name)[i] for name in COMMAND_FIELDS)
    return JointCommand(q, kp, kd, tau, command.valid_until)


def _finite(state: RobotState) -> RobotState:
    """Return a state that a policy can be run on; what it says to a robot that fell matters not."""
    return replace(state, q=np.nan_to_num(state.q), qd=np.nan_to_num(state.qd))
