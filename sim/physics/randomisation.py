"""Per-robot randomisation of the dynamics, drawn once and recorded."""

import copy
from dataclasses import dataclass, fields

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.robot import RobotSpec
from canter.sim.physics.ranges import DynamicsRanges

__all__ = ["Dynamics", "DynamicsRanges", "draw", "patched_models"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Dynamics:
    """Drawn dynamics of N robots; units as in :class:`DynamicsRanges`, offsets as (N, 3)."""

    added_mass: Float
    com_shift: Float
    friction: Float
    strength: Float
    kp_factor: Float
    kd_factor: Float
    delay_steps: NDArray[np.int64]
    payload_offset: Float

    def recorded(self) -> dict[str, list[float]]:
        """Return the draws as plain lists, for a log."""
        return {f.name: getattr(self, f.name).tolist() for f in fields(self)}


def draw(ranges: DynamicsRanges, n: int, joints: int, rng: np.random.Generator) -> Dynamics:
    """Draw the dynamics of n robots."""
    low, high = ranges.delay_steps
    reach = np.array(ranges.payload_reach)
    return Dynamics(
        added_mass=rng.uniform(*ranges.added_mass, n),
        com_shift=rng.uniform(*ranges.com_shift, (n, 3)),
        friction=rng.uniform(*ranges.friction, n),
        strength=np.repeat(rng.uniform(*ranges.strength, (n, 1)), joints, axis=1),
        kp_factor=rng.uniform(*ranges.kp_factor, (n, joints)),
        kd_factor=rng.uniform(*ranges.kd_factor, (n, joints)),
        delay_steps=rng.integers(low, high + 1, n),
        payload_offset=rng.uniform(-reach, reach, (n, 3)) if reach.any() else np.zeros((n, 3)),
    )


def patched_models(
    nominal: mujoco.MjModel, robot: RobotSpec, dynamics: Dynamics
) -> list[mujoco.MjModel]:
    """Return one copy of the model per robot with its mass, centre of mass and friction set.

    The added mass scales the base's inertia where it lies at the centre of mass; where it lies
    apart, the parallel-axis term about each principal axis comes on top (products of inertia are
    left out: an approximation). Where the robot is the only body that moves, the solver does not
    look for islands: there is one, and the results are the same bits.
    """
    scratch = mujoco.MjData(nominal)
    feet = [nominal.geom(name).id for name in robot.foot_names]
    base = nominal.body("base").id
    models = []
    for i, added in enumerate(dynamics.added_mass):
        model = copy.copy(nominal)
        if model.ntree == 1:
            model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_ISLAND
        ratio = 1.0 + added / nominal.body_mass[base]
        offset = dynamics.payload_offset[i]
        model.body_mass[base] *= ratio
        model.body_inertia[base] *= ratio
        model.body_inertia[base] += added / ratio * (offset @ offset - np.square(offset))
        model.body_ipos[base] += dynamics.com_shift[i] + added / model.body_mass[base] * offset
        model.geom_friction[feet, 0] = dynamics.friction[i]
        mujoco.mj_setConst(model, scratch)
        models.append(model)
    return models
