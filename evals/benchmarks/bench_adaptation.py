"""``canter bench adaptation``: time of a tick of each adapter, for the joints of one robot."""

import gc
import time
from dataclasses import asdict, dataclass, replace

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from canter.control.adaptation.adapter import GainAdapter
from canter.control.adaptation.controller_presets import controller_preset, make_adapter
from canter.control.errors import CanterError
from canter.control.impedance import hold_command
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.control.types import JointCommand, RobotState
from canter.evals.options import BenchAdaptation
from canter.evals.report import check_writable, command_line, document, write_json
from canter.sim.robots.registry import robot

PERIOD_S = 0.002
WARM_UP = 200
MOMENTS = 50
"""Different states and commands that take turns."""


@dataclass(frozen=True, slots=True)
class TickTime:
    """Time of one call of `adapt`.

    Attributes:
        mean_us: mean, us.
        p50_us: median, us.
        p99_us: 99th percentile, us.
        ticks: how many were timed.
    """

    mean_us: float
    p50_us: float
    p99_us: float
    ticks: int


def moments(
    seed: int = 0, robot: RobotSpec = DEFAULT_ROBOT
) -> list[tuple[RobotState, JointCommand]]:
    """Return states of a moving robot, fields (12,), with commands near them."""
    rng = np.random.default_rng(seed)
    made = []
    for i in range(MOMENTS):
        q = robot.default_q + rng.normal(0, 0.2, 12)
        state = RobotState(
            time=i * PERIOD_S,
            q=q,
            qd=rng.normal(0, 2.0, 12),
            tau=np.zeros(12),
            quat=np.array([1.0, 0.0, 0.0, 0.0]),
            gyro=np.zeros(3),
            accel=np.array([0.0, 0.0, 9.81]),
            foot_contact=np.round(rng.random(4)),
        )
        command = hold_command(q + 0.1, np.full(12, 60.0), np.full(12, 1.5), state.time)
        made.append((state, replace(command, tau_ff=rng.normal(0, 0.1, 12))))
    return made


def time_ticks(adapter: GainAdapter, ticks: int) -> TickTime:
    """Time ticks of an adapter for one robot, without the garbage collector."""
    given = moments()
    took = np.empty(ticks)
    collecting = gc.isenabled()
    gc.disable()
    try:
        for tick in range(-WARM_UP, ticks):
            state, command = given[tick % MOMENTS]
            begin = time.perf_counter_ns()
            adapter.adapt(state, command, PERIOD_S)
            took[max(tick, 0)] = time.perf_counter_ns() - begin
    finally:
        if collecting:
            gc.enable()
    p50, p99 = np.percentile(took, [50, 99]) / 1e3
    return TickTime(float(took.mean() / 1e3), float(p50), float(p99), ticks)


def main(options: BenchAdaptation) -> int:
    """Time the adapters, print a table and write JSON where asked.

    Raises:
        CanterError: there is no such controller, or it adapts nothing.
    """
    check_writable(options.json)
    if options.ticks < 1:
        raise CanterError(f"{options.ticks} ticks: give at least 1")
    spec = robot(options.robot)
    adapters = {name: make_adapter(name, spec) for name in options.controllers}
    for name, adapter in adapters.items():
        if adapter is None:
            raise CanterError(f"'{name}' adapts nothing: {controller_preset(name).summary}")
    found = {
        name: time_ticks(adapter, options.ticks)
        for name, adapter in track(adapters.items(), "adapters", transient=True)
        if adapter is not None
    }
    table = Table("controller", "p50 us", "mean us", "p99 us", "ticks")
    for name, t in found.items():
        table.add_row(name, *(f"{v:.1f}" for v in (t.p50_us, t.mean_us, t.p99_us)), str(t.ticks))
    Console().print(table)
    command = command_line("bench adaptation", {"ticks": options.ticks, "robot": options.robot})
    command += f" --controllers {' '.join(options.controllers)}"
    times = {name: asdict(t) for name, t in found.items()}
    write_json(options.json, document("bench adaptation", command, adapters=times))
    return 0
