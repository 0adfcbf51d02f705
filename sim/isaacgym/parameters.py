"""The numbers in which environments differ, as arrays over N environments.

Made from a world they hold what its assets say; the setters take Isaac Gym's own structs. After
`Physics` exists, a change takes effect by :meth:`Physics.update` of the changed environments.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.structs import RigidBodyProperties, RigidShapeProperties
from canter.sim.isaacgym.world import World

Float = NDArray[np.float64]

UNLIMITED = 1e30
"""Numbers from here on mean that there is no limit; Isaac Gym writes the largest float32."""


class Parameters:
    """Numbers of N environments of one world; every array may be written in place.

    Args:
        world: the structure.
        count: number of environments.

    Attributes:
        shape_friction: coefficient of each shape, (N, S); with the ground it is averaged.
        shape_restitution: (N, S); with the ground it is averaged.
        body_mass: kg, (N, B).
        body_com: centre of mass in the body's frame, m, (N, B, 3).
        body_inertia: about the centre of mass, body axes, kg m^2, (N, B, 3, 3).
        armature: of each degree of freedom, kg m^2 or kg, (N, D).
        frictionloss: dry friction, N m or N, (N, D); Isaac Gym's `friction` is taken as this,
            though PhysX's is a coefficient.
        limited: whether the range holds, (N, D).
        lower: rad or m, (N, D).
        upper: rad or m, (N, D).
        drive_mode: 0 none, 1 position, 2 velocity, 3 effort, (N, D).
        stiffness: acts in position mode alone, N m/rad or N/m, (N, D).
        damping: acts in every mode, about the velocity target of modes 1 and 2 and else about
            zero, N m s/rad or N s/m, (N, D).
        effort_limit: bounds the drive of modes 1 and 2, N m or N, (N, D).
        velocity_limit: speed that a degree of freedom may reach, rad/s or m/s, (N, D); kept for
            the caller, the physics does not clamp to it.
        gravity: m/s^2, (N, 3).
        root_pos: where each actor starts, and stays if fixed, m, (N, A, 3).
        root_quat: the same, wxyz, (N, A, 4).
        ground_offset: position of the ground's frame in the environment's, m, (N, 3).
    """

    def __init__(self, world: World, count: int) -> None:
        self.world = world
        self.count = count
        shapes, dofs = len(world.geom_ids), len(world.dof_qpos)
        self.shape_friction = np.ones((count, shapes))
        self.shape_restitution = np.zeros((count, shapes))
        inertials = [body.inertial for one in world.placed for body in one.asset.bodies]
        self.body_mass = _repeated([each.mass for each in inertials], count)
        self.body_com = _repeated([each.com for each in inertials], count)
        self.body_inertia = _repeated([each.inertia for each in inertials], count)
        self.armature = np.zeros((count, dofs))
        self.frictionloss = np.zeros((count, dofs))
        self.limited: NDArray[np.bool_] = np.zeros((count, dofs), bool)
        self.lower = np.zeros((count, dofs))
        self.upper = np.zeros((count, dofs))
        self.drive_mode: NDArray[np.intp] = np.zeros((count, dofs), np.intp)
        self.stiffness = np.zeros((count, dofs))
        self.damping = np.zeros((count, dofs))
        self.effort_limit = np.full((count, dofs), np.inf)
        self.velocity_limit = np.full((count, dofs), np.inf)
        self.gravity = _repeated(world.params.gravity, count)
        self.root_pos = _repeated([one.pos for one in world.placed], count)
        self.root_quat = _repeated([one.quat for one in world.placed], count)
        self.ground_offset = np.zeros((count, 3))
        for actor, one in enumerate(world.placed):
            self._set_shapes(slice(None), actor, one.asset.shape_properties)
            self._set_dofs(slice(None), actor, one.asset.dof_properties())

    @property
    def locked(self) -> NDArray[np.bool_]:
        """Whether a degree of freedom's limits leave it one position, (N, D)."""
        same: NDArray[np.bool_] = self.lower == self.upper
        return self.limited & same

    def set_shapes(self, env: int, actor: int, properties: Sequence[RigidShapeProperties]) -> None:
        """Take friction and restitution of an actor's shapes, one entry a shape.

        Raises:
            GymError: another number of entries than shapes.
        """
        self._set_shapes(env, actor, properties)

    def _set_shapes(
        self, env: int | slice, actor: int, properties: Sequence[RigidShapeProperties]
    ) -> None:
        place = self._place(actor, "shapes", len(properties))
        self.shape_friction[env, place] = [float(each.friction) for each in properties]
        self.shape_restitution[env, place] = [float(each.restitution) for each in properties]

    def set_bodies(self, env: int, actor: int, properties: Sequence[RigidBodyProperties]) -> None:
        """Take mass, centre and inertia of an actor's bodies, one entry a body.

        Raises:
            GymError: another number of entries than bodies.
        """
        place = self._place(actor, "bodies", len(properties))
        self.body_mass[env, place] = [each.mass for each in properties]
        self.body_com[env, place] = [each.com.array() for each in properties]
        inertias = np.array([each.inertia.array() for each in properties])
        self.body_inertia[env, place] = inertias.reshape(-1, 3, 3)

    def set_dofs(self, env: int, actor: int, properties: np.ndarray) -> None:
        """Take the properties of an actor's degrees of freedom, (dofs,) of `DOF_DTYPE`.

        Raises:
            GymError: another number of rows than degrees of freedom.
        """
        self._set_dofs(env, actor, properties)

    def _set_dofs(self, env: int | slice, actor: int, properties: np.ndarray) -> None:
        place = self._place(actor, "dofs", len(properties))
        self.limited[env, place] = properties["hasLimits"]
        self.lower[env, place] = properties["lower"]
        self.upper[env, place] = properties["upper"]
        self.drive_mode[env, place] = properties["driveMode"]
        self.stiffness[env, place] = properties["stiffness"]
        self.damping[env, place] = properties["damping"]
        self.effort_limit[env, place] = _unlimited(properties["effort"])
        self.velocity_limit[env, place] = _unlimited(properties["velocity"])
        self.frictionloss[env, place] = properties["friction"]
        self.armature[env, place] = properties["armature"]

    def set_root(self, env: int, actor: int, pos: ArrayLike, quat: ArrayLike) -> None:
        """Place an actor's root; a free one starts there, a fixed one stays there.

        Args:
            env: environment.
            actor: its place in the environment.
            pos: in the environment's frame, m, (3,).
            quat: wxyz, (4,).
        """
        self.root_pos[env, actor] = pos
        self.root_quat[env, actor] = quat

    def _place(self, actor: int, kind: str, given: int) -> slice:
        """Return an actor's place among the flat indices of a kind, after checking its length."""
        place: slice = getattr(self.world.actors[actor], kind)
        if given != place.stop - place.start:
            name = self.world.placed[actor].name
            raise GymError(
                f"actor '{name}': {given} properties for {place.stop - place.start} {kind}"
            )
        return place


def _repeated(values: object, count: int) -> Float:
    """Return the values of one environment, repeated for N; a copy that may be written."""
    row = np.asarray(values, dtype=np.float64)
    return np.repeat(row[None], count, axis=0)


def _unlimited(values: Float) -> Float:
    """Return limits with infinity in the place of numbers that stand for it."""
    return np.where(values >= UNLIMITED, np.inf, values.astype(np.float64))
