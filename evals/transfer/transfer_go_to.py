"""The policy on go_to in both physics engines: the same scenes, expert, judge and commands.

The expert sees the ground truth of the engine it drives in, so what differs between the engines
is physics alone; nothing is rendered.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import SceneError
from canter.control.locomotion import SHIPPED, LocomotionPolicy
from canter.control.session import OnnxSession
from canter.control.types import CHUNK_STEPS, GaitCommand, JointCommand, RobotState
from canter.evals.episodes import Outcome, instruct
from canter.evals.stats import mcnemar, wilson
from canter.evals.transfer.transfer_stats import ratio
from canter.sim.arena import Arena
from canter.sim.judging import Judged, judge_step
from canter.sim.physics.batched_sim import GroundTruth
from canter.sim.physics.bodies import Engine
from canter.sim.rollout import STEPS_PER_COMMAND, STEPS_PER_PICTURE, stopped_when_done
from canter.sim.tasks.go_to.go_to_expert import GoToExpert
from canter.sim.tasks.go_to.go_to_scene import Scene, sample_scene
from canter.sim.tasks.stopping import GoTo, Verdict

ENGINES: tuple[Engine, ...] = ("mujoco", "bullet")
GROUP_SIZE = 10
"""Scenes that one process drives side by side."""


@dataclass(frozen=True, slots=True)
class Scenes:
    """Scenes in one engine.

    Attributes:
        engine: which.
        seeds: one scene each.
    """

    engine: Engine
    seeds: tuple[int, ...]


class Staged(Judged, Protocol):
    """Robots in scenes that can be driven and judged."""

    scenes: tuple[Scene, ...]

    @property
    def n(self) -> int:
        """Number of robots."""

    def states(self) -> RobotState:
        """Return what the robots measure."""

    def truth(self) -> GroundTruth:
        """Return what only the simulator knows."""

    def step(self, command: JointCommand) -> None:
        """Advance all robots by one control period."""

    def __enter__(self) -> Self:
        """Return self."""

    def __exit__(self, *_: object) -> None:
        """Give everything back."""


def run_scenes(job: Scenes) -> list[Outcome]:
    """Drive one robot in each scene to its verdict; a scene that cannot be drawn is an error."""
    drawn = [_draw(seed) for seed in job.seeds]
    scenes = [one for one in drawn if isinstance(one, Scene)]
    verdicts = iter(_verdicts(job.engine, scenes) if scenes else [])
    return [
        Outcome(one.seed, instruct(one), next(verdicts)) if isinstance(one, Scene) else one
        for one in drawn
    ]


def _verdicts(engine: Engine, scenes: Sequence[Scene]) -> list[Verdict]:
    with _arena(engine, scenes) as arena:
        return drive(arena)


def drive(arena: Staged) -> list[Verdict]:
    """Let the expert drive every robot until all are judged."""
    policy = LocomotionPolicy(OnnxSession(SHIPPED), arena.n)
    experts = [GoToExpert(scene) for scene in arena.scenes]
    judges = [GoTo(scene).judge() for scene in arena.scenes]
    while arena.active.any():
        chunk = _plans(arena, experts)
        for step in range(STEPS_PER_PICTURE):
            arena.step(policy.step(arena.states(), chunk[:, step // STEPS_PER_COMMAND]))
            judge_step(arena, judges)
            arena.active[:] = [
                still and not judge.done for still, judge in zip(arena.active, judges, strict=True)
            ]
    return [judge.verdict() for judge in judges]


def _plans(arena: Staged, experts: Sequence[GoToExpert]) -> NDArray[np.float32]:
    """Return each active robot's commands, (N, K, 12); the others stand."""
    truth = arena.truth()
    chunk = np.tile(GaitCommand().to_array(), (arena.n, CHUNK_STEPS, 1))
    for i in map(int, np.flatnonzero(arena.active)):
        experts[i].observe(truth.base_pos_w[i], truth.base_quat[i])
        chunk[i] = experts[i].plan()
    return stopped_when_done(chunk)


def _draw(seed: int) -> Scene | Outcome:
    try:
        return sample_scene(seed)
    except SceneError as error:
        return Outcome(seed, "", None, str(error))


def _arena(engine: Engine, scenes: Sequence[Scene]) -> Staged:
    """Return the robots in their scenes; Bullet, an extra, is loaded only where it is used."""
    if engine == "mujoco":
        return Arena(scenes, threads=1)
    made: Staged = import_module("canter.sim.bullet.bullet_arena").BulletArena(scenes)
    return made


def jobs(seeds: Sequence[int]) -> list[Scenes]:
    """Share the seeds out over both engines."""
    groups = [tuple(seeds[i : i + GROUP_SIZE]) for i in range(0, len(seeds), GROUP_SIZE)]
    return [Scenes(engine, group) for engine in reversed(ENGINES) for group in groups]


def figures(outcomes: dict[Engine, list[dict[str, Any]]]) -> dict[str, Any]:
    """Return each engine's rates, and Bullet's against MuJoCo's on the same scenes.

    Args:
        outcomes: episodes by engine, as `Outcome.as_dict`, in the same order of seeds.
    """
    return {
        **{engine: _rates(outcomes[engine]) for engine in ENGINES},
        "strict_pairs": _pairs(outcomes, "strict"),
        "quard_pairs": _pairs(outcomes, "quard"),
    }


def _rates(episodes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    judged = [e for e in episodes if "error" not in e]
    reasons = [e["reason"] for e in judged if not e["strict"]]
    return {
        "n": len(judged),
        "errors": len(episodes) - len(judged),
        "strict": wilson(sum(e["strict"] for e in judged), len(judged)).as_dict(),
        "quard": wilson(sum(e["quard"] for e in judged), len(judged)).as_dict(),
        "reasons": {reason: reasons.count(reason) for reason in sorted(set(reasons))},
        "episodes": list(episodes),
    }


def _pairs(outcomes: dict[Engine, list[dict[str, Any]]], verdict: str) -> dict[str, Any]:
    """Return Bullet's successes over MuJoCo's, and McNemar's test, on scenes judged in both."""
    both = [
        [bool(outcome[verdict]) for outcome in pair]
        for pair in zip(*(outcomes[engine] for engine in ENGINES), strict=True)
        if all("error" not in outcome for outcome in pair)
    ]
    lost = sum(first and not second for first, second in both)
    gained = sum(second and not first for first, second in both)
    return {
        "only_mujoco": lost,
        "only_bullet": gained,
        "p": mcnemar(lost, gained),
        "ratio": asdict(ratio([second for _, second in both], [first for first, _ in both])),
    }
