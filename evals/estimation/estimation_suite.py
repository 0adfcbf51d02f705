"""``canter eval estimation``: velocity, height and place by legs and gyro against the truth."""

import time
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from canter.control.errors import CanterError
from canter.control.estimation.base_filter import BaseFilter
from canter.control.robot import LEGS, RobotSpec
from canter.control.types import RobotState
from canter.evals.estimation.estimation_run import Setting, Walk, walk
from canter.evals.options import EvalEstimation
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.transfer.transfer_cell import EPISODE_S
from canter.evals.transfer.transfer_stats import Estimate, mean, ratio
from canter.sim.physics.bodies import choose_bodies
from canter.sim.robots.registry import robot

VELOCITY_BAR, DRIFT_BAR = 0.06, 0.03
"""On level ground: root mean square of velocity's error, m/s, and place's error over the way."""
LEAST_WAY = 0.5
"""Robots that cover less, m, have no drift: they stand, or turn on the spot."""
FASTEST_HZ = 500
TIMED_TICKS, WARM_UP_TICKS = 2000, 200


def main(options: EvalEstimation) -> int:
    """Measure, print a table and write JSON where asked.

    Raises:
        CanterError: there is no such ground or robot, no robots, or a rate that 500 Hz is no
            multiple of.
    """
    if options.robots < 1:
        raise CanterError(f"{options.robots} robots: give at least 1")
    if options.rate_hz < 1 or FASTEST_HZ % options.rate_hz:
        raise CanterError(
            f"--rate-hz {options.rate_hz}: sensors read at {FASTEST_HZ} Hz or a whole part of it; "
            "choose 500, 250, 100 or 50"
        )
    check_writable(options.json)
    spec, grounds = robot(options.robot), list(choose_bodies(options.grounds))
    found = {name: walk(_setting(options, name), spec) for name in track(grounds, transient=True)}
    rows = {name: figures(walks) for name, walks in found.items()}
    times = tick_times(spec)
    Console().print(_table(rows))
    print(f"bars, on level ground: velocity {VELOCITY_BAR} m/s, drift {DRIFT_BAR} of the way")
    print(f"processor time of a reading: p50 {times['p50']:.0f} us, p99 {times['p99']:.0f} us")
    names = ("robots", "seed", "rate_hz", "robot")
    asked = {name: getattr(options, name) for name in names}
    words = command_line(
        "eval estimation", {name.replace("_", "-"): value for name, value in asked.items()}
    )
    words += "" if options.noise else " --no-noise"
    words += " --torques" if options.torques else ""
    report = document(
        "estimation",
        f"{words} --grounds {' '.join(options.grounds)}",
        **asked,
        noise=options.noise,
        torques=options.torques,
        seconds=EPISODE_S,
        tick_us=times,
        grounds={name: {k: _plain(v) for k, v in row.items()} for name, row in rows.items()},
        walks={name: [asdict(one) for one in walks] for name, walks in found.items()},
    )
    write_json(options.json, report)
    return 0


def figures(walks: Sequence[Walk]) -> dict[str, Estimate | int]:
    """Return the figures of one ground; intervals resample the robots."""
    far = [one for one in walks if one.way >= LEAST_WAY]
    return {
        "robots": len(walks),
        "fell": sum(one.fell for one in walks),
        "walked": len(far),
        "velocity": _rms([one.velocity for one in walks]),
        "height": _rms([one.height for one in walks]),
        "drift": ratio([one.drift for one in far], [one.way for one in far]),
        "climb": ratio([one.climb for one in far], [one.way for one in far]),
        "velocity_ratio": _rms([one.velocity_ratio for one in walks]),
        "place_ratio": _rms([one.place_ratio for one in walks]),
    }


def _rms(values: Sequence[float]) -> Estimate:
    """Return the root mean square with its interval."""
    square = mean([value * value for value in values])
    value, lo, hi = (
        None if v is None else float(np.sqrt(v)) for v in (square.value, square.lo, square.hi)
    )
    return Estimate(value, lo, hi, square.n)


def tick_times(spec: RobotSpec) -> dict[str, float]:
    """Return p50 and p99 of the processor time of one reading of one robot, microseconds."""
    joints = np.asarray(spec.default_q, float)
    state = RobotState(
        time=0.0,
        q=joints,
        qd=0 * joints,
        tau=0 * joints,
        quat=np.array([1.0, 0.0, 0.0, 0.0]),
        gyro=np.zeros(3),
        accel=np.array([0.0, 0.0, 9.81]),
        foot_contact=np.ones(len(LEGS)),
    )
    base, took = BaseFilter(spec), []
    for _ in range(WARM_UP_TICKS + TIMED_TICKS):
        begin = time.thread_time_ns()
        base.update(state, 1 / FASTEST_HZ)
        took.append(1e-3 * (time.thread_time_ns() - begin))
    p50, p99 = np.percentile(took[WARM_UP_TICKS:], [50, 99])
    return {"p50": float(p50), "p99": float(p99)}


def _setting(options: EvalEstimation, ground: str) -> Setting:
    return Setting(
        ground, options.robots, options.seed, options.rate_hz, options.noise, options.torques
    )


def _plain(value: Estimate | int) -> object:
    return asdict(value) if isinstance(value, Estimate) else value


def _table(rows: dict[str, dict[str, Estimate | int]]) -> Table:
    table = Table("ground", "n (fell)", "velocity m/s", "drift / way", "height m", "errors / std")
    for name, row in rows.items():
        table.add_row(
            name,
            f"{row['robots']} ({row['fell']})",
            str(row["velocity"]),
            str(row["drift"]),
            str(row["height"]),
            f"{_value(row['velocity_ratio'])}, {_value(row['place_ratio'])}",
        )
    return table


def _value(figure: Estimate | int) -> str:
    return str(figure).partition(" ")[0]
