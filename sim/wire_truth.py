"""The simulator's ground truth by name, for an expert that drives from another process.

A scene goes over the wire as the request that draws it; who reads it draws it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError, SceneError
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from canter.sim.world_state import WorldState

SCENE, WORLD = "truth/scene", "truth/world"
_PLAIN: Final = ("time", "speed", "touched", "fallen", "standing_height")
"""Fields of a WorldState that go over the wire as they are."""


@dataclass(frozen=True, slots=True)
class SceneDraw:
    """How a scene is drawn again.

    Attributes:
        task: its name.
        request: what was asked of the task.
    """

    task: str
    request: SceneRequest

    def scene(self) -> Scene:
        """Return the scene."""
        return task(self.task).sample(self.request)

    def as_message(self) -> dict[str, Any]:
        """Return what goes over the wire."""
        asked = self.request
        return {
            "task": self.task,
            "seed": asked.seed,
            "level": asked.level,
            "split": asked.split,
            "words": dict(asked.words),
        }


class WireTruth:
    """What only the simulator knows of each robot of an environment, as it is sent.

    Args:
        env: the robots.
    """

    def __init__(self, env: SceneEnv) -> None:
        self._env = env
        self._draws = [draw_of(scene) for scene in env.scenes]

    def __call__(self, robot: int) -> dict[str, Any]:
        """Return the scene and the state of a robot by name."""
        world = self._env.world_states()[robot]
        return {SCENE: self._draws[robot].as_message(), WORLD: _world_message(world)}


def draw_of(scene: Scene) -> SceneDraw:
    """Return how a scene is drawn again; its appearance aside, which no expert looks at.

    Raises:
        SceneError: it was not drawn, as one from a file.
    """
    for words in ({}, dict(scene.words)):
        draw = SceneDraw(scene.task, SceneRequest(scene.seed, scene.level, scene.split, words))
        try:
            again = draw.scene()
        except SceneError:
            continue
        if replace(again, appearance=scene.appearance) == scene:
            return draw
    raise SceneError(
        f"the scene of {scene.task} was not drawn by a seed, so an expert on a server cannot know "
        "it; leave --scene out, or take --policy expert"
    )


def read_draw(value: object) -> SceneDraw:
    """Return how a scene is drawn, from the wire.

    Raises:
        CanterError: it cannot be.
    """
    if not isinstance(value, Mapping):
        raise CanterError(f"'{SCENE}' is {value!r:.80}, not a map of task, seed, level and split")
    words = value.get("words", {})
    named = {name: value.get(name) for name in ("task", "seed", "level", "split")}
    kinds = {"task": str, "seed": int, "level": int, "split": str}
    wrong = [name for name, kind in kinds.items() if type(named[name]) is not kind]
    if wrong or not isinstance(words, Mapping):
        raise CanterError(f"'{SCENE}' has no good {', '.join(wrong) or 'words'}: {value!r:.200}")
    plain = {str(name): str(word) for name, word in words.items()}
    return SceneDraw(
        str(named["task"]),
        SceneRequest(value["seed"], value["level"], str(named["split"]), plain),
    )


def _world_message(world: WorldState) -> dict[str, Any]:
    told: dict[str, Any] = {name: getattr(world, name) for name in _PLAIN}
    told |= {
        "pose": np.array(world.pose),
        "position_w": np.asarray(world.position_w),
        "quat": np.asarray(world.quat),
        "touched_objects": sorted(world.touched_objects),
    }
    return told if world.ball_w is None else told | {"ball_w": np.asarray(world.ball_w)}


def read_world(value: object, command: NDArray[np.float32]) -> WorldState:
    """Return what an expert sees of a robot, from the wire.

    Args:
        value: what was sent.
        command: in force until now, order of GAIT_RANGES, (12,).

    Raises:
        CanterError: something is missing or cannot be.
    """
    if not isinstance(value, Mapping):
        raise CanterError(f"'{WORLD}' is {value!r:.80}, not a map of a robot's state")
    x, y, yaw = _vector(value, "pose", 3).tolist()
    try:
        plain = {name: float(value[name]) for name in _PLAIN}
        objects = frozenset(int(number) for number in value["touched_objects"])
    except (KeyError, TypeError, ValueError) as error:
        raise CanterError(f"'{WORLD}' lacks a good value: {error}") from error
    return WorldState(
        time=plain["time"],
        pose=(x, y, yaw),
        position_w=_vector(value, "position_w", 3),
        quat=_vector(value, "quat", 4),
        speed=plain["speed"],
        touched=bool(plain["touched"]),
        touched_objects=objects,
        fallen=bool(plain["fallen"]),
        ball_w=_vector(value, "ball_w", 3) if "ball_w" in value else None,
        standing_height=plain["standing_height"],
        command=command,
    )


def _vector(value: Mapping[str, Any], name: str, size: int) -> NDArray[np.float64]:
    array = value.get(name)
    if not isinstance(array, np.ndarray) or array.shape != (size,) or not np.isfinite(array).all():
        raise CanterError(f"'{WORLD}' has no good {name}; it is {size} finite numbers")
    return array.astype(np.float64)
