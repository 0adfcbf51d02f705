"""``canter eval mpc``: policy, corrected policy, MPC and policy over MPC on the same seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from canter.control.adaptation.controller_presets import CONTROLLER_PRESETS, WALKERS
from canter.control.errors import CanterError
from canter.evals.adaptation.mpc_seed import COMMANDS, EPISODE_S, Trial, run_seed
from canter.evals.options import EvalMpc
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.stats import Rate, mcnemar, wilson
from canter.evals.transfer.transfer_log import CellLog, of_robot
from canter.evals.transfer.transfer_stats import Estimate, mean, ratio
from canter.sim.physics.bodies import choose_bodies
from canter.sim.robots.registry import robot

BASELINE = "fixed"


@dataclass(frozen=True, slots=True)
class LoadComparison:
    """One way to walk in one body; intervals resample seeds, each with all its commands.

    Attributes:
        n: robots.
        falls: how many fell.
        fall_rate: falls over robots, with its Wilson interval.
        planar: mean error of the planar velocity, m/s; a fallen robot counts as at rest.
        yaw: mean error of the yaw rate, rad/s; likewise.
        against: mean planar error over that of the baseline on the same seeds.
        p_falls: of McNemar's exact test against the baseline.
        solve_ms: median and 99th percentile of one quadratic programme, ms, medians over robots.
    """

    n: int
    falls: int
    fall_rate: Rate
    planar: Estimate
    yaw: Estimate
    against: Estimate
    p_falls: float
    solve_ms: tuple[float, float] | None


def outcome(trials: Sequence[Trial], baseline: Sequence[Trial]) -> LoadComparison:
    """Compare one cell with the baseline's, trial by trial."""
    pairs = list(zip(trials, baseline, strict=True))
    mine, theirs = _by_seed(trials, "planar"), _by_seed(baseline, "planar")
    falls = sum(t.fell for t in trials)
    return LoadComparison(
        n=len(trials),
        falls=falls,
        fall_rate=wilson(falls, len(trials)),
        planar=mean(mine),
        yaw=mean(_by_seed(trials, "yaw")),
        against=ratio(mine, theirs),
        p_falls=mcnemar(
            sum(b.fell and not a.fell for a, b in pairs),
            sum(a.fell and not b.fell for a, b in pairs),
        ),
        solve_ms=_solve_ms(trials),
    )


def _by_seed(trials: Sequence[Trial], figure: str) -> list[float]:
    """Return the mean of a figure over the commands of each seed."""
    seeds = sorted({t.seed for t in trials})
    return [
        float(np.mean([getattr(t, figure) for t in trials if t.seed == seed])) for seed in seeds
    ]


def _solve_ms(trials: Sequence[Trial]) -> tuple[float, float] | None:
    times = [t.solve_ms for t in trials if t.solve_ms is not None]
    if not times:
        return None
    median, late = np.median(np.array(times), axis=0)
    return float(median), float(late)


def main(options: EvalMpc) -> int:
    """Run the suite, print a table and write JSON where asked.

    Raises:
        CanterError: there is no such controller or cell, or no seeds.
    """
    names = _checked(options)
    check_writable(options.json)
    bodies = list(choose_bodies(options.cells))
    spec = robot(options.robot)
    settings = {"commands": len(COMMANDS), "seconds": EPISODE_S}
    log = CellLog(options.log, settings | of_robot(options))
    seeds = range(options.seed, options.seed + options.seeds)
    wanted = [(body, name, seed) for body in bodies for name in names for seed in seeds]
    missing = [parts for parts in wanted if _key(*parts) not in log.cells]
    for parts in track(missing, "body, controller_preset, seed", transient=True):
        log.keep(_key(*parts), [trial.as_dict() for trial in run_seed(*parts, spec)])

    def logged(body: str, name: str) -> list[Trial]:
        """Return the trials of all seeds."""
        kept = [fields for seed in seeds for fields in log.cells[_key(body, name, seed)]]
        return [Trial.from_dict(fields) for fields in kept]

    results = {
        body: {name: outcome(logged(body, name), logged(body, BASELINE)) for name in names}
        for body in bodies
    }
    Console().print(_table(results))
    write_json(options.json, _report(options, results, sorted(log.commits)))
    return 0


def _key(body: str, name: str, seed: int) -> str:
    return f"{body}/{name}/{seed}"


def _checked(options: EvalMpc) -> list[str]:
    """Return the controllers, the baseline first."""
    choices = [*CONTROLLER_PRESETS, *WALKERS]
    unknown = [name for name in options.controllers if name not in choices]
    if unknown:
        raise CanterError(f"no controller '{unknown[0]}'; choices: {', '.join(choices)}")
    if options.seeds < 1:
        raise CanterError(f"{options.seeds} seeds: give at least 1")
    return list(dict.fromkeys((BASELINE, *options.controllers)))


def _report(
    options: EvalMpc, results: Mapping[str, Mapping[str, LoadComparison]], commits: list[str]
) -> dict[str, object]:
    """Return what the JSON file holds."""
    asked = {"seeds": options.seeds, "seed": options.seed, "robot": options.robot}
    words = command_line("eval mpc", asked)
    words += f" --controllers {' '.join(options.controllers)} --cells {' '.join(options.cells)}"
    cells = {b: {n: asdict(o) for n, o in row.items()} for b, row in results.items()}
    commands = [asdict(c) for c in COMMANDS]
    return document(
        "mpc",
        words,
        **asked,
        commands=commands,
        seconds=EPISODE_S,
        cells=cells,
        commits_of_cells=commits,
    )


def _table(results: Mapping[str, Mapping[str, LoadComparison]]) -> Table:
    """Return all figures."""
    table = Table("body", "walks", "planar m/s", "against fixed", "yaw rad/s", "falls", "p", "ms")
    for body, row in results.items():
        for name, o in row.items():
            against = "" if name == BASELINE else str(o.against)
            solve = "" if o.solve_ms is None else "{:.1f} / {:.1f}".format(*o.solve_ms)
            cells = (against, str(o.yaw), f"{o.falls}/{o.n}", f"{o.p_falls:.3f}", solve)
            table.add_row(body, name, str(o.planar), *cells)
    return table
