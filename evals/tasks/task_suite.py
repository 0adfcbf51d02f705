"""``canter eval TASK``, ``all`` and ``quard``: how often a policy does what tasks ask of it."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from canter.control.adaptation.controller_presets import FIXED
from canter.control.errors import CanterError
from canter.control.files import write_text
from canter.control.locomotion import LocomotionPolicy
from canter.control.loop.clock import StageTimers
from canter.control.session import OnnxSession
from canter.evals import workers
from canter.evals.options import EvalTask
from canter.evals.progress import episodes_bar
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.tasks.episode_group import (
    Episode,
    EpisodeGroup,
    draw_scene,
    failed_group,
    instruction_in,
    open_policy,
    run_group,
)
from canter.evals.tasks.policy_choice import Place, closed_by, open_model
from canter.evals.tasks.suite_figures import suite_figures
from canter.evals.tasks.suite_page import links, page
from canter.evals.tasks.suite_plan import plan
from canter.evals.tasks.suite_table import show
from canter.sim.robots.options import ROBOT
from canter.sim.robots.registry import robot
from canter.sim.rollout import Rollout, RolloutOptions
from canter.sim.scene_env import SceneEnv
from canter.vla.remote.errors import ServerError

WARM_UP_STEPS, TIMED_STEPS = 20, 200
MOST_TIMING_S = 60.0
"""A large model's steps are timed so long at most, s; at least one is."""


def main(suite: str, options: EvalTask) -> int:
    """Run a suite, print a table, write JSON and a page; returns 0 unless all were errors.

    Args:
        suite: name of a task, or of several: "all" or "quard".
        options: how it is run.

    Raises:
        CanterError: an option, a policy or a path that cannot work.
    """
    for path in (options.json, options.html):
        check_writable(path)
    report = measured(suite, options)
    show(report)
    write_json(options.json, report)
    if options.html is not None:
        write_text(options.html, page(report, links(report, options.html, options.video_dir)))
    return 0 if report["n"] else 1


def measured(suite: str, options: EvalTask) -> dict[str, Any]:
    """Run a suite and return its report.

    Raises:
        CanterError: an option or a policy that cannot work.
    """
    if options.workers < 0:
        raise CanterError(
            f"{options.workers} workers asked for; give 1 or more, or 0 for all cores"
        )
    groups = plan(suite, options)
    if options.video_dir is not None:
        options.video_dir.mkdir(parents=True, exist_ok=True)
    first = groups[0]
    LocomotionPolicy(OnnxSession(first.locomotion, robot=robot(options.robot)))
    start = time.perf_counter()
    episodes = run(groups, options.workers)
    return document(
        suite,
        _command(suite, options),
        split=options.split,
        hearing=options.hearing,
        seed=options.seed,
        policy="expert" if first.vla is None else first.vla.name,
        controller=options.controller,
        **suite_figures(episodes),
        episodes=[episode.as_dict() for episode in episodes],
        latency_ms=_latency(first),
        seconds=time.perf_counter() - start,
    )


def run(
    groups: Sequence[EpisodeGroup],
    processes: int,
    drive: Callable[[EpisodeGroup], list[Episode]] = run_group,
) -> list[Episode]:
    """Drive the groups in worker processes; return the episodes by task, level and seed.

    Args:
        groups: of episodes.
        processes: how many; 0 takes one for each core.
        drive: a module's function that drives one.
    """
    found: list[Episode] = []
    with episodes_bar() as bar:
        row = bar.add_task("episodes", total=sum(len(group.seeds) for group in groups))
        for group, future in workers.each(drive, groups, processes):
            error = future.exception()
            found += future.result() if error is None else failed_group(group, error)
            bar.update(row, completed=len(found))
    return sorted(found, key=lambda episode: (episode.task, episode.level, episode.seed))


def _latency(group: EpisodeGroup) -> dict[str, float] | None:
    """Return `latency`; None for the expert, and where a policy server is gone."""
    try:
        return None if group.vla is None else latency(group, group.vla)
    except ServerError:
        return None


def latency(group: EpisodeGroup, vla: Place) -> dict[str, float]:
    """Return p50 and p99 of a model's step for one robot on one CPU thread, ms.

    The model drives the group's first scene while it is timed.
    """
    scene = draw_scene(group, group.seeds[0])
    spec = robot(group.robot)
    model = open_model(vla, spec, threads=1)
    with ExitStack() as stack:
        env = stack.enter_context(SceneEnv([scene], camera=model.camera, robot=spec))
        policy = open_policy(model, env, [instruction_in(group, scene)], eyes=group.eyes)
        closed_by(stack, policy)
        gait = LocomotionPolicy(OnnxSession(group.locomotion, robot=spec))
        timed = Rollout(env, gait, policy, options=RolloutOptions(stop_when_decided=False))
        _advance(timed, WARM_UP_STEPS)
        timed.timers = StageTimers()
        _advance(timed, TIMED_STEPS)
        stage = timed.timers.summary()["policy"]
    return {name: stage[name] for name in ("p50", "p99")}


def _advance(timed: Rollout, steps: int) -> None:
    """Take so many pictures, or as many as there is time for."""
    end = time.monotonic() + MOST_TIMING_S
    for _ in range(steps):
        timed.advance()
        if time.monotonic() > end:
            break


def _command(suite: str, options: EvalTask) -> str:
    """Return the command that repeats the evaluation; workers and output paths change nothing."""
    names = ("level", "split", "episodes", "sentences", "policy", "locomotion", "eyes")
    values = {n: getattr(options, n) or None for n in names} | {"seed": options.seed}
    further = {"hearing": "said", "controller": FIXED, "robot": ROBOT}
    values |= {n: v for n, usual in further.items() if (v := getattr(options, n)) != usual}
    return command_line(f"eval {suite}", values) + (" --avoid" if options.avoid else "")
