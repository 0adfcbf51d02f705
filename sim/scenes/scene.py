"""What a robot of any family finds itself in: objects, perhaps a ball, words, a goal and a appearance."""

import math
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from canter.control.errors import SceneError
from canter.sim.rendering.appearance import Appearance
from canter.sim.scenes.ball import Ball
from canter.sim.scenes.placement import Pose
from canter.sim.scenes.shapes import RGB
from canter.sim.tasks.go_to.go_to_scene import SPLITS

LEVELS = (1, 2, 3)
"""From easy to hard."""

Role = Literal["target", "distractor", "obstacle", "gate", "bar", "bin", "board"]
Kind = Literal["box", "sphere", "ellipsoid", "cylinder", "capsule", "cone", "pyramid"]
Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Geom:
    """One body of a item, in the item's frame, whose z = 0 is the floor.

    Attributes:
        kind: its geometry.
        size: half edges of a box; half axes of an ellipsoid; radius of a sphere; radius and half
            length of a cylinder or a capsule; base width of a cone or a pyramid, one of the family
            stage's widths, m.
        pos: centre, m; of a cone or a pyramid the middle of its base.
        rgb: [0, 1].
        quat: orientation, wxyz.
        material: name of a material of the family stage; its texture lies on the faces across z.
        touchable: False for decoration that nothing collides with.
    """

    kind: Kind
    size: tuple[float, ...]
    pos: Vector
    rgb: RGB
    quat: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    material: str = ""
    touchable: bool = True


@dataclass(frozen=True, slots=True)
class SceneObject:
    """A thing that stands on the floor and does not move.

    Attributes:
        name: what a person would call it, such as ``red ball``.
        role: its part in the task.
        geoms: what it is made of.
        x: place on the floor, world frame, m.
        y: place on the floor, world frame, m.
        yaw: turn about the vertical, rad.
        colour: name of its colour; empty where it has none to speak of.
        kind: shape, glyph or whatever tells it from others of its role.
    """

    name: str
    role: Role
    geoms: tuple[Geom, ...]
    x: float
    y: float
    yaw: float
    colour: str = ""
    kind: str = ""


class Goal(Protocol):
    """What is to be reached: a frozen dataclass of the family's own module."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene of a family.

    Attributes:
        family: its name in the registry.
        level: one of LEVELS.
        seed: number the scene was drawn from.
        split: one of canter.sim.tasks.go_to.go_to_scene.SPLITS.
        novelty: what is held out of training about the target; ``none`` where nothing is.
        objects: at most as many as the family's slots.
        start: base pose at the start, world frame: x, y (m), yaw (rad).
        appearance: light, floor, walls and camera errors.
        words: what the instruction needs, by name, such as ("glyph", "B").
        goal: what is to be reached.
        ball: None where the family has none.
        tray: whether the robot carries a tray.
    """

    family: str
    level: int
    seed: int
    split: str
    novelty: str
    objects: tuple[SceneObject, ...]
    start: Pose
    appearance: Appearance
    words: tuple[tuple[str, str], ...]
    goal: Goal
    ball: Ball | None = None
    tray: bool = False

    def indices(self, role: Role) -> tuple[int, ...]:
        """Return which objects have this role."""
        return tuple(i for i, item in enumerate(self.objects) if item.role == role)


def check_request(family: str, seed: int, level: int, split: str) -> None:
    """Refuse what no family can draw.

    Raises:
        SceneError: unknown level or split, or a negative seed.
    """
    if level not in LEVELS:
        raise SceneError(f"{family} has no level {level}; choose 1 (easy), 2 or 3 (hard)")
    if split not in SPLITS:
        raise SceneError(f"unknown split '{split}'; choose one of {', '.join(SPLITS)}")
    if seed < 0:
        raise SceneError(f"seed {seed} is negative; seeds start at 0")


def scene_rng(seed: int, level: int, split: str, stream: int) -> np.random.Generator:
    """Return the source of a scene's draws.

    Splits ``seen`` and ``unseen_instruction`` share their scenes.

    Args:
        seed: of the scene.
        level: of the scene.
        split: of the scene.
        stream: the family's own number.
    """
    new = int(split == "unseen_object")
    return np.random.default_rng(np.random.SeedSequence([seed, level, new, stream]))


def no_layout(family: str, level: int, seed: int, tries: int) -> SceneError:
    """Return the error of a scene that found no solvable layout."""
    return SceneError(
        f"no solvable layout of {family}, level {level}, seed {seed} in {tries} tries; "
        "choose another seed"
    )


def to_world(item: SceneObject, place: tuple[float, float]) -> tuple[float, float]:
    """Return a place on the floor in the item's frame, m, in the world frame."""
    cos, sin = math.cos(item.yaw), math.sin(item.yaw)
    x, y = place
    return item.x + cos * x - sin * y, item.y + sin * x + cos * y


def to_object_frame(item: SceneObject, place: tuple[float, float]) -> tuple[float, float]:
    """Return a place on the floor in the world frame, m, in the item's frame."""
    cos, sin = math.cos(item.yaw), math.sin(item.yaw)
    dx, dy = place[0] - item.x, place[1] - item.y
    return cos * dx + sin * dy, cos * dy - sin * dx
