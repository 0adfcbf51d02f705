"""N environments stepped together by ``mujoco.rollout``; no Python in the physics loop.

How the pieces fit, for one free robot an environment::

    world = build_world(
        [Placed(asset, "robot", pos, quat_wxyz, group=0, filter=1)], ground, WorldParams(0.005)
    )
    parameters = Parameters(world, count=4096)
    for env in range(4096):  # as each actor was made
        parameters.set_shapes(env, 0, shape_properties)
        parameters.set_bodies(env, 0, body_properties)
        parameters.set_dofs(env, 0, dof_properties)
        parameters.set_root(env, 0, pos, quat_wxyz)
    physics = Physics(world, parameters, threads=0)
    physics.drive(effort, position_target, velocity_target)  # each (N, D)
    physics.step(1)
    q = physics.last_qpos[:, world.dof_qpos]  # (N, D)
    root = world.actors[0].root_qpos
    physics.qpos[envs, root : root + 7] = new_root  # acts at the next step
    states = BodyStates(world, parameters)(physics.last_qpos, physics.last_qvel)
    forces = contact_forces(world, physics.sensordata)  # (N, B, 3)
"""

import os
import warnings
from collections.abc import Iterable, Sequence

import mujoco
import mujoco.rollout
import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.kinematics import BodyStates
from canter.sim.isaacgym.model_fields import EFFORT, POSITION, VELOCITY
from canter.sim.isaacgym.models import ModelPool
from canter.sim.isaacgym.parameters import Parameters
from canter.sim.isaacgym.world import FIXED, World

Float = NDArray[np.float64]

LARGEST = 1e10
"""Numbers of a state beyond this have diverged; MuJoCo's own bound."""

NAMED = 8
"""How many diverged environments a warning names."""

_WRENCH = 6
_CTRL = int(mujoco.mjtState.mjSTATE_CTRL)
_XFRC = int(mujoco.mjtState.mjSTATE_XFRC_APPLIED)


