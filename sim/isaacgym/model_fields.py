"""What a model's arrays hold for an environment's parameters."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.parameters import Parameters
from canter.sim.isaacgym.terrain import Plane
from canter.sim.isaacgym.world import FIXED, World
from canter.sim.isaacgym.world_spec import contact_solref

Float = NDArray[np.float64]

POSITION, VELOCITY, EFFORT = 1, 2, 3
"""Drive modes; the effort of the first two is limited."""

LOCKED_ARMATURE = 1e4
"""Inertia about a locked joint, kg m^2 or kg: beside any robot's own it lets no torque turn the
joint, so that the limits that hold it, which are soft, have nothing to hold."""

LEAST_RESTITUTION = 1e-3
"""Restitution below which a contact is critically damped."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelField:
    """Numbers of one kind for a number of environments, and where a model holds them.

    Attributes:
        values: one row an environment.
        write: puts a row into a model.
    """

    values: Float
    write: Callable[[mujoco.MjModel, Float], None]


def model_fields(world: World, parameters: Parameters, envs: NDArray[np.intp]) -> list[ModelField]:
    """Return all numbers in which the models of some environments may differ."""
    return [
        *_inertial_fields(world, parameters, envs),
        *_contact_fields(world, parameters, envs),
        *_dof_fields(world, parameters, envs),
        *_drive_fields(world, parameters, envs),
        *_place_fields(world, parameters, envs),
    ]


def _inertial_fields(
    world: World, parameters: Parameters, envs: NDArray[np.intp]
) -> list[ModelField]:
    bodies = world.body_ids
    moments, quats = principal_axes(parameters.body_inertia[envs])
    return [
        _field("body_mass", bodies, parameters.body_mass[envs]),
        _field("body_ipos", bodies, parameters.body_com[envs]),
        _field("body_inertia", bodies, moments),
        _field("body_iquat", bodies, quats),
        *_free_damping(world, parameters, envs),
    ]


def _free_damping(world: World, parameters: Parameters, envs: NDArray[np.intp]) -> list[ModelField]:
    """Damp free single bodies as their assets' options say.

    PhysX lowers a velocity by the factor c dt each step. Here the damping force is c times mass
    and velocity, the torque c times the mean moment of inertia and angular velocity.
    """
    fields = []
    for one, actor in zip(world.placed, world.actors, strict=True):
        if len(one.asset.bodies) != 1 or actor.root_qvel == FIXED:
            continue
        body = actor.bodies.start
        mass = parameters.body_mass[envs, body, None]
        inertia = np.trace(parameters.body_inertia[envs, body], axis1=-2, axis2=-1)[:, None] / 3
        linear, angular = one.asset.options.linear_damping, one.asset.options.angular_damping
        damping = np.repeat(np.hstack([linear * mass, angular * inertia]), 3, axis=1)
        fields.append(_field("dof_damping", np.arange(6) + actor.root_qvel, damping))
    return fields


def _contact_fields(
    world: World, parameters: Parameters, envs: NDArray[np.intp]
) -> list[ModelField]:
    friction, restitution = parameters.shape_friction[envs], parameters.shape_restitution[envs]
    if world.ground is not None:
        friction = (friction + world.ground.friction) / 2
        restitution = (restitution + world.ground.restitution) / 2
    solref = restitution_solref(restitution, world.params.timestep)
    return [
        ModelField(friction, _writer("geom_friction", (world.geom_ids, 0))),
        _field("geom_solref", world.geom_ids, solref),
    ]


def _dof_fields(world: World, parameters: Parameters, envs: NDArray[np.intp]) -> list[ModelField]:
    joints, dofs = world.joint_ids, world.dof_qvel
    limited = parameters.limited[envs]
    armature = np.where(parameters.locked[envs], LOCKED_ARMATURE, parameters.armature[envs])
    ends = np.stack([parameters.lower[envs], parameters.upper[envs]], axis=-1)
    return [
        _field("dof_armature", dofs, armature),
        _field("dof_frictionloss", dofs, parameters.frictionloss[envs]),
        _field("jnt_limited", joints, limited.astype(np.float64)),
        _field("jnt_range", joints, np.where(limited[..., None], ends, 0.0)),
    ]


