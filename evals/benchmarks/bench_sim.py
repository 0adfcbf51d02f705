"""``canter bench sim``: policy steps a second, beside bare ``mujoco.rollout`` in the same run.

:mod:`canter.evals.benchmarks.bench_turns` says how the two are compared.
"""

import os
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial

import numpy as np
from rich.console import Console
from rich.table import Table

from canter.control.errors import CanterError
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.evals.benchmarks.bench_turns import (
    BareRollout,
    Float,
    Made,
    Pair,
    Speed,
    speed_of,
    take_turns,
)
from canter.evals.options import BenchSim
from canter.evals.report import check_writable, command_line, document, write_json
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.robots.registry import robot

WARM_UP_STEPS = 10
ACTION_STD = 0.3
BAR = 0.75
"""Least ratio asked of 1024 robots on two cores."""


def main(options: BenchSim) -> int:
    """Run the benchmark, print a table and write JSON where asked.

    Raises:
        CanterError: no robots or no steps.
    """
    if min(options.envs, options.steps) < 1:
        raise CanterError(f"{options.envs} envs, {options.steps} steps: both must be at least 1")
    check_writable(options.json)
    speeds = measure(options.envs, options.steps, robot(options.robot))
    asked = {name: asdict(options)[name] for name in ("envs", "steps", "robot")}
    report = document(
        "bench_sim",
        command_line("bench sim", asked),
        **asked,
        cores=os.cpu_count(),
        **{name: asdict(speed) for name, speed in speeds.items()},
    )
    _show(options.envs, speeds)
    write_json(options.json, report)
    return 0


def measure(envs: int, steps: int, spec: RobotSpec = DEFAULT_ROBOT) -> dict[str, Speed]:
    """Return the speed under zero and under random actions, by name."""
    env = LocomotionEnv(envs, robot=spec)
    bare = BareRollout(env.sim.models, env.sim.substeps)
    joints = len(env.robot.joint_names)
    rng = np.random.default_rng(0)
    actions: dict[str, Callable[[], Float]] = {
        "zero": lambda: np.zeros((envs, joints)),
        "random": lambda: ACTION_STD * rng.standard_normal((envs, joints)),
    }
    try:
        return {name: _compare(env, bare, draw, steps) for name, draw in actions.items()}
    finally:
        bare.close()
        env.close()


def _compare(env: LocomotionEnv, bare: BareRollout, draw: Callable[[], Float], steps: int) -> Speed:
    """Let both take turns until the environment has made so many steps."""
    for _ in range(WARM_UP_STEPS):
        env.step(draw())
    pair = Pair(partial(_step, env, draw), bare)
    ours, rollout = take_turns(steps, [pair.ours, pair.rollout])
    return speed_of(env.n, ours, rollout)


def _step(env: LocomotionEnv, draw: Callable[[], Float]) -> Made:
    """Make one step of the environment."""
    action, state = draw(), env.sim.state.copy()
    start = time.perf_counter()
    env.step(action)
    return Made(time.perf_counter() - start, state, env.sim.ctrl.copy())


def _show(envs: int, speeds: dict[str, Speed]) -> None:
    """Print the speeds."""
    table = Table(f"{envs} robots", "policy steps/s", "bare rollout", "ratio [least, greatest]")
    for name, speed in speeds.items():
        table.add_row(
            f"{name} actions",
            f"{speed.policy_steps:.0f}",
            f"{speed.rollout_steps:.0f}",
            str(speed.ratio),
        )
    console = Console()
    console.print(table)
    console.print(f"asked of 1024 robots on two cores: at least {BAR}")
