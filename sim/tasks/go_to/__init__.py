"""Family go_to: the task of `canter run` as a family, with levels and the wide vocabulary.

Level 1: the target is in view at the start; level 2: the scenes of `canter eval go_to`; level 3:
six things of all shapes and colours, each like the target in one respect, the target out of view.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from canter.control.vocab import Target
from canter.sim.experts.steering import wrap
from canter.sim.rendering.appearance import sample_appearance
from canter.sim.rendering.materials import draw_wall
from canter.sim.scenes.placement import Pose, place
from canter.sim.scenes.scene import Scene, check_request, scene_rng
from canter.sim.scenes.things import Pair, as_object, draw_thing, pairs
from canter.sim.tasks.go_to.go_to_expert import GoToExpert
from canter.sim.tasks.go_to.go_to_scene import Scene, sample_scene
from canter.sim.tasks.stopping import TIME_LIMIT, EpisodeResult, Judge
from canter.sim.tasks.task import Family, SceneCapacity
from canter.sim.world_state import WorldState

IN_VIEW = math.radians(30.0)
"""Greatest bearing of the target at the start of level 1, rad."""
OUT_OF_VIEW = math.radians(60.0)
"""Least bearing of the target at the start of level 3, rad."""
CROWD = 6
"""Things of level 3."""
_STREAM = 0x60


@dataclass(frozen=True, slots=True)
class GoToGoal:
    """The scene of the task itself.

    Attributes:
        scene: with the objects in the order of the objects.
    """

    scene: Scene


def sample(seed: int, level: int, split: str = "seen") -> Scene:
    """Draw a scene; see :class:`canter.sim.tasks.task.Sampler`."""
    check_request("go_to", seed, level, split)
    rng = scene_rng(seed, level, split, _STREAM)
    scene = _crowded(rng, seed, split) if level == 3 else sample_scene(seed, split)
    if level == 1:
        turn = rng.uniform(-IN_VIEW, IN_VIEW)
        scene = replace(scene, start=_turned(scene, float(turn)))
    look = replace(scene.appearance, wall_material=draw_wall(rng))
    scene = replace(scene, appearance=appearance)
    meant = set(scene.matching)
    return Scene(
        family="go_to",
        level=level,
        seed=seed,
        split=split,
        novelty=scene.novelty,
        objects=tuple(
            as_object(thing, "target" if i in meant else "distractor")
            for i, thing in enumerate(scene.objects)
        ),
        start=scene.start,
        appearance=appearance,
        words=(("colour", scene.target.colour or ""), ("shape", scene.target.shape or "")),
        goal=GoToGoal(scene),
    )


def _turned(scene: Scene, bearing: float) -> Pose:
    """Return the start pose turned such that the target lies at a bearing, rad."""
    x, y, _ = scene.start
    target = scene.objects[scene.matching[0]]
    return x, y, wrap(math.atan2(target.y - y, target.x - x) - bearing)


def _crowded(rng: np.random.Generator, seed: int, split: str) -> Scene:
    """Draw the scene of level 3, whose target is the first object until they are shuffled."""
    new = split == "unseen_object"
    novelty = str(rng.choice(["pair", "shade"])) if new else "none"
    wanted = _pick(rng, pairs(novelty))
    others = [p for p in pairs("none") if p != wanted]
    alike = [p for p in others if p[0] == wanted[0] or p[1] == wanted[1]]
    chosen = [wanted, *(_pick(rng, alike) for _ in range(CROWD - 1))]
    things = [
        draw_thing(rng, pair, new_shade=i == 0 and novelty == "shade")
        for i, pair in enumerate(chosen)
    ]
    placed, start = place(rng, things)
    scene = Scene(
        seed=seed,
        objects=tuple(placed[i] for i in rng.permutation(len(placed))),
        target=Target(*wanted),
        start=start,
        appearance=sample_appearance(rng),
        split=split,
        novelty=novelty,
    )
    side = math.copysign(rng.uniform(OUT_OF_VIEW, math.pi), rng.uniform(-1, 1))
    return replace(scene, start=_turned(scene, side))


def _pick(rng: np.random.Generator, choices: list[Pair]) -> Pair:
    """Return one of the choices."""
    return choices[int(rng.integers(len(choices)))]


class GoToSuccess:
    """The judge of `canter eval go_to`, told of worlds."""

    def __init__(self, scene: Scene) -> None:
        self._judge = Judge(goal_of(scene).scene)

    def update(self, world: WorldState) -> None:
        """Take in one control step."""
        self._judge.update(
            world.time, world.pose, world.speed, touched=world.touched, fallen=world.fallen
        )

    @property
    def done(self) -> bool:
        """Whether nothing that may still happen changes the verdicts."""
        return self._judge.done

    def verdict(self) -> EpisodeResult:
        """Return how the episode went up to the last update."""
        return self._judge.verdict()


class GoToDriver:
    """The expert of `canter eval go_to`, told of worlds."""

    def __init__(self, scene: Scene) -> None:
        self._expert = GoToExpert(goal_of(scene).scene)

    def observe(self, world: WorldState) -> None:
        """Take in where the robot is and what its camera sees there."""
        self._expert.observe(world.position_w, world.quat)

    def plan(self) -> NDArray[np.float32]:
        """Return the commands for now and the next 0.9 s, (10, 12)."""
        return self._expert.plan()


def goal_of(scene: Scene) -> GoToGoal:
    """Return the goal of a scene of this family."""
    assert isinstance(scene.goal, GoToGoal)
    return scene.goal


GO_TO = Family(
    name="go_to",
    says="Go to the thing that is named, stop before it and face it.",
    sample=sample,
    judge=GoToSuccess,
    expert=GoToDriver,
    slots=SceneCapacity(objects=6, geoms=5),
    time_limit=TIME_LIMIT,
)
