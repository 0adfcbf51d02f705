"""What a robot finds itself in: objects, perhaps a ball, words, a goal and an appearance."""

import math
from dataclasses import dataclass
from typing import Literal, Protocol

from canter.sim.planar import Pose
from canter.sim.rendering.appearance import Appearance
from canter.sim.rendering.colour import RGB
from canter.sim.scenes.ball import Ball

LEVELS = (1, 2, 3)
"""From easy to hard."""
SPLITS: tuple[str, ...] = ("seen", "unseen_instruction", "unseen_object")
"""What is held out of training: nothing, forms of speech, things."""

Role = Literal["target", "distractor", "obstacle", "gate", "bar", "bin", "board"]
Kind = Literal["box", "sphere", "ellipsoid", "cylinder", "capsule", "cone", "pyramid"]
Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Geom:
    """One body of a item, in the item's frame, whose z = 0 is the floor.

    Attributes:
        kind: its geometry.
        size: half edges of a box; half axes of an ellipsoid; radius of a sphere; radius and half
            length of a cylinder or a capsule; base width of a cone or a pyramid, one of
            CONE_WIDTHS or PYRAMID_WIDTHS, m.
        pos: centre, m; of a cone or a pyramid the middle of its base.
        rgb: [0, 1].
        quat: orientation, wxyz.
        material: name of a material of the model; its texture lies on the faces across z.
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
    """What is to be reached: a frozen dataclass of the task's own module."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class SceneCapacity:
    """Room in every model of a task, for all of them must have equal sizes.

    Attributes:
        objects: most objects of a scene.
        geoms: most geoms of an object.
    """

    objects: int
    geoms: int


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene of a task.

    Attributes:
        task: its name in the registry.
        level: one of LEVELS.
        seed: number the scene was drawn from; 0 for scenes written by hand.
        split: one of SPLITS.
        novelty: what is held out of training about the target; ``none`` where nothing is.
        objects: at most as many as the task's capacity.
        start: base pose at the start, world frame: x, y (m), yaw (rad).
        appearance: light, floor, walls and camera errors.
        words: what the instruction needs, by name, such as ("glyph", "B").
        goal: what is to be reached.
        ball: None where the task has none.
        tray: whether the robot carries a tray.
    """

    task: str
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
