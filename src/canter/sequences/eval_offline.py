"""``canter eval offline``: a sequence model in the environments of the tasks, judged as others."""

import time
from pathlib import Path

import torch

from canter.control.errors import CanterError
from canter.control.locomotion import GAIT, LocomotionPolicy
from canter.control.session import OnnxSession
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.tasks.chance import chance
from canter.evals.tasks.episode_group import (
    GROUP_SIZE,
    Episode,
    EpisodeGroup,
    draw_scene,
    episode_seeds,
    instruction_in,
)
from canter.evals.tasks.suite_figures import suite_figures
from canter.evals.tasks.suite_table import show
from canter.evals.tasks.task_suite import run
from canter.rl.offline.family_driver import FamilyDriver
from canter.rl.offline.sequence_model import load_sequence_model
from canter.sequences.options import EvalOffline
from canter.sim.rollout import RolloutOptions, rollout
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene import LEVELS
from canter.vla.config import CAMERA


def main(options: EvalOffline) -> int:
    """Drive, print a table and write JSON; returns 0 unless all were errors.

    Raises:
        CanterError: an option or a model that cannot work.
    """
    check_writable(options.json)
    start = time.perf_counter()
    groups = plan(options)
    episodes = run(groups, options.workers, drive_group)
    names = ("tasks", "level", "episodes", "seed")
    values = {name: getattr(options, name) for name in names}
    report = document(
        "offline",
        command_line(f"eval offline {options.policy}", {n: v for n, v in values.items() if v}),
        split="seen",
        hearing="said",
        seed=options.seed,
        policy=f"{options.policy.parent.name}/{options.policy.name}",
        controller="fixed",
        **suite_figures(episodes),
        episodes=[episode.as_dict() for episode in episodes],
        latency_ms=None,
        seconds=time.perf_counter() - start,
    )
    show(report)
    write_json(options.json, report)
    return 0 if report["n"] else 1


def plan(options: EvalOffline) -> list[EpisodeGroup]:
    """Return the groups of an evaluation.

    Raises:
        CanterError: the model is none, or has not learnt a task.
    """
    known = load_sequence_model(options.policy).config.tasks
    unknown = [name for name in options.tasks if name not in known]
    if unknown or not known:
        raise CanterError(
            f"'{options.policy}' learnt {', '.join(known) or 'none of the tasks'}, not "
            f"{', '.join(unknown) or 'what can be driven here'}; choose other --tasks, or train it "
            "on them: canter train offline"
        )
    seeds = episode_seeds(options.seed, options.episodes)
    levels = LEVELS if options.level is None else (options.level,)
    return [
        EpisodeGroup(name, level, tuple(seeds[i : i + GROUP_SIZE]), "seen", GAIT, options.policy)
        for name in options.tasks or known
        for level in levels
        for i in range(0, len(seeds), GROUP_SIZE)
    ]


def drive_group(group: EpisodeGroup) -> list[Episode]:
    """Drive one robot in each scene of a group, by the sequence model of its file, to the end."""
    torch.set_num_threads(1)
    assert isinstance(group.vla, Path)
    model = load_sequence_model(group.vla)
    scenes = [draw_scene(group, seed) for seed in group.seeds]
    instructions = [instruction_in(group, scene) for scene in scenes]
    with SceneEnv(scenes, camera=CAMERA) as env:
        policy = FamilyDriver(env, model)
        policy.reset(instructions)
        gait = LocomotionPolicy(OnnxSession(group.locomotion, robot=env.robot), env.n)
        results = rollout(env, gait, policy, options=RolloutOptions(pictures=False))
    return [
        Episode(scene.task, scene.seed, scene.level, said, result, chance=chance(scene))
        for scene, said, result in zip(scenes, instructions, results, strict=True)
    ]
