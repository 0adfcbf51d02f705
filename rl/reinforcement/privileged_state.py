"""What a simulator knows of a robot at its task, for a critic alone; no model is ever told of it.

It is the same for all tasks: where the robot is, how it moves and is commanded, where what the
words name is, and how far the task's own verdict has come.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from canter.control.layout import Layout
from canter.control.types import GAIT_LAYOUT, GAIT_RANGES
from canter.sim.planar import wrap
from canter.sim.rollout import Tick
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.visibility import rotation
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import EpisodeResult
from canter.sim.world_state import WorldState
from canter.vla.instruction import MOST_REFERENTS

Float = NDArray[np.floating]

PLACE = Layout({"there": 1, "x": 1, "y": 1, "z": 1})
"""Middle of a thing on the floor, or of the ball, from the base: whether there is one; x along its
heading, y to its left, z up, m. Zeros where there is none."""
PRIVILEGED = Layout(
    {
        "time": 1,
        "time_left": 1,
        "position": 3,
        "turned": 1,
        "up": 3,
        "velocity": 3,
        "gyro": 3,
        "command": GAIT_LAYOUT.size,
        **{f"place{i}": PLACE.size for i in range(MOST_REFERENTS)},
        "ball": PLACE.size,
        "nearest": PLACE.size,
        "touched": 1,
        "fallen": 1,
        "loose": 1,
        "distance": 1,
    }
)
"""Order of the packed vector.

time since the start and up to the end of the episode, s; position of the base in the start's frame,
its height less that of standing, m; turned, by how much the heading is left of the start's, not
wrapped, rad; up, unit vector against gravity in the base frame; velocity along the heading, to its
left and up, m/s; gyro in the base frame, rad/s; command in force, -1..1 over the range of each
field; PLACE of what the words name, of the ball, and of the nearest thing that is not named; and
what the verdict has noted: touched, fallen, the loose criterion met (0 or 1), and the distance to
what was named, m, 0 where it is not there.
"""


@dataclass(frozen=True, slots=True)
class _Things:
    """Middles of the things of a scene that do not move, world frame, x, y, m, (k, 2) each.

    Attributes:
        named: of each thing that the words name, where it may be; empty for the ball.
        others: of all that are not named.
    """

    named: tuple[Float, ...]
    others: Float

    @classmethod
    def of(cls, scene: Scene) -> Self:
        """Return those of a scene."""
        middles = np.array([(item.x, item.y) for item in scene.objects]).reshape(-1, 2)
        said = [list(referent.objects) for referent in task(scene.task).referents(scene)]
        others = sorted(set(range(len(middles))) - {i for objects in said for i in objects})
        return cls(tuple(middles[objects] for objects in said), middles[others])


class PrivilegedSensor:
    """Reads the privileged state of N robots at each picture of their episodes.

    Args:
        env: the robots, at their starts.
        max_seconds: longest episode, s.
    """

    def __init__(self, env: SceneEnv, max_seconds: float) -> None:
        self._env = env
        self._things = [_Things.of(scene) for scene in env.scenes]
        self._ends = [min(task(s.task).time_limit_s, max_seconds) for s in env.scenes]
        self._turned = np.zeros(env.n)

    def read(self, tick: Tick, results: Sequence[EpisodeResult]) -> NDArray[np.float32]:
        """Return the privileged state, (N, PRIVILEGED.size).

        Args:
            tick: of the picture.
            results: how the episodes have gone so far.
        """
        velocities = self._env.truth().base_lin_vel_yaw()
        low, high = np.array(list(GAIT_RANGES.values())).T
        commands = (2.0 * tick.command - low - high) / (high - low)
        rows = []
        for i, (world, result) in enumerate(zip(tick.worlds, results, strict=True)):
            terms = self._base(i, world) | self._places(i, world) | verdict_terms(result)
            terms |= {
                "velocity": velocities[i],
                "gyro": tick.observation.state.gyro[i],
                "command": commands[i],
            }
            rows.append(PRIVILEGED.pack(terms))
        return np.stack(rows)

    def _base(self, i: int, world: WorldState) -> dict[str, Float]:
        """Return where robot i is, and when."""
        x, y, yaw = self._env.scenes[i].start
        forward, left = turned_by(-yaw, world.pose[0] - x, world.pose[1] - y)
        height = float(world.position_w[2]) - world.standing_height
        self._turned[i] += wrap(world.pose[2] - yaw - self._turned[i])
        return {
            "time": np.array([world.time]),
            "time_left": np.array([self._ends[i] - world.time]),
            "position": np.array([forward, left, height]),
            "turned": self._turned[i : i + 1].copy(),
            "up": rotation(world.quat)[-1],
        }

    def _places(self, i: int, world: WorldState) -> dict[str, Float]:
        """Return where things are from robot i."""
        things, ball = self._things[i], world.ball_w
        rolling = np.zeros(PLACE.size) if ball is None else place_from(world, ball)
        named = [nearest_from(world, t) if len(t) else rolling for t in things.named]
        named += [np.zeros(PLACE.size)] * MOST_REFERENTS
        return {
            **{f"place{number}": named[number] for number in range(MOST_REFERENTS)},
            "ball": rolling,
            "nearest": nearest_from(world, things.others),
        }


def verdict_terms(result: EpisodeResult) -> dict[str, Float]:
    """Return what a verdict has noted so far, by name."""
    noted = {
        "touched": float(result.touched),
        "fallen": float(result.fallen),
        "loose": float(result.quard),
        "distance": result.distance if math.isfinite(result.distance) else 0.0,
    }
    return {name: np.array([value]) for name, value in noted.items()}


def nearest_from(world: WorldState, middles: Float) -> Float:
    """Return the PLACE of the nearest of things on the floor, middles (k, 2); zeros for none."""
    if not len(middles):
        return np.zeros(PLACE.size)
    nearest = np.linalg.norm(middles - world.position_w[:2], axis=1).argmin()
    return place_from(world, np.append(middles[nearest], 0.0))


def place_from(world: WorldState, middle_w: Float) -> Float:
    """Return the PLACE of a point, world frame, m, (3,)."""
    dx, dy, dz = (float(v) for v in middle_w - world.position_w)
    forward, left = turned_by(-world.pose[2], dx, dy)
    return np.array([1.0, forward, left, dz])


def turned_by(angle: float, x: float, y: float) -> tuple[float, float]:
    """Return a vector of the plane turned to the left by an angle, rad."""
    cos, sin = math.cos(angle), math.sin(angle)
    return cos * x - sin * y, sin * x + cos * y
