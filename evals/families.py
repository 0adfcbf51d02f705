"""``canter eval FAMILY``: how often a driver does a family of tasks, level by level."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import fields
from typing import Any

from rich.console import Console
from rich.table import Table

from canter.control.errors import CanterError
from canter.control.locomotion import GAIT, LocomotionPolicy
from canter.control.session import OnnxSession
from canter.evals import workers
from canter.evals.episodes import Outcome, episode_seeds
from canter.evals.family_episodes import FamilyGroup, run_expert_group
from canter.evals.go_to import figures
from canter.evals.go_to import main as eval_go_to
from canter.evals.options import EvalFamily, EvalGoTo
from canter.evals.progress import episodes_bar
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.stats import Rate
from canter.sim.scenes.scene import LEVELS
from canter.sim.tasks.registry import family

GROUP_SIZE = 50
"""Episodes driven side by side. Fixed, so that results do not depend on the number of workers."""


def main(name: str, options: EvalFamily) -> int:
    """Run the suite of a family, print a table and write JSON; returns 0 unless all were errors.

    Raises:
        CanterError: an option, a policy or a path that cannot work.
    """
    family(name)
    if options.workers < 0:
        raise CanterError(
            f"{options.workers} workers asked for; give 1 or more, or 0 for all cores"
        )
    levels = LEVELS if options.level is None else (options.level,)
    groups = [group for level in levels for group in groups_of(name, level, options)]
    check_writable(options.json)
    if options.video_dir is not None:
        options.video_dir.mkdir(parents=True, exist_ok=True)
    LocomotionPolicy(OnnxSession(groups[0].locomotion))
    start = time.perf_counter()
    outcomes = run(groups, options.workers)
    report = document(
        name,
        _command(name, options),
        split=options.split,
        seed=options.seed,
        policy=options.policy,
        levels={str(level): level_figures(outcomes[level]) for level in levels},
        seconds=time.perf_counter() - start,
    )
    show(report)
    write_json(options.json, report)
    return 0 if any(level["n"] for level in report["levels"].values()) else 1


def distinguish(options: EvalFamily) -> int:
    """Run the suite of distinguish; see :func:`main`."""
    return main("distinguish", options)


def go_avoid(options: EvalFamily) -> int:
    """Run the suite of go_avoid; see :func:`main`."""
    return main("go_avoid", options)


def go_through(options: EvalFamily) -> int:
    """Run the suite of go_through; see :func:`main`."""
    return main("go_through", options)


def crawl(options: EvalFamily) -> int:
    """Run the suite of crawl; see :func:`main`."""
    return main("crawl", options)


def unload(options: EvalFamily) -> int:
    """Run the suite of unload; see :func:`main`."""
    return main("unload", options)


def follow(options: EvalFamily) -> int:
    """Run the suite of follow; see :func:`main`."""
    return main("follow", options)


def sequence(options: EvalFamily) -> int:
    """Run the suite of sequence; see :func:`main`."""
    return main("sequence", options)


def move(options: EvalFamily) -> int:
    """Run the suite of move; see :func:`main`."""
    return main("move", options)


def go_to(options: EvalGoTo) -> int:
    """Run go_to as it is where no level is asked for, else as a family.

    Raises:
        CanterError: an option, a policy or a path that cannot work.
    """
    if options.level is None:
        return eval_go_to(options)
    if options.policy != "expert":
        raise CanterError("levels of go_to are the expert's so far; add --policy expert")
    shared = {field.name: getattr(options, field.name) for field in fields(EvalFamily)}
    return main("go_to", EvalFamily(**shared))


def groups_of(name: str, level: int, options: EvalFamily) -> list[FamilyGroup]:
    """Share out the seeds of one level by their order alone."""
    seeds = episode_seeds(options.seed, options.episodes)
    return [
        FamilyGroup(
            family=name,
            level=level,
            seeds=tuple(seeds[start : start + GROUP_SIZE]),
            split=options.split,
            locomotion=options.locomotion or GAIT,
            video_dir=options.video_dir,
        )
        for start in range(0, len(seeds), GROUP_SIZE)
    ]


def run(groups: Sequence[FamilyGroup], processes: int) -> dict[int, list[Outcome]]:
    """Drive the groups in worker processes; return the outcomes by level, in order of the seeds."""
    found: dict[int, dict[int, Outcome]] = {group.level: {} for group in groups}
    with episodes_bar() as bar:
        task = bar.add_task("episodes", total=sum(len(group.seeds) for group in groups))
        for group, future in workers.each(run_expert_group, groups, processes):
            found[group.level] |= {one.seed: one for one in _outcomes(group, future)}
            bar.update(task, advance=len(group.seeds))
    return {level: [ones[seed] for seed in sorted(ones)] for level, ones in found.items()}


def level_figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return counts and rates of one level, its failures by seed, and the mean time of success."""
    counted = figures(outcomes)
    verdicts = [(o.seed, o.verdict) for o in outcomes if o.verdict is not None]
    times = [v.time for _, v in verdicts if v.strict]
    failures = [
        {"seed": seed, "reason": v.reason, "time": round(v.time, 2)}
        for seed, v in verdicts
        if not v.strict
    ]
    mean = sum(times) / len(times) if times else None
    return counted | {"mean_time": mean, "failures": failures}


def _outcomes(group: FamilyGroup, future: "Future[list[Outcome]]") -> list[Outcome]:
    """Return a group's outcomes; if its process failed, an error for each of its episodes."""
    error = future.exception()
    if error is None:
        return future.result()
    text = f"{type(error).__name__}: {error}"
    return [Outcome(seed, "", None, text) for seed in group.seeds]


def _command(name: str, options: EvalFamily) -> str:
    """Return the command that repeats the evaluation; workers and output paths change nothing."""
    names = ("level", "split", "episodes", "seed", "policy", "locomotion")
    return command_line(f"eval {name}", {n: getattr(options, n) for n in names})


def show(report: Mapping[str, Any]) -> None:
    """Print one row a level, then whatever went wrong in errors."""
    table = Table(title=f"{report['suite']}, {report['split']}, {report['policy']}")
    for heading in ("level", "strict [95 % interval]", "quard", "n", "errors", "time", "reasons"):
        table.add_column(heading)
    console = Console()
    for level, row in report["levels"].items():
        mean = "" if row["mean_time"] is None else f"{row['mean_time']:.1f} s"
        reasons = ", ".join(f"{reason} {count}" for reason, count in row["reasons"].items())
        rates = [str(Rate(**row[name])) for name in ("strict", "quard")]
        table.add_row(level, *rates, str(row["n"]), str(row["errors"]), mean, reasons)
    console.print(table)
    for level, row in report["levels"].items():
        for text in sorted({one["error"] for one in row["episodes"] if "error" in one}):
            console.print(f"level {level}, not judged: {text}", markup=False)
