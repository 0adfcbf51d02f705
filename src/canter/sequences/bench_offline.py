"""``canter bench offline``: ways to learn from recorded episodes, compared in one world."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from canter.control.errors import CanterError
from canter.control.files import write_text
from canter.control.plain_json import parse_json
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.stats import Z_95, PairedRates, wilson
from canter.rl.offline.offline_settings import MethodName, OfflineTraining
from canter.rl.offline.sequence_model import load_sequence_model
from canter.rl.offline.train_offline import read_data, train
from canter.rl.offline.trajectories import save_trajectories
from canter.rl.offline.worlds import World, world
from canter.rl.run_config import refuse_other_settings, save_config
from canter.sequences.options import BenchOffline

HEADINGS = ("method", "score [95 %]", "less {base} [95 %]", "n", "best of the data", "in the data")
Figure = tuple[float, float, float]
"""A value with the ends of its 95 % interval."""


@dataclass(frozen=True, slots=True)
class Variant:
    """What is trained and asked.

    Attributes:
        name: in tables and folders.
        method: of learning.
        told: return that it is asked for; None for what is usual.
    """

    name: str
    method: MethodName
    told: float | None = None


def main(options: BenchOffline) -> int:
    """Record, train, ask, and compare; print a table and write JSON.

    Raises:
        CanterError: an option that cannot work, or a folder with another comparison.
    """
    options.check()
    check_writable(options.json)
    refuse_other_settings(options.out, options)
    where = world(options.world)
    save_config(options, options.out)
    chosen = variants(options, where)
    scores: dict[str, list[float]] = {variant.name: [] for variant in chosen}
    returns: list[float] = []
    for seed in range(options.seeds):
        returns += _record(options, where, seed)
        for variant in chosen:
            scores[variant.name] += _scores(options, where, variant, seed)
    report = compared(options, where, scores, returns)
    Console().print(_table(report))
    write_json(options.json, report)
    return 0


def variants(options: BenchOffline, where: World) -> list[Variant]:
    """Return what is compared, the base first."""
    found = [Variant(name, name) for name in options.methods]
    if where.wanted is not None and "dt" in options.methods:
        found.append(Variant("dt, told the return", "dt", where.wanted))
    return found


def compared(
    options: BenchOffline, where: World, scores: dict[str, list[float]], returns: list[float]
) -> dict[str, Any]:
    """Return the figures of all variants, and the differences of each to the first.

    Where scores are done or not, intervals are Wilson's, and Newcombe's for pairs; else those of
    means of independent episodes.
    """
    names = ("world", "seeds", "recorded", "starts", "steps")
    base = next(iter(scores))
    return document(
        "bench offline",
        command_line("bench offline", {name: getattr(options, name) for name in names}),
        world=options.world,
        base=base,
        data={"mean": float(np.mean(returns)), "best": float(np.max(returns))},
        methods={
            name: {
                "n": len(mine),
                "score": _score(where, mine),
                "against_base": None if name == base else _against(where, scores[base], mine),
                "scores": mine,
            }
            for name, mine in scores.items()
        },
    )


def _record(options: BenchOffline, where: World, seed: int) -> list[float]:
    """Record the data of a seed unless they are there; return the returns of their episodes."""
    path = options.out / f"data_{seed}.npz"
    if not path.exists():
        Console().print(f"{options.world}, seed {seed}: recording", markup=False)
        save_trajectories(path, where.record(options.recorded, seed))
    data, _ = read_data(OfflineTraining(method="bc", data=(path,)))
    return [float(one.returns[0]) for one in data.trajectories]


def _scores(options: BenchOffline, where: World, variant: Variant, seed: int) -> list[float]:
    """Return the scores of a variant trained with a seed; what is done is read."""
    out = options.out / f"{variant.method}_{seed}"
    path = out / ("scores.json" if variant.told is None else "scores_told.json")
    if not path.exists():
        settings = OfflineTraining(
            method=variant.method,
            data=(options.out / f"data_{seed}.npz",),
            steps=options.steps,
            model=options.model,
            learning=options.learning,
            seed=seed,
            out=out,
        )
        data, name = read_data(settings)
        model = load_sequence_model(train(settings, data, name))
        found = [float(score) for score in where.ask(model, options.starts, seed, variant.told)]
        told = f"{variant.name}, seed {seed}: {np.mean(found):.3f}"
        Console().print(told, markup=False)
        write_text(path, json.dumps(found) + "\n")
    try:
        scores = [float(score) for score in parse_json(path.read_bytes())]
    except (ValueError, TypeError) as error:
        raise CanterError(f"'{path}' cannot be read ({error}); remove it") from error
    return scores


def _score(where: World, scores: list[float]) -> Figure:
    if where.counts:
        rate = wilson(round(sum(scores)), len(scores))
        return rate.rate, rate.lo, rate.hi
    return _mean(np.array(scores))


def _against(where: World, base: list[float], scores: list[float]) -> Figure:
    """Return scores less those of the base, start by start."""
    if where.counts:
        pairs = [(bool(a), bool(b)) for a, b in zip(base, scores, strict=True)]
        return PairedRates.of(pairs).difference()
    return _mean(np.array(scores) - np.array(base))


def _mean(values: Any) -> Figure:  # noqa: ANN401 - an array
    """Return a mean with its 95 % interval, from the normal distribution."""
    half = Z_95 * float(np.std(values, ddof=min(1, len(values) - 1))) / len(values) ** 0.5
    mean = float(np.mean(values))
    return mean, mean - half, mean + half


def _table(report: dict[str, Any]) -> Table:
    drawn = Table(title=f"{report['world']}: {report['command']}")
    for heading in HEADINGS:
        drawn.add_column(heading.format(base=report["base"]))
    for name, row in report["methods"].items():
        against = row["against_base"]
        drawn.add_row(
            name,
            _told(row["score"]),
            "-" if against is None else _told(against),
            str(row["n"]),
            f"{report['data']['best']:.2f}",
            f"{report['data']['mean']:.2f}",
        )
    return drawn


def _told(figure: Figure) -> str:
    return "{:.3f} [{:.3f}, {:.3f}]".format(*figure)
