"""``canter bench collect``: recorded episodes a minute, and where the time goes."""

import os
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from canter.evals.report import check_writable, command_line, document, write_json
from canter.rl.collection.collect import collect
from canter.rl.collection.collect_options import BenchCollect, Collect
from canter.rl.collection.episode_group import GroupReport
from canter.sim.scene_env import RECORDING_CAMERA


def main(options: BenchCollect) -> int:
    """Collect into a passing folder, print the figures and write JSON; returns 0.

    Raises:
        CanterError: an option that cannot work.
    """
    check_writable(options.json)
    with tempfile.TemporaryDirectory() as folder:
        wanted = Collect(
            tasks=options.tasks,
            episodes=options.episodes,
            out=Path(folder) / "dataset",
            seed=options.seed,
            workers=options.workers,
            locomotion=options.locomotion,
            robot=options.robot,
        )
        start = time.perf_counter()
        reports = collect(wanted)
        seconds = time.perf_counter() - start
    names = ("tasks", "episodes", "seed", "locomotion", "robot")
    command = command_line("bench collect", {name: getattr(options, name) for name in names})
    report = document("collect", command, **figures(reports, seconds, options.workers))
    _show(report)
    write_json(options.json, report)
    return 0


def figures(reports: list[GroupReport], seconds: float, workers: int) -> dict[str, Any]:
    """Return rates and the share of each stage.

    Args:
        reports: of the groups.
        seconds: of the whole run with its starts and the packing, s.
        workers: as asked for.
    """
    episodes, frames = (sum(getattr(r, name) for r in reports) for name in ("episodes", "frames"))
    stages: Counter[str] = Counter()
    for report in reports:
        stages.update(report.stages)
    busy = sum(stages.values())
    cpu = sum(report.cpu for report in reports)
    processes = workers or os.cpu_count() or 1
    return {
        "episodes": episodes,
        "strict": sum(report.strict for report in reports),
        "simulated_seconds": frames * RECORDING_CAMERA.period,
        "seconds": seconds,
        "processes": processes,
        "episodes_a_minute": 60 * episodes / seconds,
        "cpu_seconds_an_episode": cpu / max(episodes, 1),
        "episodes_a_minute_by_cpu_time": 60 * processes * episodes / max(cpu, 1e-9),
        "share_of_time": {name: total / busy for name, total in stages.most_common()},
    }


def _show(report: dict[str, Any]) -> None:
    table = Table("collect", "value")
    rates = {
        "episodes, frames at 10 Hz": f"{report['episodes']}, {report['simulated_seconds']:.0f} s",
        "strict successes": str(report["strict"]),
        "time, packing included": f"{report['seconds']:.1f} s, {report['processes']} processes",
        "episodes a minute": f"{report['episodes_a_minute']:.0f}",
        "processor time an episode": f"{report['cpu_seconds_an_episode']:.2f} s",
        "episodes a minute on idle cores": f"{report['episodes_a_minute_by_cpu_time']:.0f}",
    }
    rates |= {f"share of {name}": f"{v:.0%}" for name, v in report["share_of_time"].items()}
    for name, value in rates.items():
        table.add_row(name, value)
    Console().print(table)
