"""``canter eval style``: how a gait feels, against another on the same bodies and commands.

Each robot walks under one random command, is measured, then pushed; bodies, commands and pushes
are the same for both policies, so that differences are those of pairs.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from canter.control.locomotion import LocomotionPolicy, shipped_policy
from canter.control.session import OnnxSession
from canter.evals.locomotion.pushes import push
from canter.evals.options import EvalStyle
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.risk.risk_figures import Interval, bootstrap
from canter.evals.stats import PairedRates
from canter.sim.locomotion.gait_style import UNITS, GaitStyle, StyleMeter
from canter.sim.locomotion.locomotion_commands import WHOLE, sample_commands
from canter.sim.physics.batched_sim import CONTROL_PERIOD, BatchedSim
from canter.sim.physics.randomisation import draw
from canter.sim.physics.ranges import DynamicsRanges, TerrainRanges
from canter.sim.physics.terrain import draw_terrain, terrain_models
from canter.sim.robots.registry import robot

Float = NDArray[np.floating]
Flags = NDArray[np.bool_]

SETTLE_S, MEASURE_S, PUSHED_S = 1.5, 2.5, 4.0
BODIES = DynamicsRanges(friction=(0.3, 1.2), added_mass=(-1.0, 4.0), delay_steps=(0, 5))
PUSH_EVERY_S = 2.0
MAX_TILT, MIN_HEIGHT = 1.0, 0.08
LEAST = 1e-9
"""Least mean to which a change is related; feet of robots that all stand land not at all."""


@dataclass(frozen=True, slots=True)
class StyleRecord:
    """N robots of one policy.

    Attributes:
        style: while nothing disturbed them.
        fallen_walking: who fell before the pushes, (N,).
        fallen: who fell at any time, (N,).
    """

    style: GaitStyle
    fallen_walking: Flags
    fallen: Flags


def record(session: OnnxSession, robots: int, seed: int) -> StyleRecord:
    """Let robots walk, each under one command on a body of its own, then push them."""
    rng = np.random.default_rng(seed)
    spec = session.robot
    dynamics = draw(BODIES, robots, len(spec.joint_names), rng)
    terrain = draw_terrain(TerrainRanges(), robots, rng)
    _, models = terrain_models(terrain, spec, dynamics)
    commands = sample_commands(WHOLE, robots, rng)
    policy = LocomotionPolicy(session, robots)
    settle, measure, pushed = (round(s / CONTROL_PERIOD) for s in (SETTLE_S, MEASURE_S, PUSHED_S))
    fallen, walking = np.zeros(robots, bool), np.zeros(robots, bool)
    with BatchedSim(
        models, spec, motor_delay=dynamics.delay_steps, strength=dynamics.strength
    ) as sim:
        meter = StyleMeter(sim, terrain, commands)
        for step in track(range(settle + measure + pushed), session.path.name, transient=True):
            if step == settle:
                meter = StyleMeter(sim, terrain, commands)
            if step == settle + measure:
                walking = fallen.copy()
            state = sim.measured()
            sim.step(policy.step(state, commands))
            if settle <= step < settle + measure:
                meter.watch(policy.phase)
            tilt = sim.measured().projected_gravity()[:, -1] > -np.cos(MAX_TILT)
            fallen |= tilt | (sim.truth().base_pos_w[:, -1] < MIN_HEIGHT)
            if step >= settle + measure:
                push(sim, PUSH_EVERY_S, rng)
    return StyleRecord(meter.style(), walking, fallen)


def compared(before: StyleRecord, after: StyleRecord, seed: int) -> dict[str, Any]:
    """Return means of both, changes with 95 % intervals over robots, and falls.

    A robot that fell before the pushes, with either policy, counts among the falls alone.
    """
    up, rng = ~(before.fallen_walking | after.fallen_walking), np.random.default_rng(seed)
    rows = {}
    for name, (old, new) in _series(before.style, after.style).items():
        first, second = old[up].astype(float), new[up].astype(float)
        rows[name] = {
            "before": float(first.mean()),
            "after": float(second.mean()),
            "change": asdict(bootstrap(_change(first, second), int(up.sum()), rng)),
        }
    falls = PairedRates.of(list(zip(before.fallen.tolist(), after.fallen.tolist(), strict=True)))
    return {"robots": len(up), "measured": int(up.sum()), "rows": rows, "falls": falls.as_dict()}


def _series(old: GaitStyle, new: GaitStyle) -> dict[str, tuple[Float, Float]]:
    """Return quantities and errors of both, each (N,), by name."""
    found: dict[str, tuple[Float, Float]] = {
        name: (old.quantities[name], new.quantities[name]) for name in UNITS
    }
    found["command error"] = old.command_error(), new.command_error()
    return found | {f"{n} error": (old.errors[n], new.errors[n]) for n in old.errors}


def _change(first: Float, second: Float) -> Callable[[NDArray[np.intp]], float]:
    """Return the relative change of the mean, over some of the robots."""
    return lambda at: float((second - first)[at].mean() / max(first[at].mean(), LEAST))


def main(options: EvalStyle) -> int:
    """Measure, print a table and write JSON where asked."""
    check_writable(options.json)
    spec = robot(options.robot)
    shipped = shipped_policy(spec.name, "gait")
    paths: list[Path] = [options.against or shipped, options.policy or shipped]
    before, after = (
        record(OnnxSession(path, robot=spec), options.robots, options.seed) for path in paths
    )
    figures = compared(before, after, options.seed)
    _show(figures)
    asked = {name: asdict(options)[name] for name in ("policy", "against", "robots", "seed")}
    command = command_line("eval style", asked)
    write_json(options.json, document("style", command, seed=options.seed, **figures))
    return 0


def _show(figures: dict[str, Any]) -> None:
    """Print what changed."""
    table = Table("mean over robots", "before", "after", "change, 95 % interval", "unit")
    for name, row in figures["rows"].items():
        percent = Interval(**{k: 100 * v for k, v in row["change"].items()})
        unit = UNITS.get(name, "")
        means = (f"{row['before']:.3g}", f"{row['after']:.3g}")
        table.add_row(name, *means, escape(f"{percent} %"), unit)
    falls = figures["falls"]
    both = [f"{falls[side]['rate']:.3f}" for side in ("first", "second")]
    gap = falls["difference"]
    said = f"{gap['value']:+.3f} [{gap['lo']:+.3f}, {gap['hi']:+.3f}], p {falls['p']:.2g}"
    table.add_row("falls, with pushes", *both, escape(said), "of robots")
    console = Console()
    console.print(table)
    console.print(f"{figures['measured']} of {figures['robots']} robots walked without a fall")
