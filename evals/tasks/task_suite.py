"""``canter eval TASK``: how often a policy does a task, level by level."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from canter.control.errors import CanterError
from canter.control.locomotion import LocomotionPolicy
from canter.control.loop.clock import StageTimers
from canter.control.session import OnnxSession
from canter.evals import workers
from canter.evals.options import EvalTask
from canter.evals.progress import episodes_bar
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.stats import Rate, wilson
from canter.evals.tasks.episode_group import (
    GROUP_SIZE,
    Episode,
    EpisodeGroup,
    episode_seeds,
    failed_group,
    open_policy,
    run_group,
)
from canter.evals.tasks.policy_choice import locomotion_file, vla_file
from canter.sim.instructions import instruction_of
from canter.sim.robots.registry import robot
from canter.sim.rollout import Rollout, RolloutOptions
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene import LEVELS
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from canter.vla.runtime import VlaRuntime

WARM_UP_STEPS, TIMED_STEPS = 20, 200


def main(name: str, options: EvalTask) -> int:
    """Run the suite of a task, print a table and write JSON; returns 0 unless all were errors.

    Raises:
        CanterError: an option, a policy or a path that cannot work.
    """
    task(name)
    if options.workers < 0:
        raise CanterError(
            f"{options.workers} workers asked for; give 1 or more, or 0 for all cores"
        )
    vla = vla_file(options.policy, (name,))
    levels = LEVELS if options.level is None else (options.level,)
    groups = [group for level in levels for group in groups_of(name, level, options, vla)]
    check_writable(options.json)
    if options.video_dir is not None:
        options.video_dir.mkdir(parents=True, exist_ok=True)
    LocomotionPolicy(OnnxSession(groups[0].locomotion, robot=robot(options.robot)))
    start = time.perf_counter()
    episodes = run(groups, options.workers)
    report = document(
        name,
        _command(name, options),
        split=options.split,
        seed=options.seed,
        policy="expert" if vla is None else vla.name,
        levels={str(level): figures([e for e in episodes if e.level == level]) for level in levels},
        **figures(episodes),
        episodes=[episode.as_dict() for episode in episodes],
        latency_ms=None if vla is None else latency(groups[0], vla),
        seconds=time.perf_counter() - start,
    )
    show(report)
    write_json(options.json, report)
    return 0 if report["n"] else 1


def groups_of(name: str, level: int, options: EvalTask, vla: Path | None) -> list[EpisodeGroup]:
    """Share out the seeds of one level by their order alone."""
    seeds = episode_seeds(options.seed, options.episodes)
    locomotion = locomotion_file(options.locomotion, vla, robot(options.robot))
    return [
        EpisodeGroup(
            task=name,
            level=level,
            seeds=tuple(seeds[start : start + GROUP_SIZE]),
            split=options.split,
            locomotion=locomotion,
            vla=vla,
            video_dir=options.video_dir,
            robot=options.robot,
        )
        for start in range(0, len(seeds), GROUP_SIZE)
    ]


def run(groups: Sequence[EpisodeGroup], processes: int) -> list[Episode]:
    """Drive the groups in worker processes; return the episodes by level and seed."""
    found: list[Episode] = []
    with episodes_bar() as bar:
        row = bar.add_task("episodes", total=sum(len(group.seeds) for group in groups))
        for group, future in workers.each(run_group, groups, processes):
            error = future.exception()
            found += future.result() if error is None else failed_group(group, error)
            bar.update(row, completed=len(found))
    return sorted(found, key=lambda episode: (episode.level, episode.seed))


def figures(episodes: Sequence[Episode]) -> dict[str, Any]:
    """Return the counts and rates of a list of episodes; errors are counted, never judged."""
    results = [e.result for e in episodes if e.result is not None]
    n = len(results)
    times = [result.time for result in results if result.strict]
    return {
        "n": n,
        "errors": len(episodes) - n,
        "strict": wilson(sum(result.strict for result in results), n).as_dict(),
        "quard": wilson(sum(result.quard for result in results), n).as_dict(),
        "falls": sum(result.fallen for result in results),
        "touches": sum(result.touched for result in results),
        "reasons": dict(Counter(r.reason for r in results if not r.strict).most_common()),
        "mean_time": sum(times) / len(times) if times else None,
    }


def latency(group: EpisodeGroup, vla: Path) -> dict[str, float]:
    """Return p50 and p99 of a model's step for one robot on one CPU thread, ms.

    The model drives the group's first scene while it is timed.
    """
    scene = task(group.task).sample(SceneRequest(group.seeds[0], group.level, group.split))
    spec = robot(group.robot)
    runtime = VlaRuntime(vla, threads=1, robot=spec)
    with SceneEnv([scene], camera=runtime.camera, robot=spec) as env:
        policy = open_policy(runtime, env, [instruction_of(scene)])
        gait = LocomotionPolicy(OnnxSession(group.locomotion, robot=spec))
        timed = Rollout(env, gait, policy, options=RolloutOptions(stop_when_decided=False))
        for _ in range(WARM_UP_STEPS):
            timed.advance()
        timed.timers = StageTimers()
        for _ in range(TIMED_STEPS):
            timed.advance()
        stage = timed.timers.summary()["policy"]
    return {name: stage[name] for name in ("p50", "p99")}


def _command(name: str, options: EvalTask) -> str:
    """Return the command that repeats the evaluation; workers and output paths change nothing."""
    names = ("level", "split", "episodes", "seed", "policy", "locomotion")
    values = {n: getattr(options, n) or None for n in names} | {"seed": options.seed}
    return command_line(f"eval {name}", values)


def show(report: Mapping[str, Any]) -> None:
    """Print one row a level, then latency and whatever went wrong in errors."""
    table = Table(title=f"{report['suite']}, {report['split']}, {report['policy']}")
    for heading in ("level", "strict [95 % interval]", "quard", "n", "errors", "time", "reasons"):
        table.add_column(heading)
    rows = dict(report["levels"])
    if len(rows) > 1:
        rows["all"] = report
    for level, row in rows.items():
        mean = "" if row["mean_time"] is None else f"{row['mean_time']:.1f} s"
        reasons = ", ".join(f"{reason} {count}" for reason, count in row["reasons"].items())
        rates = [str(Rate(**row[name])) for name in ("strict", "quard")]
        table.add_row(level, *rates, str(row["n"]), str(row["errors"]), mean, reasons)
    console = Console()
    console.print(table)
    if report["latency_ms"] is not None:
        steps = ", ".join(f"{name} {value:.1f} ms" for name, value in report["latency_ms"].items())
        console.print(f"model step, one thread: {steps}", markup=False)
    errors = Counter(episode["error"] for episode in report["episodes"] if "error" in episode)
    for text, count in errors.items():
        console.print(f"{count} episodes not judged: {text}", markup=False)


def rates_table(title: str, report: Mapping[str, Any]) -> Table:
    """Return a table of the rates and counts of `figures`, to be added to."""
    table = Table(title, "value")
    for name in ("strict", "quard"):
        table.add_row(f"{name} [95 % interval]", str(Rate(**report[name])))
    for name in ("n", "errors", "falls", "touches"):
        table.add_row(name, str(report[name]))
    return table
