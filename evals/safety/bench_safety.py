"""``canter bench safety``: does the monitor answer every fault, in time, and leave the rest alone?

Time to damp is counted twice: from the onset of a fault, and from when it can first be seen. For
a fault in messages that is the first tick whose message is wrong or missing; for a client that
died, the expiry of what it said last; for a robot thrown over, the tick at which it truly leans
over the limit; for a joint that broke, the tick at which a joint is 0.1 rad from that of a
healthy twin, which had the same body, noise and commands, or from its own reading. A control
period is the policy's.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from canter.control.errors import CanterError
from canter.control.locomotion import shipped_policy
from canter.control.session import OnnxSession
from canter.evals.chunks import Chunks, Rows
from canter.evals.options import BenchSafety
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.safety.faults import CLASSES
from canter.evals.safety.normal_running import walk
from canter.evals.safety.safety_trial import inject, plan
from canter.evals.stats import wilson
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.physics.fine_batched_sim import FINE_TIMESTEP
from canter.sim.robots.options import ROBOT
from canter.sim.robots.registry import robot

BATCH = 15
ROBOTS, WALK_S = 10, 20.0
"""Robots that walk side by side in normal running, and how long each of them does, s."""
BAR_PERIODS = 3.0
EVERYTHING = "all"


@dataclass(frozen=True, slots=True)
class Times:
    """Times to the answer, ms and policy periods.

    Attributes:
        p50: median, ms.
        p99: 99th percentile, ms.
        max: largest, ms.
        p99_periods: 99th percentile, control periods of 20 ms.
        p99_ticks: 99th percentile, ticks of the monitor of 2 ms.
    """

    p50: float
    p99: float
    max: float
    p99_periods: float
    p99_ticks: float


def times(seconds: Sequence[float]) -> Times | None:
    """Return the quantiles, each a time that occurred; None where there are none."""
    if not seconds:
        return None
    p50, p99, top = (float(np.quantile(seconds, q, method="higher")) for q in (0.5, 0.99, 1.0))
    return Times(
        1e3 * p50,
        1e3 * p99,
        1e3 * top,
        round(p99 / CONTROL_PERIOD, 6),
        round(p99 / FINE_TIMESTEP, 6),
    )


def summary(rows: Rows) -> dict[str, Any]:
    """Return the figures of some outcomes."""
    answered = [row for row in rows if row["answered"]]
    found = {
        name: times([row[name] for row in answered]) for name in ("from_sight_s", "from_onset_s")
    }
    return {
        "injected": len(rows),
        "answered": len(answered),
        "missed": len(rows) - len(answered),
        "rate": wilson(len(answered), len(rows)).as_dict(),
        "false trips before the fault": sum(row["early"] for row in rows),
        "ms_from_sight": None if found["from_sight_s"] is None else asdict(found["from_sight_s"]),
        "ms_from_onset": None if found["from_onset_s"] is None else asdict(found["from_onset_s"]),
        "worst_torque_nm": max((row["torque"] for row in rows), default=0.0),
        "worst_speed_rad_s": max((row["speed"] for row in rows), default=0.0),
        "rules": dict(Counter(row["rule"] for row in rows).most_common()),
    }


def normal_summary(rows: Rows) -> dict[str, Any]:
    """Return the figures of normal running."""
    seconds = sum(row["seconds"] for row in rows)
    trips = [row for row in rows if row["rule"]]
    return {
        "robots": len(rows),
        "seconds": seconds,
        "pushes": sum(row["pushes"] for row in rows),
        "commands": sum(row["commands"] for row in rows),
        "trips": len(trips),
        "false_trips": sum(not row["fallen"] for row in trips),
        "periods asked to rest": sum(row["settled"] for row in rows),
        "reasons": [f"{row['rule']}: {row['reason']}" for row in trips],
    }


Piece = tuple[str, Callable[[], Rows]]


def pieces(session: OnnxSession, options: BenchSafety) -> list[Piece]:
    """Return the work in pieces by name."""
    planned = plan(options.injections, options.seed)
    batches = [planned[i : i + BATCH] for i in range(0, len(planned), BATCH)]
    walks = round(options.hours * 3600 / (ROBOTS * WALK_S))
    base = options.seed * 1_000_000 + 500_000
    seeds = [[base + ROBOTS * i + k for k in range(ROBOTS)] for i in range(walks)]
    return [
        *((f"faults {i}", lambda b=batch: inject(session, b)) for i, batch in enumerate(batches)),
        *((f"walk {i}", lambda s=some: walk(session, s, WALK_S)) for i, some in enumerate(seeds)),
    ]


def main(options: BenchSafety) -> int:
    """Run what is not yet done, print the tables and write JSON where asked.

    Raises:
        CanterError: nothing to inject, or the folder belongs to another run.
    """
    if min(options.injections, options.hours) < 0 or not options.injections + options.hours:
        raise CanterError(f"{options.injections} injections, {options.hours} h: nothing to do")
    check_writable(options.json)
    asked = {name: getattr(options, name) for name in ("injections", "hours", "seed")}
    if options.policy is not None:
        asked["policy"] = str(options.policy)
    if options.robot != ROBOT:
        asked["robot"] = options.robot
    chunks = Chunks(options.out / "pieces.jsonl", asked, resume=options.resume)
    spec = robot(options.robot)
    policy = options.policy or shipped_policy(spec.name, "trot")
    work = pieces(OnnxSession(policy, robot=spec), options)
    with Progress(transient=True) as bar:
        task = bar.add_task("faults and walks", total=len(work))
        for name, run in work:
            if name not in chunks.done:
                chunks.add(name, run())
            bar.advance(task)
    faults = [row for name, rows in chunks.done.items() if name.startswith("f") for row in rows]
    walks = [row for name, rows in chunks.done.items() if name.startswith("w") for row in rows]
    by_kind = {kind: [row for row in faults if row["kind"] == kind] for kind in CLASSES}
    figures = {kind: summary(rows) for kind, rows in (by_kind | {EVERYTHING: faults}).items()}
    normal = normal_summary(walks)
    _show(figures, normal)
    command = command_line("bench safety", asked)
    report = document(
        "bench_safety",
        command,
        **asked,
        control_period_s=CONTROL_PERIOD,
        tick_s=FINE_TIMESTEP,
        classes=figures,
        normal=normal,
    )
    write_json(options.json, report)
    return 0


def _show(figures: dict[str, dict[str, Any]], normal: dict[str, Any]) -> None:
    table = Table(
        "fault", "n", "missed", "ms p50", "p99", "max", "p99 periods", "onset p99", "Nm", "rad/s"
    )
    for kind, found in figures.items():
        if not found["injected"]:
            continue
        sight, onset = found["ms_from_sight"], found["ms_from_onset"]
        row = [kind, str(found["injected"]), str(found["missed"])]
        if sight is None or onset is None:
            row += ["-"] * 5
        else:
            row += [f"{sight[name]:.0f}" for name in ("p50", "p99", "max")]
            row += [f"{sight['p99_periods']:.1f}", f"{onset['p99']:.0f}"]
        row += [f"{found['worst_torque_nm']:.0f}", f"{found['worst_speed_rad_s']:.0f}"]
        table.add_row(*row)
    console = Console()
    console.print(table)
    console.print(
        f"times from when the fault can be seen; bar: none missed, p99 <= {BAR_PERIODS:g} periods"
    )
    console.print(
        f"normal running: {normal['seconds'] / 3600:.3g} h, {normal['pushes']} pushes, "
        f"{normal['commands']} commands, {normal['false_trips']} false trips, "
        f"{normal['trips'] - normal['false_trips']} trips of robots that fell"
    )
