"""What a simulation's pictures share: painters, colours, lights; and which bodies are in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.enums import UpAxis
from canter.sim.isaacgym.env_poses import EnvironmentPoses
from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.render import Figure, Painter, Quality
from canter.sim.isaacgym.scene_model import LIGHTS, build_scene

if TYPE_CHECKING:
    import mujoco

    from canter.sim.isaacgym.engine import Engine
    from canter.sim.isaacgym.simulation import Environment, Simulation

Float = NDArray[np.float64]
RGB = tuple[float, float, float]

WHITE: RGB = (1.0, 1.0, 1.0)
MOST_FIGURES = 48
"""Environments in one picture of many."""
FIGURES_WITHIN = 16.0
"""How far from a picture's centre an environment's first actor may be to be drawn, m."""


@dataclass(frozen=True, slots=True)
class Light:
    """A light from afar.

    Attributes:
        intensity: red, green, blue, 0 to 1.
        ambient: light from all sides, red, green, blue, 0 to 1.
        direction: the light's, or the one towards it: it always shines from above, (3,).
    """

    intensity: RGB
    ambient: RGB
    direction: RGB


class Studio:
    """Draws pictures of a simulation; it is told the simulation in every call.

    Attributes:
        colours: of bodies that user code coloured, by environment and flat body index.
    """

    def __init__(self) -> None:
        self.colours: defaultdict[int, dict[int, RGB]] = defaultdict(dict)
        self._lights: dict[int, Light] = {}
        self._painters: dict[Quality, Painter] = {}
        self._poses: EnvironmentPoses | None = None

    def set_light(self, index: int, light: Light) -> None:
        """Set one of the lights.

        Raises:
            GymError: there is no such light, or it has no direction.
        """
        if not 0 <= index < LIGHTS:
            raise GymError(f"set_light_parameters: light {index}; lights are 0 to {LIGHTS - 1}")
        if not any(light.direction):
            raise GymError("set_light_parameters: the direction has length 0")
        self._lights[index] = light

    def poses(self, engine: Engine) -> EnvironmentPoses:
        """Return the kinematics of single environments."""
        if self._poses is None:
            self._poses = EnvironmentPoses(engine.world)
        return self._poses

    def painter(self, sim: Simulation, engine: Engine, *, quality: Quality) -> Painter:
        """Return a painter of the simulation's environments, its lights set.

        Raises:
            CanterError: there is no OpenGL; the message says what to install.
        """
        up = up_axis(sim)
        if quality not in self._painters:
            world = engine.world
            scene = build_scene([one.asset for one in world.placed], world.ground, up)
            self._painters[quality] = Painter(scene, quality=quality)
        painter = self._painters[quality]
        for index, light in self._lights.items():
            shine(painter.scene.model, index, light, up)
        return painter

    def figure(self, engine: Engine, env: Environment) -> Figure:
        """Return an environment's bodies as they are, in the world's frame."""
        poses = self.poses(engine).of(engine, env.index)
        return Figure(poses, origin_of(env), self.colours.get(env.index, {}))

    def figures_near(self, engine: Engine, point: Float) -> list[Figure]:
        """Return the environments whose first actor is near a point of the world, nearest first.

        The nearest one is there however far it is.
        """
        away = np.linalg.norm(first_roots(engine) - point, axis=1)
        order = np.argsort(away, kind="stable")[:MOST_FIGURES]
        near: Iterable[int] = [env for env in order if away[env] <= FIGURES_WITHIN] or order[:1]
        return [self.figure(engine, engine.sim.environments[env]) for env in near]


_studios: WeakKeyDictionary[object, Studio] = WeakKeyDictionary()


def studio_of(sim: Simulation) -> Studio:
    """Return the studio of a simulation; it is gone when the simulation is."""
    return _studios.setdefault(sim.buffers, Studio())


def up_axis(sim: Simulation) -> Float:
    """Return the axis that points up, (3,)."""
    return np.array([0.0, 1.0, 0.0] if sim.params.up_axis == UpAxis.UP_AXIS_Y else [0.0, 0.0, 1.0])


def origin_of(env: Environment) -> Float:
    """Return where an environment's frame lies in the world's, m, (3,)."""
    return np.array([env.origin.x, env.origin.y, env.origin.z])


def first_roots(engine: Engine) -> Float:
    """Return where the root of every environment's first actor is in the world, m, (N, 3)."""
    origins = np.stack([origin_of(env) for env in engine.sim.environments])
    address = engine.world.actors[0].root_qpos
    if address < 0:
        return np.asarray(engine.parameters.root_pos[:, 0] + origins)
    return np.asarray(engine.physics.qpos[:, address : address + 3] + origins)


def shine(model: mujoco.MjModel, index: int, light: Light, up: Float) -> None:
    """Let a light of a scene be as user code wants it; its ambient light replaces the scene's."""
    direction = np.asarray(light.direction) / np.linalg.norm(light.direction)
    model.light_dir[index] = -direction if direction @ up > 0 else direction
    model.light_diffuse[index] = light.intensity
    model.light_ambient[index] = light.ambient
    model.light_active[index] = 1
    model.vis.headlight.ambient[:] = 0.0
