"""Small assets and worlds for the tests of the engine."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.asset import Asset, Body, Inertial, Joint, JointKind, Shape
from canter.sim.isaacgym.parameters import Parameters
from canter.sim.isaacgym.physics import Physics
from canter.sim.isaacgym.primitives import box_asset, sphere_asset
from canter.sim.isaacgym.structs import AssetOptions
from canter.sim.isaacgym.terrain import Ground, Plane
from canter.sim.isaacgym.world import Placed, World, WorldParams, build_world

Float = NDArray[np.float64]

UPRIGHT = np.array([1.0, 0.0, 0.0, 0.0])
FLOOR = Plane(np.array([0.0, 0.0, 1.0]), 0.0, friction=1.0, restitution=0.0)


def options(*, fixed: bool = False, damping: float = 0.0, density: float = 1000.0) -> AssetOptions:
    made = AssetOptions()
    made.fix_base_link = fixed
    made.angular_damping = damping
    made.linear_damping = damping
    made.density = density
    return made


def box(edge: float = 0.2, **kwargs: float) -> Asset:
    return box_asset((edge, edge, edge), options(**kwargs))  # type: ignore[arg-type]


def ball(radius: float = 0.1, **kwargs: float) -> Asset:
    return sphere_asset(radius, options(**kwargs))  # type: ignore[arg-type]


def slab(length: float, mass: float) -> Inertial:
    inertia = np.diag([0.3, 0.5, 0.7]) * mass * length**2
    inertia[0, 1] = inertia[1, 0] = 0.05 * mass * length**2
    return Inertial(mass, np.array([0.02, -0.03, length / 3]), inertia)


def joint(name: str, kind: JointKind, axis: Sequence[float]) -> Joint:
    return Joint(name, kind, np.asarray(axis, float) / np.linalg.norm(axis))


def turned(angle: float) -> Float:
    return np.array([np.cos(angle / 2), np.sin(angle / 2), 0.0, 0.0])


def tree(*, fixed: bool = False) -> Asset:
    """A root with an arm of two hinges, a slide and a fixed tip, and a second arm of one hinge."""
    small = (Shape("sphere", np.zeros(3), UPRIGHT, np.array([0.05, 0, 0])),)
    away = np.array([0.3, 0.1, 0.2])
    bodies = (
        Body("root", -1, np.zeros(3), UPRIGHT, None, slab(0.4, 5.0), small),
        Body("a", 0, away, turned(0.4), joint("ja", "revolute", [0, 1, 1]), slab(0.2, 1.0), small),
        Body("b", 1, away, turned(-1.0), joint("jb", "prismatic", [1, 2, 0]), slab(0.2, 0.5)),
        Body("tip", 2, away, turned(0.7), None, slab(0.1, 0.2), small),
        Body("c", 3, away, UPRIGHT, joint("jc", "revolute", [1, 0, 0]), slab(0.2, 0.4)),
        Body("d", 0, -away, turned(2.0), joint("jd", "revolute", [0, 0, 1]), slab(0.2, 0.4), small),
    )
    return Asset("tree", bodies, options(fixed=fixed))


def sled(mass: float = 2.0) -> Asset:
    """A fixed root and a mass that slides along x; no shapes."""
    bodies = (
        Body("rail", -1, np.zeros(3), UPRIGHT, None, slab(0.1, 1.0)),
        Body("mass", 0, np.zeros(3), UPRIGHT, joint("x", "prismatic", [1, 0, 0]), slab(0.1, mass)),
    )
    return Asset("sled", bodies, options(fixed=True))


def placed(asset: Asset, name: str = "one", pos: Sequence[float] = (0, 0, 0)) -> Placed:
    return Placed(asset, name, np.asarray(pos, float), UPRIGHT)


def physics_of(
    actors: Sequence[Placed], ground: Ground | None = FLOOR, count: int = 1, dt: float = 0.005
) -> Physics:
    world = build_world(actors, ground, WorldParams(dt))
    return Physics(world, Parameters(world, count), threads=1)


def random_state(world: World, count: int, seed: int) -> tuple[Float, Float]:
    """Return random positions with unit quaternions, and random velocities."""
    rng = np.random.default_rng(seed)
    qpos = rng.normal(size=(count, world.model.nq))
    for start in world.root_qpos[world.root_qpos >= 0]:
        quat = qpos[:, start + 3 : start + 7]
        quat /= np.linalg.norm(quat, axis=1, keepdims=True)
    return qpos, rng.normal(size=(count, world.model.nv))
