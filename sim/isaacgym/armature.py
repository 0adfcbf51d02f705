"""The armature without which damping that user code computes itself, held for a step, diverges.

Code for Isaac Gym computes tau = kp (q* - q) - kd v outside the engine and holds it for a time
step dt. A joint of effective inertia I then obeys v' = v - (kd dt / I) v, which is stable only if
I > kd dt / 2; a spring adds its part, and the condition is I > (kd + kp dt / 2) dt / 2. With
several joints, of mass matrix M seen from them, it is that M - (dt / 2) diag(kd) be positive
definite. Armature adds to the diagonal of M. It is also real: a geared motor's rotor, which URDF
files leave out.

What kd will be is unknown when a robot is loaded, so `presumed_damping` bounds it from the
robot itself: see there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import ArrayLike, NDArray

from canter.sim.isaacgym.errors import GymError

Float = NDArray[np.float64]

MARGIN = 1.25
"""How much more damping than asked for is still stable: inertia changes with the posture."""

DAMPING_PER_SCALE = 0.05
"""Largest joint damping presumed, relative to m sqrt(g L^3)."""

DAMPING_PER_EFFORT = 0.05
"""Largest joint damping presumed, relative to the effort limit, s/rad."""

_GRAVITY = 9.81


@dataclass(frozen=True, slots=True, eq=False)
class ArmatureFloor:
    """What keeps held damping stable.

    Attributes:
        armature: to add to each degree of freedom, kg m^2 or kg, (n,).
        inertia: effective, without it, kg m^2 or kg, (n,).
        damping: for which it was found, N m s/rad or N s/m, (n,).
        lines: one for each degree of freedom that was raised.
    """

    armature: Float
    inertia: Float
    damping: Float
    lines: tuple[str, ...]


def armature_floor(
    model: mujoco.MjModel,
    dof_ids: ArrayLike,
    effort: ArrayLike,
    dt: float,
    names: Sequence[str] | None = None,
) -> ArmatureFloor:
    """Return the armature that keeps presumable user-side damping stable, joint by joint.

    Args:
        model: world with the degrees of freedom; armature it has already counts.
        dof_ids: degrees of freedom of hinges and slides, (n,).
        effort: their effort limits, N m or N, (n,); inf where there is none.
        dt: time for which user code holds an effort, s.
        names: of the degrees of freedom; of the model's joints by default.

    Raises:
        GymError: an effort is negative or not a number, or dt is not above 0.
    """
    dofs = np.asarray(dof_ids, dtype=np.intp).reshape(-1)
    damping = presumed_damping(model, dofs, effort)
    inertia = 1 / np.diag(_joint_inverse(model, dofs)) if len(dofs) else np.zeros(0)
    raised = np.clip(_held(dt) * damping - inertia, 0, None)
    called = names if names is not None else [_name(model, int(dof)) for dof in dofs]
    lines = tuple(
        f"armature of {name}: {more:.2g} added to an inertia of {own:.2g}; "
        f"stable for a damping up to {kd:.2g} held for {dt:g} s"
        for name, more, own, kd in zip(called, raised, inertia, damping, strict=True)
        if more > 0
    )
    return ArmatureFloor(raised, inertia, damping, lines)


def floor(model: mujoco.MjModel, dof_ids: ArrayLike, kd: ArrayLike, dt: float) -> Float:
    """Return the armature that keeps known damping stable, all joints together, (n,).

    The joints that take most part in the fastest unstable mode are raised until none is left, so
    what is stable already stays as it is.

    Args:
        model: world with the degrees of freedom; armature it has already counts.
        dof_ids: degrees of freedom, (n,).
        kd: damping that user code computes, N m s/rad or N s/m, (n,); for a stiffness kp beside
            it hand in kd + kp dt / 2.
        dt: time for which user code holds an effort, s.

    Raises:
        GymError: a damping is negative or not finite, or dt is not above 0.
    """
    dofs = np.asarray(dof_ids, dtype=np.intp).reshape(-1)
    damping = np.broadcast_to(np.asarray(kd, dtype=np.float64), dofs.shape)
    if not (np.isfinite(damping).all() and (damping >= 0).all()):
        raise GymError(f"armature floor: damping must be finite and not negative; got {damping}.")
    needed = _held(dt)
    added = np.zeros(len(dofs))
    damped = np.flatnonzero(damping)
    if len(damped):
        root = np.sqrt(damping[damped])
        seen = np.linalg.inv(_joint_inverse(model, dofs[damped]))
        surplus = seen / np.outer(root, root) - needed * np.eye(len(root))
        added[damped] = damping[damped] * _least_diagonal(surplus, needed)
    return added


def presumed_damping(model: mujoco.MjModel, dof_ids: ArrayLike, effort: ArrayLike) -> Float:
    """Return the largest damping that controllers of such a robot use, N m s/rad or N s/m, (n,).

    The smaller of two bounds. By dynamic similarity the damping of legged robots grows with
    m sqrt(g L^3), m the robot's mass and L the length of its longest limb; and a damping whose
    torque alone would take the whole effort limit at 20 rad/s leaves none for the motion. The
    factors `DAMPING_PER_SCALE` and `DAMPING_PER_EFFORT` are empirical: the gains of public
    training code for A1, ANYmal B and C, Cassie, Go2, G1, H1 and H1-2 lie within 0.014-0.056 and
    0.01-0.05. A slide counts as a hinge at the lever L.

    Raises:
        GymError: an effort is negative or not a number.
    """
    dofs = np.asarray(dof_ids, dtype=np.intp).reshape(-1)
    limits = np.broadcast_to(np.asarray(effort, dtype=np.float64), dofs.shape)
    if not (limits >= 0).all():
        raise GymError(f"armature floor: effort limits must not be negative; got {limits}.")
    roots = model.body_rootid[model.dof_bodyid[dofs]]
    limb = _limbs(model)
    damping = np.zeros(len(dofs))
    for i, (dof, root) in enumerate(zip(dofs, roots, strict=True)):
        length = limb[root]
        scale = DAMPING_PER_SCALE * model.body_subtreemass[root] * np.sqrt(_GRAVITY * length**3)
        by_effort = DAMPING_PER_EFFORT * limits[i]
        slide = model.jnt_type[model.dof_jntid[dof]] == mujoco.mjtJoint.mjJNT_SLIDE
        if slide and length > 0:
            scale, by_effort = scale / length**2, by_effort / length
        damping[i] = min(scale, by_effort)
    return damping


def _held(dt: float) -> float:
    """Return the inertia a damping of 1 held for dt needs, with the margin."""
    if not dt > 0:
        raise GymError(f"armature floor: the time step must be above 0; got {dt}.")
    return MARGIN * dt / 2


def _joint_inverse(model: mujoco.MjModel, dofs: NDArray[np.intp]) -> Float:
    """Return the joints' block of the inverse mass matrix, all else free to move, (n, n).

    The posture is the model's reference, moved into the joints' limits.
    """
    data = mujoco.MjData(model)
    for joint in np.flatnonzero(model.jnt_limited):
        if model.jnt_type[joint] in (mujoco.mjtJoint.mjJNT_HINGE, mujoco.mjtJoint.mjJNT_SLIDE):
            address = model.jnt_qposadr[joint]
            data.qpos[address] = np.clip(data.qpos[address], *model.jnt_range[joint])
    for stage in (mujoco.mj_kinematics, mujoco.mj_comPos, mujoco.mj_makeM, mujoco.mj_factorM):
        stage(model, data)
    pushes = np.zeros((len(dofs), model.nv))
    pushes[np.arange(len(dofs)), dofs] = 1
    answers = np.zeros_like(pushes)
    mujoco.mj_solveM(model, data, answers, pushes)
    return answers[:, dofs]


def _least_diagonal(surplus: Float, cap: float) -> Float:
    """Return a small non-negative diagonal that makes a symmetric matrix positive semidefinite.

    Args:
        surplus: matrix whose eigenvalues are above -cap, (n, n).
        cap: what is enough on every entry.
    """
    added = np.zeros(len(surplus))
    for _ in range(20 * len(surplus)):
        values, modes = np.linalg.eigh(surplus + np.diag(added))
        if values[0] >= 0:
            return added
        share = np.where(added < cap, modes[:, 0] ** 2, 0.0)
        if share.max() == 0:
            break
        most = share >= share.max() / 2  # left and right legs are raised alike
        added[most] = np.minimum(cap, added[most] - values[0] / share[most].sum())
    return added + max(0.0, -float(np.linalg.eigvalsh(surplus + np.diag(added))[0]))


def _limbs(model: mujoco.MjModel) -> Float:
    """Return the length of the longest limb of each tree, by its root body, m, (nbody,).

    A limb runs through the bodies' origins from the first joint below the root to the last
    body's centre of mass.
    """
    along = np.zeros(model.nbody)
    inside = np.zeros(model.nbody, dtype=bool)
    longest = np.zeros(model.nbody)
    for body in range(1, model.nbody):
        parent, root = model.body_parentid[body], model.body_rootid[body]
        joint = model.body_jntadr[body]
        free = joint >= 0 and model.jnt_type[joint] == mujoco.mjtJoint.mjJNT_FREE
        inside[body] = inside[parent] or (joint >= 0 and not free)
        if inside[parent]:
            along[body] = along[parent] + np.linalg.norm(model.body_pos[body])
        if inside[body]:
            end = along[body] + np.linalg.norm(model.body_ipos[body])
            longest[root] = max(longest[root], float(end))
    return longest


def _name(model: mujoco.MjModel, dof: int) -> str:
    joint = int(model.dof_jntid[dof])
    return mujoco.mj_id2name(model, mujoco.mjtObj.mjOBJ_JOINT, joint) or f"joint {joint}"
