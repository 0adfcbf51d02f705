"""The numbers in which environments differ, as arrays over N environments.

Made from a world they hold what its assets say; the setters take Isaac Gym's own structs. After
`Physics` exists, a change takes effect by :meth:`Physics.update` of the changed environments.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from canter.sim.isaacgym.structs import RigidBodyProperties, RigidShapeProperties
from canter.sim.isaacgym.world import World

Float = NDArray[np.float64]


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
        frictionloss: dry friction, N m or N, (N, D).
        limited: whether the range holds, (N, D).
        lower: rad or m, (N, D).
        upper: rad or m, (N, D).
        drive_mode: 0 none, 1 position, 2 velocity, 3 effort, (N, D).
        stiffness: acts in position mode alone, N m/rad or N/m, (N, D).
        damping: acts in every mode, about the velocity target of modes 1 and 2 and else about
            zero, N m s/rad or N s/m, (N, D).
        effort_limit: bounds the drive of modes 1 and 2, N m or N, (N, D).
        velocity_limit: speed to which :class:`Physics` clamps, if told to, rad/s or m/s, (N, D).
        gravity: m/s^2, (N, 3).
        root_pos: where each actor starts, and stays if fixed, m, (N, A, 3).
        root_quat: the same, wxyz, (N, A, 4).
        ground_offset: position of the ground's frame in the environment's, m, (N, 3).
    """

    def __init__(self, world: World, count: int) -> None:
        raise NotImplementedError

    def set_shapes(
        self, env: int, actor: int, properties: Sequence[RigidShapeProperties]
    ) -> None:
        """Take friction and restitution of an actor's shapes; one entry a shape."""
        raise NotImplementedError

    def set_bodies(
        self,
        env: int,
        actor: int,
        properties: Sequence[RigidBodyProperties],
        *,
        recompute_inertia: bool = False,
    ) -> None:
        """Take mass, centre and inertia of an actor's bodies; one entry a body.

        Args:
            env: environment.
            actor: its place in the environment.
            properties: one entry a body.
            recompute_inertia: scale the asset's inertia by the mass instead of taking the entry's.
        """
        raise NotImplementedError

    def set_dofs(self, env: int, actor: int, properties: np.ndarray) -> None:
        """Take the properties of an actor's degrees of freedom, (dofs,) of `DOF_DTYPE`."""
        raise NotImplementedError

    def set_root(self, env: int, actor: int, pos: ArrayLike, quat: ArrayLike) -> None:
        """Place an actor's root; a free one starts there, a fixed one stays there.

        Args:
            env: environment.
            actor: its place in the environment.
            pos: in the environment's frame, m, (3,).
            quat: wxyz, (4,).
        """
        raise NotImplementedError
