"""The figures of the transfer matrix, and their tables."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from canter.evals.stats import Rate, wilson
from canter.evals.transfer.transfer_episode import (
    PLANAR_BOUND,
    YAW_BOUND,
    Episode,
    cost_of_transport,
)
from canter.evals.transfer.transfer_stats import Estimate, mean, paired, pooled
from canter.sim.physics.bodies import BODIES

Matrix = Mapping[str, Mapping[str, Sequence[Episode]]]
"""Episodes by controller and body, in the order in which they were asked for."""


def figures(matrix: Matrix) -> dict[str, Any]:
    """Return all figures; the first controller is the baseline of the others."""
    baseline = next(iter(matrix))
    others = [name for name in matrix if name != baseline]
    return {
        "success_bounds": {"planar_m_s": PLANAR_BOUND, "yaw_rad_s": YAW_BOUND},
        "baseline": baseline,
        "controllers": {name: _controller(bodies) for name, bodies in matrix.items()},
        "against_baseline": {
            name: {
                "pooled": asdict(pooled(matrix[baseline], matrix[name])),
                "bodies": {
                    body: asdict(paired(matrix[baseline][body], episodes))
                    for body, episodes in matrix[name].items()
                },
            }
            for name in others
        },
    }


def _controller(bodies: Mapping[str, Sequence[Episode]]) -> dict[str, Any]:
    """Return one controller's figures: over all bodies, by body, and the worst body."""
    cells = {body: cell_figures(episodes) for body, episodes in bodies.items()}
    every = [episode for episodes in bodies.values() for episode in episodes]
    return {"all": cell_figures(every), "worst": worst(cells), "bodies": cells}


def cell_figures(episodes: Sequence[Episode]) -> dict[str, Any]:
    """Return rates, errors and energy of a list of episodes."""
    judged = [e for e in episodes if e.judged]
    n, survived = len(judged), [e for e in judged if e.survived]
    return {
        "n": n,
        "errors": len(episodes) - n,
        "falls": n - len(survived),
        "survival": wilson(len(survived), n).as_dict(),
        "success": wilson(sum(e.success for e in judged), n).as_dict(),
        "planar": asdict(mean([e.planar for e in survived if e.planar is not None])),
        "yaw": asdict(mean([e.yaw for e in survived if e.yaw is not None])),
        "cost_of_transport": cost_of_transport(survived),
        "reasons": sorted({e.error for e in episodes if e.error}),
        "episodes": [e.as_dict() for e in episodes],
    }


def worst(cells: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the body of least success, then of most falls, then of largest planar error."""
    judged = {body: cell for body, cell in cells.items() if cell["n"]}

    def rank(body: str) -> tuple[float, float, float]:
        cell = judged[body]
        return cell["success"]["rate"], -cell["falls"] / cell["n"], -(cell["planar"]["value"] or 0)

    return min(judged, key=rank, default=None)


def show(report: Mapping[str, Any], console: Console) -> None:
    """Print a table for each controller, the comparisons, and what went wrong in errors."""
    for name, part in report["controllers"].items():
        console.print(_cells_table(name, part))
        console.print(f"worst cell of {name}: {_described(part['worst'])}", markup=False)
    for name, part in report["against_baseline"].items():
        console.print(_paired_table(name, report["baseline"], part))
    if report["go_to"] is not None:
        console.print(_go_to_table(report["go_to"]))
    for name, part in report["controllers"].items():
        for reason in part["all"]["reasons"]:
            console.print(f"{name}: episodes not judged: {reason}", markup=False)


def _described(body: str | None) -> str:
    return "none was judged" if body is None else f"{body} ({BODIES[body].says})"


def _cells_table(name: str, part: Mapping[str, Any]) -> Table:
    """Return one controller's figures, a row for each body and one for all."""
    bounds = f"errors up to {PLANAR_BOUND} m/s and {YAW_BOUND} rad/s"
    table = Table(
        "cell",
        "n",
        "errors",
        "falls",
        "success [95 %]",
        "planar, m/s [95 %]",
        "yaw, rad/s",
        "CoT",
        title=f"{name}; success: no fall, {bounds}; CoT: cost of transport",
    )
    for body, cell in [*part["bodies"].items(), ("all", part["all"])]:
        yaw, cost = cell["yaw"]["value"], cell["cost_of_transport"]
        table.add_row(
            body,
            *(str(cell[key]) for key in ("n", "errors", "falls")),
            str(Rate(**cell["success"])),
            str(Estimate(**cell["planar"])),
            "-" if yaw is None else f"{yaw:.3f}",
            "-" if cost is None else f"{cost:.2f}",
        )
    return table


def _paired_table(name: str, baseline: str, part: Mapping[str, Any]) -> Table:
    """Return one controller against the baseline, a row for each body and one for all."""
    table = Table(
        "cell",
        "n",
        f"survived by {baseline} alone",
        f"by {name} alone",
        "p",
        "planar error less the baseline's, m/s [95 %]",
        "pairs",
        title=f"{name} against {baseline}, paired",
    )
    for body, pair in part["bodies"].items():
        gap = Estimate(**pair["planar"])
        counts = (pair[key] for key in ("n", "only_baseline", "only_this"))
        p = f"{pair['p_survival']:.3g}"
        table.add_row(body, *map(str, counts), p, str(gap), str(gap.n))
    whole = part["pooled"]
    table.add_section()
    table.add_row(
        "all",
        str(whole["n"]),
        f"falls of {baseline}: {whole['baseline_falls']}",
        f"of {name}: {whole['falls']}",
        "",
        str(Estimate(**whole["planar"])),
        "",
    )
    for key, label in (("fall_ratio", "falls"), ("failure_ratio", "failures")):
        ratio = Estimate(**whole[key])
        table.add_row(f"ratio of {label}", "", "", "", "", str(ratio), "")
    return table


def _go_to_table(part: Mapping[str, Any]) -> Table:
    """Return the rates of go_to in both engines, and their ratio on the same scenes."""
    table = Table("go_to", "n", "errors", "strict [95 %]", "quard [95 %]", "failures")
    for engine in ("mujoco", "bullet"):
        rates = part[engine]
        table.add_row(
            engine,
            str(rates["n"]),
            str(rates["errors"]),
            str(Rate(**rates["strict"])),
            str(Rate(**rates["quard"])),
            ", ".join(f"{reason} {count}" for reason, count in rates["reasons"].items()),
        )
    ratios = [Estimate(**part[pairs]["ratio"]) for pairs in ("strict_pairs", "quard_pairs")]
    table.add_row("bullet / mujoco", str(ratios[0].n), "", *map(str, ratios), "")
    return table