class Physics:
    """State of N environments, and what moves it.

    An environment whose state leaves the range of numbers in a step, or whose step breaks off, is
    put back to its start, at rest, its readings zero; a `RuntimeWarning` names it, `diverged`
    marks it.

    Args:
        world: the structure.
        parameters: the numbers of the environments.
        threads: worker threads; 0 takes all cores.

    Attributes:
        ctrl: actuator inputs, effort + stiffness q_target + damping v_target, (N, D); kept from
            step to step.
        sensordata: readings of the last step, (N, sensors).
        diverged: environments that the last step put back to their start, (N,) bool.
    """

    def __init__(self, world: World, parameters: Parameters, *, threads: int = 0) -> None:
        self.world = world
        self.parameters = parameters
        self.count = parameters.count
        self._pool = ModelPool(world, parameters)
        threads = threads or os.cpu_count() or 1
        self._rollout = mujoco.rollout.Rollout(nthread=threads)
        self._data = [mujoco.MjData(world.model) for _ in range(threads)]
        self._bodies = BodyStates(world, parameters)
        nq, nv = world.model.nq, world.model.nv
        self._qpos, self._qvel = slice(1, 1 + nq), slice(1 + nq, 1 + nq + nv)
        self._state = self._starts(np.arange(self.count))
        self._last = self._state.copy()
        self._steps = np.zeros((self.count, 1, self._state.shape[1]))
        self._readings = np.zeros((self.count, 1, world.model.nsensordata))
        self._warmstart = np.zeros((self.count, nv))
        self._xfrc = np.zeros((self.count, world.model.nbody, _WRENCH))
        self._pushed = False
        self.ctrl: Float = np.zeros((self.count, world.model.nu))
        self.diverged: NDArray[np.bool_] = np.zeros(self.count, bool)

    @property
    def qpos(self) -> Float:
        """Positions the next step starts from, a writable view, (N, nq)."""
        return self._state[:, self._qpos]

    @property
    def qvel(self) -> Float:
        """Velocities the next step starts from, a writable view, (N, nv)."""
        return self._state[:, self._qvel]

    @property
    def last_qpos(self) -> Float:
        """Positions after the last step, whatever was written since; not to be written, (N, nq)."""
        return self._last[:, self._qpos]

    @property
    def last_qvel(self) -> Float:
        """Velocities after the last step, whatever was written since; (N, nv)."""
        return self._last[:, self._qvel]

    @property
    def sensordata(self) -> Float:
        """Readings of the last step, (N, sensors)."""
        return self._readings[:, -1]

    @property
    def models(self) -> list[mujoco.MjModel]:
        """The environments' models; equal environments have the same object."""
        return self._pool.models

    def drive(self, effort: Float, position_target: Float, velocity_target: Float) -> None:
        """Set `ctrl`; what a degree of freedom's drive mode does not use is ignored.

        Args:
            effort: N m or N, (N, D).
            position_target: rad or m, (N, D).
            velocity_target: rad/s or m/s, (N, D).
        """
        numbers, mode = self.parameters, self.parameters.drive_mode
        self.ctrl[:] = np.where(mode == EFFORT, effort, 0.0)
        to_position = mode == POSITION
        if to_position.any():
            self.ctrl += np.where(to_position, numbers.stiffness * position_target, 0.0)
        to_velocity = to_position | (mode == VELOCITY)
        if to_velocity.any():
            self.ctrl += np.where(to_velocity, numbers.damping * velocity_target, 0.0)

    def apply_wrench(self, bodies: Sequence[int] | slice, force: Float, torque: Float) -> None:
        """Add forces at centres of mass and torques, for the next `step` call alone.

        Args:
            bodies: flat body indices, k different ones.
            force: world axes, N, (N, k, 3).
            torque: world axes, N m, (N, k, 3).
        """
        wrench = np.concatenate([force, torque], axis=-1)
        self._xfrc[:, self.world.body_ids[bodies]] += wrench
        self._pushed = True

    def apply_force_at(self, force: Float, pos: Float) -> None:
        """Add forces at points, for the next `step` call alone.

        Args:
            force: on every body, world axes, N, (N, B, 3).
            pos: where it acts, environment frame, m, (N, B, 3).
        """
        torque = np.cross(pos - self._bodies.com(self.qpos), force)
        self.apply_wrench(slice(None), force, torque)

    def step(self, nstep: int = 1) -> None:
        """Advance every environment by some physics steps.

        Raises:
            GymError: an input is not finite, or more than half of the environments diverge.
        """
        bad = np.flatnonzero(~np.isfinite(self.ctrl).all(axis=1))
        if len(bad):
            raise GymError(
                f"efforts or targets of {len(bad)} of {self.count} environments are not finite "
                f"({_named(bad)}): find the NaN or infinity before they are set"
            )
        if self._steps.shape[1] != nstep:
            self._steps = np.zeros((self.count, nstep, self._steps.shape[2]))
            self._readings = np.zeros((self.count, nstep, self._readings.shape[2]))
        self._warmstart[(self._state != self._last).any(axis=1)] = 0.0
        control, spec = self._control(nstep)
        self._rollout.rollout(
            self._pool.models,
            self._data,
            self._state,
            control,
            control_spec=spec,
            skip_checks=True,
            nstep=nstep,
            initial_warmstart=self._warmstart,
            state=self._steps,
            sensordata=self._readings,
        )
        self._xfrc[:] = 0.0
        self._pushed = False
        self._adopt(nstep)

    def _control(self, nstep: int) -> tuple[Float, int]:
        """Return the inputs of every step, (N, nstep, inputs), and what they are."""
        parts, spec = [self.ctrl], _CTRL
        if self._pushed:
            parts, spec = [*parts, self._xfrc.reshape(self.count, -1)], spec | _XFRC
        inputs = np.concatenate(parts, axis=1)
        return np.repeat(inputs[:, None], nstep, axis=1), spec

    def _adopt(self, nstep: int) -> None:
        """Take the state after a step, put back what diverged, estimate the accelerations."""
        timestep = self.world.params.timestep
        elapsed = self._steps[:, -1, 0] - self._state[:, 0]
        before = self._state if nstep == 1 else self._steps[:, -2]
        self._warmstart[:] = (self._steps[:, -1, self._qvel] - before[:, self._qvel]) / timestep
        fine = np.abs(self._steps[:, -1]).max(axis=1) < LARGEST  # False for NaN
        self.diverged = ~(fine & (np.abs(elapsed - nstep * timestep) < timestep / 2))
        if self.diverged.any():
            self._put_back(np.flatnonzero(self.diverged))
        self._state[:] = self._steps[:, -1]
        self._last[:] = self._state

    def _put_back(self, envs: NDArray[np.intp]) -> None:
        text = (
            f"{len(envs)} of {self.count} environments diverged ({_named(envs)}): unbounded "
            "efforts, gains too high for the time step, or bodies that start inside each other"
        )
        if 2 * len(envs) > self.count:
            raise GymError(f"{text}; lower the gains or the time step (SimParams.dt, substeps)")
        warnings.warn(f"{text}; they start afresh", RuntimeWarning, stacklevel=4)
        self._steps[envs, -1] = self._starts(envs)
        self._readings[envs] = 0.0
        self._warmstart[envs] = 0.0

    def _starts(self, envs: NDArray[np.intp]) -> Float:
        """Return the states in which environments start: roots as placed, the rest zero.

        A locked degree of freedom is where it is locked.
        """
        model = self.world.model
        state = np.zeros((len(envs), 1 + model.nq + model.nv))
        held = np.where(self.parameters.locked[envs], self.parameters.lower[envs], 0.0)
        state[:, self._qpos.start + self.world.dof_qpos] = held
        for place, start in enumerate(self.world.root_qpos):
            if start != FIXED:
                at = self._qpos.start + start
                state[:, at : at + 3] = self.parameters.root_pos[envs, place]
                state[:, at + 3 : at + 7] = self.parameters.root_quat[envs, place]
        return state

    def update(self, envs: Iterable[int]) -> None:
        """Let these environments have their present parameters."""
        self._pool.update(envs)

    def close(self) -> None:
        """Stop the worker threads."""
        self._rollout.close()


def _named(envs: NDArray[np.intp]) -> str:
    return ", ".join(str(env) for env in envs[:NAMED]) + (", ..." if len(envs) > NAMED else "")