def _drive_fields(world: World, parameters: Parameters, envs: NDArray[np.intp]) -> list[ModelField]:
    """Return the drives' gains: implicit as PhysX's are.

    A drive kp (q* - q) + kd (v* - v) that is taken at the end of the step, where q is q + dt v, is
    kp (q* - q) + kd v* - (kd + kp dt) v with v of the end of the step; MuJoCo's implicitfast
    integrator takes the velocity terms of actuators so. Hence kd + kp dt in the place of kd.
    """
    mode, damping = parameters.drive_mode[envs], parameters.damping[envs]
    stiffness = np.where(mode == POSITION, parameters.stiffness[envs], 0.0)
    limits = parameters.effort_limit[envs]
    limited = np.isin(mode, (POSITION, VELOCITY)) & np.isfinite(limits)
    ends = np.where(limited[..., None], limits[..., None] * [-1.0, 1.0], 0.0)
    drives = np.arange(len(world.dof_qvel))
    slope = -(damping + stiffness * world.params.timestep)
    bias = np.stack([-stiffness, slope], axis=-1)
    return [
        ModelField(bias, _writer("actuator_biasprm", (drives, slice(1, 3)))),
        _field("actuator_forcelimited", drives, limited.astype(np.float64)),
        _field("actuator_forcerange", drives, ends),
    ]


def _place_fields(world: World, parameters: Parameters, envs: NDArray[np.intp]) -> list[ModelField]:
    fixed = np.flatnonzero(world.root_qpos == FIXED)
    roots = world.body_ids[[world.actors[actor].bodies.start for actor in fixed]]
    fields = [
        ModelField(parameters.gravity[envs], _write_gravity),
        _field("body_pos", roots, parameters.root_pos[envs][:, fixed]),
        _field("body_quat", roots, parameters.root_quat[envs][:, fixed]),
    ]
    if world.ground is not None:
        offset = parameters.ground_offset[envs]
        if isinstance(world.ground, Plane):  # sliding it along itself changes nothing
            offset = (offset @ world.ground.normal)[:, None] * world.ground.normal
        place = world.model.geom_pos[world.ground_geom] + offset
        fields.append(_field("geom_pos", np.array([world.ground_geom]), place[:, None]))
    return fields


def restitution_solref(restitution: Float, timestep: float) -> Float:
    """Return solref of contacts with restitution e, (..., 2).

    An underdamped spring returns e = exp(-pi z / sqrt(1 - z^2)) of the speed at damping ratio z;
    its time constant keeps the natural frequency of the contact without restitution. PhysX's
    threshold, below which nothing bounces, has no counterpart.
    """
    logarithm = np.log(np.clip(restitution, LEAST_RESTITUTION, 1.0))
    ratio = -logarithm / np.sqrt(math.pi**2 + logarithm**2)
    ratio = np.where(restitution < LEAST_RESTITUTION, 1.0, np.maximum(ratio, LEAST_RESTITUTION))
    constant, _ = contact_solref(timestep)
    return np.stack([constant / ratio, ratio], axis=-1)


def principal_axes(inertia: Float) -> tuple[Float, Float]:
    """Return principal moments and the axes' orientations.

    Args:
        inertia: symmetric, kg m^2, (..., 3, 3).

    Returns:
        Moments, kg m^2, (..., 3), and quaternions of the axes, wxyz, (..., 4).
    """
    moments, axes = np.linalg.eigh(inertia)
    axes = axes * np.where(np.linalg.det(axes) < 0, -1.0, 1.0)[..., None, None]
    flat = axes.reshape(-1, 9)
    quats = np.empty((len(flat), 4))
    for quat, rotation in zip(quats, flat, strict=True):
        mujoco.mju_mat2Quat(quat, rotation)
    return moments, quats.reshape(*moments.shape[:-1], 4)


def _field(name: str, ids: NDArray[np.intp], values: Float) -> ModelField:
    return ModelField(values, _writer(name, ids))


def _writer(name: str, at: object) -> Callable[[mujoco.MjModel, Float], None]:
    def write(model: mujoco.MjModel, values: Float) -> None:
        getattr(model, name)[at] = values

    return write


def _write_gravity(model: mujoco.MjModel, gravity: Float) -> None:
    model.opt.gravity[:] = gravity
