"""``canter eval risk``: how early the posture risk warns, how often falsely, and how calibrated.

Bodies, commands, pushes and noise are of seeds that training never used.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from canter.control.errors import CanterError
from canter.control.locomotion import shipped_policy
from canter.control.safety.posture_risk import PERIOD_S, PostureRisk, shipped_risk
from canter.control.session import OnnxSession
from canter.evals.options import EvalRisk
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.risk.risk_figures import Interval, calibration, lead, poisson
from canter.evals.risk.risk_response import WALKS, response
from canter.sim.locomotion.fall_alarms import confirmed, falls_within, score_alarms
from canter.sim.locomotion.risky_walks import CONFIGS, WARM_UP, Hardship, walks
from canter.sim.robots.registry import robot

HELD_OUT = 7_000_000
"""Added to seeds, so that they are none of training's."""
LEAD_S, FALSE_PER_10_MIN = 0.3, 1.0
"""The bar: median lead, and false warnings in ten minutes where no push fells the robot."""


def measure(
    session: OnnxSession, model: PostureRisk, hardship: Hardship, options: EvalRisk
) -> dict[str, Any]:
    """Return the figures of one kind of walk."""
    place = list(CONFIGS).index(hardship)
    seed = HELD_OUT + 10 * options.seed + place
    record = walks(session, hardship, options.robots, options.seconds, seed)
    probability = model.probability(record.seen)
    probability[:WARM_UP] = 0.0
    warned = confirmed(probability > model.contract.alarm)
    alarms = score_alarms(warned, record.fallen, record.ended, PERIOD_S)
    soon = falls_within(record.fallen, record.ended, round(model.contract.horizon_s / PERIOD_S))
    rng = np.random.default_rng(seed)
    return {
        "seconds": alarms.seconds,
        "lead": lead(alarms, rng),
        "false_warnings": alarms.false,
        "false_per_hour": asdict(poisson(alarms.false, alarms.seconds / 3600)),
        "false_per_10_min": asdict(poisson(alarms.false, alarms.seconds / 600)),
        "calibration": calibration(probability[WARM_UP:].astype(float), soon[WARM_UP:], rng),
    }


def main(options: EvalRisk) -> int:
    """Measure, print the tables and write JSON where asked.

    Raises:
        CanterError: no robots or no time.
    """
    if options.robots < 1 or options.seconds <= 1:
        raise CanterError(f"{options.robots} robots, {options.seconds} s: need one, and over 1 s")
    check_writable(options.json)
    spec = robot(options.robot)
    walks = options.locomotion or shipped_policy(spec.name, "trot")
    session = OnnxSession(walks, robot=spec)
    model = PostureRisk.load(options.model or shipped_risk(spec.name))
    figures: dict[str, Any] = {}
    use: dict[str, Any] = {}
    kinds = tuple(CONFIGS) if options.part != "response" else ()
    answered = WALKS if options.part != "warning" else ()
    with Progress(transient=True) as bar:
        task = bar.add_task("walks", total=len(kinds) + len(answered))
        for hardship in kinds:
            figures[hardship] = measure(session, model, hardship, options)
            bar.advance(task)
        for walk in answered:
            size = (options.robots, options.seconds)
            use[walk] = response(session, model, walk, size, HELD_OUT + 10 * options.seed)
            bar.advance(task)
    _show(model, figures, use)
    names = ("part", "model", "locomotion", "robots", "seconds", "seed", "robot")
    asked = {name: getattr(options, name) for name in names}
    report = document(
        "risk",
        command_line("eval risk", asked),
        **{name: str(v) if isinstance(v, Path) else v for name, v in asked.items()},
        contract=asdict(model.contract),
        walks=figures,
        responses=use,
    )
    write_json(options.json, report)
    return 0


def _show(model: PostureRisk, figures: dict[str, Any], use: dict[str, Any]) -> None:
    console = Console()
    if figures:
        _show_warnings(console, figures)
        console.print(
            f"warned above {model.contract.alarm:.2f}; bar: median lead >= {LEAD_S} s at <= "
            f"{FALSE_PER_10_MIN:g} false warning in 10 min"
        )
    if use:
        _show_response(console, use)


def _show_warnings(console: Console, figures: dict[str, Any]) -> None:
    table = Table("walks", "h", "falls", "unwarned", "lead s", "false/10 min", "Brier", "ECE")
    for name, found in figures.items():
        leads, quality = found["lead"], found["calibration"]
        table.add_row(
            name,
            f"{found['seconds'] / 3600:.2f}",
            str(leads["falls"]),
            str(leads.get("unwarned", "-")),
            str(Interval(**leads["median_s"])) if leads["falls"] else "-",
            str(Interval(**found["false_per_10_min"])),
            str(Interval(**quality["brier"])),
            str(Interval(**quality["expected_calibration_error"])),
        )
    console.print(table)


def _show_response(console: Console, use: dict[str, Any]) -> None:
    columns = ("walks", "n", "fell", "heeding", "saved", "felled", "p", "fell, change")
    table = Table(*columns, "crouches/10 min", "time", "m/s, change")
    for name, found in use.items():
        error = found.get("speed_error_change")
        table.add_row(
            name,
            str(found["robots"]),
            str(found["fell"]["none"]),
            str(found["fell"]["crouch"]),
            str(found["saved"]),
            str(found["felled"]),
            f"{found['mcnemar_p']:.2g}",
            str(Interval(**found["fell_change"])),
            str(Interval(**found["crouches_per_10_min"])),
            f"{found['crouched_share']:.2%}",
            str(Interval(**error)) if error else "-",
        )
    console.print(table)
