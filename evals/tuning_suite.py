"""``canter eval tune``: hidden simulated robots, and how near the fit comes to their parameters."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from canter.control.errors import CanterError
from canter.control.files import not_written
from canter.control.plain_json import parse_json
from canter.control.robot import RobotSpec
from canter.evals.options import EvalTune
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.stats import wilson
from canter.sim.robots.registry import robot as robot_of
from canter.sim.tune.bench_mount import hanging_spec
from canter.sim.tune.excitation import excitation
from canter.sim.tune.fit import FitSettings, fit
from canter.sim.tune.parameters import DELAY, RANGES, Unknown, unknowns
from canter.sim.tune.recording import usable
from canter.sim.tune.surrogate import HiddenRobot, draw_hidden, record

WITHIN = 0.1
"""The bar: relative error of a recovered parameter."""

Row = dict[str, Any]


def main(options: EvalTune) -> int:
    """Fit every hidden robot, print a table and write JSON; returns 0 if all errors are within bar.

    Raises:
        CanterError: an option is out of range, or the folder holds robots of other options.
    """
    check_writable(options.json)
    if options.robots < 1:
        raise CanterError(f"--robots is at least 1, got {options.robots}")
    asked = {k: v for k, v in asdict(options).items() if k not in ("json", "robots", "out")}
    seeds = range(options.seed, options.seed + options.robots)
    spec = robot_of(options.robot)
    robots = [_robot(options, seed, asked, spec) for seed in track(seeds, "robots", transient=True)]
    rows = [row for robot in robots for row in robot["rows"]]
    console, figures = Console(), summary(rows)
    console.print(_table(figures))
    for line in remarks(robots, rows):
        console.print(line)
    command = command_line("eval tune", {k: v for k, v in asdict(options).items() if k != "json"})
    write_json(
        options.json,
        document("tune", command, seed=options.seed, parameters=figures, robots=robots),
    )
    return 0 if all(row["relative"] <= WITHIN for row in rows) else 1


def _robot(
    options: EvalTune, seed: int, asked: Mapping[str, object], robot: RobotSpec
) -> dict[str, Any]:
    """Return one robot's rows, from the folder where they are there."""
    path = options.out / f"robot-{seed}.json"
    if path.exists():
        same = {k: v for k, v in asked.items() if k not in ("seed", "threads")}
        try:
            found: dict[str, Any] = parse_json(path.read_bytes())
            before = {k: v for k, v in found["asked"].items() if k in same}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CanterError(
                f"'{path}' is damaged ({error}); delete it, and it is measured again"
            ) from error
        if before != same:
            raise CanterError(f"'{path}' is of other options; choose another --out")
        return found
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise not_written(f"folder '{options.out}'", error) from error
    begin = time.process_time(), time.perf_counter()
    hidden = draw_hidden(robot, seed, options.link_error)
    plan = excitation(robot, options.seconds, seed)
    recording = usable(record(hidden, robot, plan, seed), robot)
    settings = FitSettings(
        trials=options.trials, seed=seed, threads=options.threads or os.cpu_count() or 1
    )
    journal = options.out / f"robot-{seed}.journal"
    found_fit = fit(hanging_spec(robot).compile(), robot, recording, settings, journal).result
    wanted = unknowns(robot, settings.grouping)
    rows = [
        _row(seed, unknown, true_value(hidden, unknown), asdict(estimate))
        for unknown, estimate in zip(wanted, found_fit.estimates, strict=True)
    ]
    entry = {
        "asked": dict(asked),
        "seed": seed,
        "rows": rows,
        "strength_true": hidden.strength,
        "strength": found_fit.strength,
        "q_rms": found_fit.q_rms,
        "cost": found_fit.cost,
        "cost_nominal": found_fit.cost_nominal,
        "simulations": found_fit.simulations,
        "cpu_s": time.process_time() - begin[0],
        "wall_s": time.perf_counter() - begin[1],
    }
    write_json(path, entry)
    return entry


def true_value(hidden: HiddenRobot, unknown: Unknown) -> float:
    """Return the hidden value of a fitted number; joints of a group are alike."""
    if unknown.field == DELAY:
        return hidden.dynamics.delay
    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = getattr(
        hidden.dynamics, unknown.field
    )
    return float(values[unknown.joints[0]])


def _row(seed: int, unknown: Unknown, truth: float, estimate: Mapping[str, Any]) -> Row:
    """Return one number of one robot, fitted and true."""
    return {
        "seed": seed,
        "field": unknown.field,
        "true": truth,
        **estimate,
        "absolute": abs(estimate["value"] - truth),
        "relative": abs(estimate["value"] / truth - 1),
        "covered": estimate["lo"] <= truth <= estimate["hi"],
    }


def summary(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """Return the errors of each parameter over robots and kinds of joint, and of all together.

    Args:
        rows: one for each fitted number of each robot.
    """
    groups = {field: [row for row in rows if row["field"] == field] for field in RANGES}
    return {name: _errors(group) for name, group in {**groups, "all": list(rows)}.items() if group}


def _errors(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the errors of a group of rows."""
    relative = np.array([row["relative"] for row in rows])
    absolute = np.array([row["absolute"] for row in rows])
    fields = {row["field"] for row in rows}
    return {
        "n": len(rows),
        "median": float(np.median(relative)),
        "largest": float(relative.max()),
        "largest_absolute": float(absolute.max()) if len(fields) == 1 else None,
        "within": int((relative <= WITHIN).sum()),
        "within_rate": wilson(int((relative <= WITHIN).sum()), len(rows)).as_dict(),
        "covered": int(sum(row["covered"] for row in rows)),
        "not_identified": int(sum(not row["identified"] for row in rows)),
    }


def _table(figures: Mapping[str, Mapping[str, Any]]) -> Table:
    """Return the errors as a table."""
    table = Table("parameter", "median error", "largest", "absolute", "within 10 %", "in interval")
    for name, f in figures.items():
        unit = "ms" if name == DELAY else RANGES[name].unit if name in RANGES else ""
        scale = 1e3 if name == DELAY else 1.0
        largest = f["largest_absolute"]
        absolute = "" if largest is None else f"{scale * largest:.2g} {unit}"
        rate = f["within_rate"]
        table.add_row(
            name,
            f"{f['median']:.1%}",
            f"{f['largest']:.1%}",
            absolute,
            f"{f['within']}/{f['n']} [{rate['lo']:.2f}, {rate['hi']:.2f}]",
            f"{f['covered']}/{f['n']}",
        )
    return table


def remarks(robots: Sequence[Mapping[str, Any]], rows: Sequence[Row]) -> list[str]:
    """Return what stands below the table: the worst number, the strength, the time."""
    worst = max(rows, key=lambda row: row["relative"])
    strength = [
        abs(value / robot["strength_true"] - 1)
        for robot in robots
        for value in robot["strength"].values()
    ]
    cpu = [robot["cpu_s"] for robot in robots]
    return [
        f"worst: {worst['name']} of robot {worst['seed']}, {worst['value']:.4g} for "
        f"{worst['true']:.4g}",
        f"strength from reported torques: error at most {max(strength):.1%} (n = {len(strength)})",
        f"processor time of a robot: {np.mean(cpu):.0f} s (largest {max(cpu):.0f} s), recording "
        "included",
    ]
