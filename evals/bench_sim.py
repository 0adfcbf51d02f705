"""``canter bench sim``: policy steps a second, beside bare ``mujoco.rollout`` in the same run.

Both do the same physics: bare rollout repeats, from the same states and under the same controls,
every step that the environment has just made. They take turns, so that whatever else the machine
does meets both; the ratio is a median over those turns.
"""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import mujoco
import mujoco.rollout
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from canter.control.errors import CanterError
from canter.evals.options import BenchSim
from canter.evals.report import check_writable, command_line, document, write_json
from canter.sim.batch import BatchedSim
from canter.sim.locomotion_env import LocomotionEnv

WARM_UP_STEPS = 10
STEPS_PER_TURN = 5
ACTION_STD = 0.3
BAR = 0.75
"""Least ratio asked of 1024 robots on two cores."""

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Time of bare rollout over time of the environment, over the turns.

    Attributes:
        median: of all turns.
        lo: least.
        hi: greatest.
    """

    median: float
    lo: float
    hi: float


@dataclass(frozen=True, slots=True)
class Speed:
    """What one kind of action costs.

    Attributes:
        policy_steps: robots times control steps that the environment makes in a second, 1/s.
        rollout_steps: the same of bare rollout, 1/s.
        ratio: the first to the second, turn by turn.
    """

    policy_steps: float
    rollout_steps: float
    ratio: Ratio


class BareRollout:
    """``mujoco.rollout`` with a thread pool and buffers of its own, and nothing around it.

    Args:
        sim: whose models it rolls.
    """

    def __init__(self, sim: BatchedSim) -> None:
        first = sim.models[0]
        threads = os.cpu_count() or 1
        self._models = sim.models
        self._pool = mujoco.rollout.Rollout(nthread=threads)
        self._data = [mujoco.MjData(first) for _ in range(threads)]
        self._states = np.empty((sim.n, sim.substeps, sim.state.shape[-1]))
        self._sensors = np.empty((sim.n, sim.substeps, first.nsensordata))

    def step(self, state: Float, ctrl: Float) -> Float:
        """Return the states, (N, size), after one control period under ctrl (N, substeps, nu)."""
        self._pool.rollout(
            self._models,
            self._data,
            state,
            ctrl,
            state=self._states,
            sensordata=self._sensors,
            skip_checks=True,
            nstep=ctrl.shape[1],
        )
        return self._states[:, -1]

    def close(self) -> None:
        """Stop the threads."""
        self._pool.close()


def main(options: BenchSim) -> int:
    """Run the benchmark, print a table and write JSON where asked.

    Raises:
        CanterError: no robots or no steps.
    """
    if min(options.envs, options.steps) < 1:
        raise CanterError(f"{options.envs} envs, {options.steps} steps: both must be at least 1")
    check_writable(options.json)
    speeds = measure(options.envs, options.steps)
    asked = {name: asdict(options)[name] for name in ("envs", "steps")}
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


def measure(envs: int, steps: int) -> dict[str, Speed]:
    """Return the speed under zero and under random actions, by name."""
    env = LocomotionEnv(envs)
    bare = BareRollout(env.sim)
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
    turns = -(-steps // STEPS_PER_TURN)
    times = [_turn(env, bare, draw) for _ in track(range(turns), "bench", transient=True)]
    ratios = [rollout / ours for ours, rollout in times]
    done = env.n * STEPS_PER_TURN * turns
    return Speed(
        policy_steps=done / sum(ours for ours, _ in times),
        rollout_steps=done / sum(rollout for _, rollout in times),
        ratio=Ratio(statistics.median(ratios), min(ratios), max(ratios)),
    )


def _turn(env: LocomotionEnv, bare: BareRollout, draw: Callable[[], Float]) -> tuple[float, float]:
    """Return the times of the environment and of bare rollout for the same physics, s."""
    ours, recorded = 0.0, []
    for _ in range(STEPS_PER_TURN):
        action, state = draw(), env.sim.state.copy()
        start = time.perf_counter()
        env.step(action)
        ours += time.perf_counter() - start
        recorded.append((state, env.sim.ctrl.copy()))
    start = time.perf_counter()
    for state, ctrl in recorded:
        bare.step(state, ctrl)
    return ours, time.perf_counter() - start


def _show(envs: int, speeds: dict[str, Speed]) -> None:
    """Print the speeds."""
    table = Table(f"{envs} robots", "policy steps/s", "bare rollout", "ratio [least, greatest]")
    for name, speed in speeds.items():
        ratio = speed.ratio
        table.add_row(
            f"{name} actions",
            f"{speed.policy_steps:.0f}",
            f"{speed.rollout_steps:.0f}",
            f"{ratio.median:.2f} [{ratio.lo:.2f}, {ratio.hi:.2f}]",
        )
    console = Console()
    console.print(table)
    console.print(f"asked of 1024 robots on two cores: at least {BAR}")
