"""What is fitted: five numbers of each joint and one delay, as a vector with bounds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.robot import LEG_JOINTS, LEGS, RobotSpec
from canter.sim.tune.bench_mount import kind_of, leg_of

Float = NDArray[np.float64]
Grouping = Literal["kind", "joint"]

DELAY = "delay"
DELAY_SCALE = 0.01
"""Unit of the delay in a search vector, s: as long as a large change of the others' logarithm."""


@dataclass(frozen=True, slots=True)
class JointDynamics:
    """What a simulator must know of the joints; arrays (12,) in the robot's joint order.

    Attributes:
        kp_factor: stiffness at the joint over the commanded one.
        kd_factor: damping by the motor over the commanded one.
        armature: inertia of rotor and gear at the joint, kg m^2.
        damping: viscous friction, Nm s/rad.
        frictionloss: dry friction, Nm.
        delay: from a command's leaving to its torque's being seen in the measured state, s.
    """

    kp_factor: Float
    kd_factor: Float
    armature: Float
    damping: Float
    frictionloss: Float
    delay: float


@dataclass(frozen=True, slots=True)
class Range:
    """Where a parameter is looked for, and its unit."""

    low: float
    high: float
    unit: str


RANGES: dict[str, Range] = {
    "kp_factor": Range(0.3, 3.0, ""),
    "kd_factor": Range(0.2, 4.0, ""),
    "armature": Range(0.001, 0.15, "kg m^2"),
    "damping": Range(0.002, 3.0, "Nm s/rad"),
    "frictionloss": Range(0.005, 5.0, "Nm"),
    DELAY: Range(0.0, 0.05, "s"),
}
"""Bounds of the search for each field of :class:`JointDynamics`."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """One number that is fitted.

    Attributes:
        name: "hip.armature", "FL_hip_joint.armature", or "delay".
        field: field of :class:`JointDynamics`.
        joints: indices of the joints that share it.
        legs: legs whose motion it changes.
    """

    name: str
    field: str
    joints: tuple[int, ...]
    legs: tuple[str, ...]

    @property
    def bounds(self) -> Range:
        """Where it is looked for."""
        return RANGES[self.field]

    def encode(self, value: float) -> float:
        """Return the coordinate of a value: its logarithm, or the delay in units of 10 ms."""
        return value / DELAY_SCALE if self.field == DELAY else float(np.log(value))

    def decode(self, coordinate: float) -> float:
        """Return the value at a coordinate, the inverse of :meth:`encode`."""
        return coordinate * DELAY_SCALE if self.field == DELAY else float(np.exp(coordinate))


def nominal_dynamics(model: mujoco.MjModel, robot: RobotSpec, delay: float) -> JointDynamics:
    """Return what a model says of the joints, with gains as commanded.

    Args:
        model: the robot.
        robot: names of its joints.
        delay: delay to begin with, s.
    """
    dofs = [model.joint(name).dofadr.item() for name in robot.joint_names]
    ones = np.ones(len(dofs))
    return JointDynamics(
        kp_factor=ones,
        kd_factor=ones.copy(),
        armature=model.dof_armature[dofs].copy(),
        damping=model.dof_damping[dofs].copy(),
        frictionloss=model.dof_frictionloss[dofs].copy(),
        delay=delay,
    )


def unknowns(robot: RobotSpec, grouping: Grouping, legs: Sequence[str] = LEGS) -> list[Unknown]:
    """Return what is fitted: five numbers for each kind of joint, or for each joint, and the delay.

    Args:
        robot: names of the joints.
        grouping: whether joints of one kind share their numbers.
        legs: legs that hang free and were excited.

    Raises:
        CanterError: a leg is unknown, or none is given.
    """
    strange = [leg for leg in legs if leg not in LEGS]
    if strange or not legs:
        raise CanterError(
            f"unknown leg {', '.join(strange) or '(none)'}; choose of {', '.join(LEGS)}"
        )
    kinds, joint_legs = kind_of(robot), leg_of(robot)
    chosen = [i for i, leg in enumerate(joint_legs) if leg in legs]
    if grouping == "kind":
        alike = {k: tuple(i for i in chosen if kinds[i] == k) for k in LEG_JOINTS}
        groups = {kind: joints for kind, joints in alike.items() if joints}
    else:
        groups = {robot.joint_names[i]: (i,) for i in chosen}
    found = [
        Unknown(
            f"{name}.{field}", field, joints, tuple(dict.fromkeys(joint_legs[i] for i in joints))
        )
        for name, joints in groups.items()
        for field in RANGES
        if field != DELAY
    ]
    return [*found, Unknown(DELAY, DELAY, (), tuple(legs))]


def pack(dynamics: JointDynamics, wanted: Sequence[Unknown]) -> Float:
    """Return the coordinates of the unknowns, (n,); joints of a group give their geometric mean."""
    coordinates = []
    for unknown in wanted:
        value = getattr(dynamics, unknown.field)
        values = [value] if unknown.field == DELAY else value[list(unknown.joints)]
        low, high = unknown.bounds.low, unknown.bounds.high
        coordinates.append(np.mean([unknown.encode(float(np.clip(v, low, high))) for v in values]))
    return np.array(coordinates)


def unpack(dynamics: JointDynamics, wanted: Sequence[Unknown], coordinates: Float) -> JointDynamics:
    """Return the dynamics with the unknowns at their coordinates, the inverse of :func:`pack`."""
    arrays = {name: getattr(dynamics, name).copy() for name in RANGES if name != DELAY}
    delay = dynamics.delay
    for unknown, coordinate in zip(wanted, coordinates, strict=True):
        value = unknown.decode(float(coordinate))
        if unknown.field == DELAY:
            delay = value
        else:
            arrays[unknown.field][list(unknown.joints)] = value
    return replace(dynamics, **arrays, delay=delay)


def box(wanted: Sequence[Unknown]) -> tuple[Float, Float]:
    """Return the lowest and the highest coordinates, (n,) each."""
    low = [unknown.encode(unknown.bounds.low) for unknown in wanted]
    high = [unknown.encode(unknown.bounds.high) for unknown in wanted]
    return np.array(low), np.array(high)


def patched_model(
    model: mujoco.MjModel, robot: RobotSpec, dynamics: JointDynamics
) -> mujoco.MjModel:
    """Return a copy of a model with the joints' armature, damping and dry friction."""
    patched = model.__copy__()
    dofs = [model.joint(name).dofadr.item() for name in robot.joint_names]
    patched.dof_armature[dofs] = dynamics.armature
    patched.dof_damping[dofs] = dynamics.damping
    patched.dof_frictionloss[dofs] = dynamics.frictionloss
    mujoco.mj_setConst(patched, mujoco.MjData(patched))
    return patched
