"""``canter eval go_to``: how often the robot goes to the thing it was told to go to."""

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from canter.control.errors import CanterError
from canter.control.locomotion import SHIPPED, LocomotionPolicy
from canter.control.loop.clock import StageTimers
from canter.control.session import OnnxSession
from canter.evals import workers
from canter.evals.drivers import VlaCommander
from canter.evals.episodes import Group, Outcome, episode_seeds, instruct, run_group
from canter.evals.options import EvalGoTo
from canter.evals.progress import episodes_bar
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.stats import Rate, wilson
from canter.sim.arena import Arena
from canter.sim.rollout import Drive
from canter.sim.tasks.go_to.go_to_scene import sample_scene
from canter.vla.runtime import SHIPPED as SHIPPED_VLA
from canter.vla.runtime import VlaRuntime

GROUP_SIZE = 10
"""Episodes driven side by side. Fixed, so that results do not depend on the number of workers:
a graph may round differently for another batch size."""
WARM_UP_STEPS, TIMED_STEPS = 20, 200


def main(options: EvalGoTo) -> int:
    """Run the suite, print a table and write JSON where asked; returns 0 unless all were errors.

    Raises:
        CanterError: an option, a policy or a path that cannot work.
    """
    seeds = episode_seeds(options.seed, options.episodes)
    check_writable(options.json)
    if options.video_dir is not None:
        options.video_dir.mkdir(parents=True, exist_ok=True)
    groups = _groups(options, seeds)
    _open_policies(groups[0])
    start = time.perf_counter()
    outcomes = run(groups, options.workers)
    seconds = time.perf_counter() - start
    report = document(
        "go_to",
        _command(options),
        split=options.split,
        seed=options.seed,
        policy=options.policy,
        **figures(outcomes),
        latency_ms=latency(groups[0]),
        seconds=seconds,
    )
    _show(report)
    write_json(options.json, report)
    return 0 if report["n"] else 1


def run(groups: Sequence[Group], processes: int) -> list[Outcome]:
    """Drive the groups in worker processes; return the outcomes in the order of the seeds."""
    found: dict[int, Outcome] = {}
    with episodes_bar() as bar:
        task = bar.add_task("episodes", total=sum(len(group.seeds) for group in groups))
        for group, future in workers.each(run_group, groups, processes):
            found |= {outcome.seed: outcome for outcome in _outcomes(group, future)}
            bar.update(task, completed=len(found))
    return [found[seed] for seed in sorted(found)]


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the counts and rates of a list of episodes; errors are counted, never judged."""
    verdicts = [o.verdict for o in outcomes if o.verdict is not None]
    n = len(verdicts)
    return {
        "n": n,
        "errors": len(outcomes) - n,
        "strict": wilson(sum(v.strict for v in verdicts), n).as_dict(),
        "quard": wilson(sum(v.quard for v in verdicts), n).as_dict(),
        "falls": sum(v.fallen for v in verdicts),
        "collisions": sum(v.touched for v in verdicts),
        "reasons": dict(Counter(v.reason for v in verdicts if not v.strict).most_common()),
        "episodes": [outcome.as_dict() for outcome in outcomes],
    }


def latency(group: Group) -> dict[str, float | None]:
    """Return p50 and p99 of a model's step for one robot on one CPU thread, ms.

    The model drives the group's first scene while it is timed; None where the expert drives.
    """
    if group.vla is None:
        return {"p50": None, "p99": None}
    scene = sample_scene(group.seeds[0], group.split)
    with Arena([scene], threads=1) as arena:
        driver = VlaCommander(VlaRuntime(group.vla, threads=1), [instruct(scene)])
        drive = Drive(arena, LocomotionPolicy(OnnxSession(group.locomotion)), driver)
        for _ in range(WARM_UP_STEPS):
            drive.advance()
        drive.timers = StageTimers()
        for _ in range(TIMED_STEPS):
            drive.advance()
        stage = drive.timers.summary()["vla"]
    return {name: stage[name] for name in ("p50", "p99")}


def _groups(options: EvalGoTo, seeds: Sequence[int]) -> list[Group]:
    """Share out the seeds by their order alone."""
    if options.workers < 0:
        raise CanterError(
            f"{options.workers} workers asked for; give 1 or more, or 0 for all cores"
        )
    driven = options.policy == "vla"
    return [
        Group(
            seeds=tuple(seeds[start : start + GROUP_SIZE]),
            split=options.split,
            locomotion=options.locomotion or SHIPPED,
            vla=(options.vla or SHIPPED_VLA) if driven else None,
            video_dir=options.video_dir,
        )
        for start in range(0, len(seeds), GROUP_SIZE)
    ]


def _open_policies(group: Group) -> None:
    """Refuse policies that do not load, before any worker starts."""
    LocomotionPolicy(OnnxSession(group.locomotion))
    if group.vla is not None:
        VlaRuntime(group.vla)


def _outcomes(group: Group, future: "Future[list[Outcome]]") -> list[Outcome]:
    """Return a group's outcomes; if its process failed, an error for each of its episodes."""
    error = future.exception()
    if error is None:
        return future.result()
    text = f"{type(error).__name__}: {error}"
    return [Outcome(seed, "", None, text) for seed in group.seeds]


def _command(options: EvalGoTo) -> str:
    """Return the command that repeats the evaluation; workers and output paths change nothing."""
    fields = asdict(options)
    names = ("split", "episodes", "seed", "policy", "vla", "locomotion")
    return command_line("eval go_to", {name: fields[name] for name in names})


def rates_table(title: str, report: dict[str, Any]) -> Table:
    """Return a table of the rates and counts of `figures`, to be added to."""
    table = Table(title, "value")
    for name in ("strict", "quard"):
        table.add_row(f"{name} [95 % interval]", str(Rate(**report[name])))
    for name in ("n", "errors", "falls", "collisions"):
        table.add_row(name, str(report[name]))
    return table


def _show(report: dict[str, Any]) -> None:
    """Print the figures, then whatever went wrong in errors."""
    table = rates_table(f"go_to, {report['split']}, {report['policy']}", report)
    for reason, count in report["reasons"].items():
        table.add_row(f"not reached: {reason}", str(count))
    for name, value in report["latency_ms"].items():
        if value is not None:
            table.add_row(f"model step {name}, one thread", f"{value:.1f} ms")
    table.add_row("time", f"{report['seconds']:.0f} s")
    console = Console()
    console.print(table)
    errors = Counter(episode["error"] for episode in report["episodes"] if "error" in episode)
    for text, count in errors.items():
        console.print(f"{count} episodes not judged: {text}", markup=False)
