"""A task in both physics engines: the same scenes, expert, checker and commands.

The expert sees the ground truth of the engine it drives in, so what differs between the engines
is physics alone; nothing is rendered.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from canter.control.locomotion import shipped_policy
from canter.evals.stats import mcnemar, wilson
from canter.evals.tasks.episode_group import GROUP_SIZE, EpisodeGroup
from canter.evals.transfer.transfer_stats import ratio
from canter.sim.robots.options import ROBOT
from canter.sim.robots.registry import robot
from canter.sim.scene_env import Engine

ENGINES: tuple[Engine, ...] = ("mujoco", "bullet")
TASK, LEVEL = "go_to", 2


def jobs(seeds: Sequence[int], name: str = ROBOT) -> list[EpisodeGroup]:
    """Share the seeds of a robot, by name or by robot.yaml, out over both engines.

    Raises:
        CanterError: there is no such robot, or no gait for it.
    """
    gait = shipped_policy(robot(name).name, "gait")
    groups = [tuple(seeds[i : i + GROUP_SIZE]) for i in range(0, len(seeds), GROUP_SIZE)]
    return [
        EpisodeGroup(TASK, LEVEL, group, "seen", locomotion=gait, engine=engine, robot=name)
        for engine in reversed(ENGINES)
        for group in groups
    ]


def figures(outcomes: dict[Engine, list[dict[str, Any]]]) -> dict[str, Any]:
    """Return each engine's rates, and Bullet's against MuJoCo's on the same scenes.

    Args:
        outcomes: episodes by engine, as `Episode.as_dict`, in the same order of seeds.
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
