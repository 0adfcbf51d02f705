"""``canter eval adaptation``: gains that adapt against fixed ones, on the same seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from canter.control.adaptation.controller_presets import (
    controller_preset,
    make_adapter,
    make_locomotion,
)
from canter.control.errors import CanterError
from canter.control.robot import RobotSpec
from canter.evals.adaptation.adaptation_seed import ROBOTS, Trial, run_seeds
from canter.evals.options import EvalAdaptation
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.stats import Rate, wilson
from canter.evals.transfer.transfer_log import CellLog, of_robot
from canter.evals.transfer.transfer_stats import Estimate, mean, ratio
from canter.sim.physics.bodies import BODIES, choose_bodies
from canter.sim.robots.registry import robot

Float = NDArray[np.float64]
BASELINE = "fixed"
Trials = Sequence[Sequence[Trial]]
"""Trials of each robot, by seed."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One controller in one body; intervals resample the seeds, each with all its robots.

    Attributes:
        seeds: how many seeds.
        robots: how many robots.
        falls: how many fell.
        fall_rate: falls over robots, with its Wilson interval.
        planar: mean error of the planar velocity, m/s; a fallen robot counts as at rest.
        yaw: mean error of the yaw rate, rad/s; likewise.
        difference: planar error less that of the baseline on the same seeds, m/s.
        against: planar error over that of the baseline on the same seeds.
        upright: the same over the robots that fell in neither; empty where there are none.
    """

    seeds: int
    robots: int
    falls: int
    fall_rate: Rate
    planar: Estimate
    yaw: Estimate
    difference: Estimate
    against: Estimate
    upright: Estimate


def figures(mine: Trials, baseline: Trials) -> Figures:
    """Compare one controller with the baseline, seed by seed."""
    planar, theirs = _errors(mine, "planar"), _errors(baseline, "planar")
    fell = np.array([[t.fell for t in seed] for seed in mine])
    stood = ~fell & ~np.array([[t.fell for t in seed] for seed in baseline])
    falls = int(fell.sum())
    return Figures(
        seeds=len(mine),
        robots=fell.size,
        falls=falls,
        fall_rate=wilson(falls, fell.size),
        planar=mean(_by_seed(planar)),
        yaw=mean(_by_seed(_errors(mine, "yaw"))),
        difference=mean(_by_seed(planar - theirs)),
        against=ratio(_by_seed(planar), _by_seed(theirs)),
        upright=ratio(_by_seed(planar * stood), _by_seed(theirs * stood)),
    )


def _by_seed(values: Float) -> list[float]:
    """Return the mean over each seed's robots, of (seeds, robots)."""
    means: list[float] = values.mean(axis=1).tolist()
    return means


def _errors(trials: Trials, figure: str) -> Float:
    """Return a figure of every robot, (seeds, robots)."""
    return np.array([[getattr(t, figure) for t in seed] for seed in trials])


def main(options: EvalAdaptation) -> int:
    """Run the suite, print a table and write JSON where asked.

    Raises:
        CanterError: there is no such controller or cell, or no seeds.
    """
    if options.seeds < 1:
        raise CanterError(f"{options.seeds} seeds: give at least 1")
    names = list(dict.fromkeys((BASELINE, *options.controllers)))
    for name in names:
        controller_preset(name)
    bodies = list(choose_bodies(options.cells))
    check_writable(options.json)
    spec = robot(options.robot)
    log = CellLog(options.log, {"seed": options.seed, "robots": ROBOTS} | of_robot(options))
    seeds = range(options.seed, options.seed + options.seeds)
    trials = _measure(bodies, names, seeds, log, spec)
    results = {
        body: {name: figures(trials[body, name], trials[body, BASELINE]) for name in names}
        for body in bodies
    }
    Console().print(_table(results))
    write_json(options.json, _report(options, results, sorted(log.commits)))
    return 0


def _measure(
    bodies: Sequence[str],
    names: Sequence[str],
    seeds: range,
    log: CellLog,
    spec: RobotSpec,
) -> dict[tuple[str, str], list[list[Trial]]]:
    """Return the trials of every body and controller; runs what the log does not hold."""
    cells = [(body, name) for body in bodies for name in names]
    found: dict[tuple[str, str], list[list[Trial]]] = {}
    for body, name in track(cells, "cells", transient=True):
        keys = {seed: f"{body}/{name}/{seed}" for seed in seeds}
        missing = [seed for seed, key in keys.items() if key not in log.cells]
        if missing:
            robots = ROBOTS * len(missing)
            walker, adapter = (
                make_locomotion(name, spec, robots),
                make_adapter(name, spec, robots),
            )
            made = run_seeds(body, missing, walker, adapter, spec)
            for seed, trials in zip(missing, made, strict=True):
                log.keep(keys[seed], [trial.as_dict() for trial in trials])
        kept = [log.cells[key] for key in keys.values()]
        found[body, name] = [[Trial.from_dict(fields) for fields in trials] for trials in kept]
    return found


def _report(
    options: EvalAdaptation, results: Mapping[str, Mapping[str, Figures]], commits: list[str]
) -> dict[str, object]:
    """Return what the JSON file holds."""
    asked = {"seeds": options.seeds, "seed": options.seed, "robot": options.robot}
    words = command_line("eval adaptation", asked)
    words += f" --controllers {' '.join(options.controllers)} --cells {' '.join(options.cells)}"
    return document(
        "adaptation",
        words,
        **asked,
        robots_per_seed=ROBOTS,
        bodies={body: asdict(BODIES[body]) for body in results},
        cells={body: {n: asdict(f) for n, f in row.items()} for body, row in results.items()},
        commits_of_seeds=commits,
    )


def _percent(against: Estimate) -> str:
    """Return by how many percent an error differs from the baseline's, as it stands in tables."""
    if against.value is None or against.lo is None or against.hi is None:
        return "-"
    change, lo, hi = (100 * (part - 1) for part in (against.value, against.lo, against.hi))
    return f"{change:+.1f} [{lo:+.1f}, {hi:+.1f}]"


def _table(results: Mapping[str, Mapping[str, Figures]]) -> Table:
    """Return all figures."""
    table = Table(
        "body",
        "controller",
        "planar m/s",
        "against fixed %",
        "of those upright %",
        "yaw rad/s",
        "falls",
    )
    for body, row in results.items():
        for name, f in row.items():
            against = ("", "") if name == BASELINE else (_percent(f.against), _percent(f.upright))
            falls = f"{f.falls}/{f.robots}"
            table.add_row(body, name, str(f.planar), *against, str(f.yaw), falls)
    return table
