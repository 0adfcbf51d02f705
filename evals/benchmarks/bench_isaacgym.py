"""``canter bench isaacgym``: a task in legged_gym's manner, beside bare ``mujoco.rollout``.

The same task runs on a plane and on a height field of 100 m x 100 m; each of the two and bare
rollout of its models take turns (:mod:`canter.evals.benchmarks.bench_turns`).
"""

import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import get_args

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from canter.control.errors import CanterError
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.evals.benchmarks.bench_isaacgym_memory import Memory
from canter.evals.benchmarks.bench_isaacgym_memory import measure as measure_memory
from canter.evals.benchmarks.bench_isaacgym_task import DECIMATION, FlatTask, Ground
from canter.evals.benchmarks.bench_turns import (
    BareRollout,
    Float,
    Made,
    Pair,
    Ratio,
    Speed,
    ratio_of,
    speed_of,
    take_turns,
)
from canter.evals.options import BenchIsaacGym
from canter.evals.report import check_writable, command_line, document, write_json
from canter.sim.robots.registry import robot, robot_urdf

WARM_UP_STEPS = 10
ACTION_STD = 1.0
"""Of random actions, as a policy has it that has not learned yet."""

BARS = {"speed": 0.5, "field": 0.5, "memory": 2_000_000_000}
"""Asked: least ratio to bare rollout on the plane at 1024 robots; least ratio of the height field
to the plane; most bytes at 4096 robots."""

Draw = Callable[[], torch.Tensor]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured under one kind of action.

    Attributes:
        plane: speed on the plane.
        field: speed on the height field.
        field_to_plane: the second to the first, turn by turn.
    """

    plane: Speed
    field: Speed
    field_to_plane: Ratio


class RecordedTask(FlatTask):
    """The task, which keeps the inputs of its physics steps for bare rollout.

    Args:
        envs: number of robots.
        ground: plane or height field.
        draw: returns actions, (N, 12); may be changed.
        robot: the robot; it has a URDF.
    """

    def __init__(
        self, envs: int, ground: Ground, draw: Draw, robot: RobotSpec = DEFAULT_ROBOT
    ) -> None:
        super().__init__(envs, ground, robot)
        self.draw = draw
        self._inputs: list[Float] = []

    def simulate(self) -> None:
        """Make one physics step and keep its inputs."""
        super().simulate()
        self._inputs.append(self.engine.physics.ctrl.copy())

    def make(self) -> Made:
        """Make one control step; its time includes keeping the inputs."""
        physics = self.engine.physics
        state = np.concatenate([np.zeros((self.envs, 1)), physics.qpos, physics.qvel], axis=1)
        actions = self.draw()
        self._inputs = []
        start = time.perf_counter()
        self.step(actions)
        return Made(time.perf_counter() - start, state, np.stack(self._inputs, axis=1))


def main(options: BenchIsaacGym) -> int:
    """Run the benchmark, print tables and write JSON where asked.

    Raises:
        CanterError: no robots or no steps.
    """
    if min(options.envs, options.steps) < 1 or options.memory < 0:
        raise CanterError(
            f"{options.envs} envs, {options.steps} steps, memory {options.memory}: the first two "
            "must be at least 1, the last at least 0"
        )
    check_writable(options.json)
    spec = robot(options.robot)
    robot_urdf(spec)
    figures = measure(options.envs, options.steps, spec)
    memory = measure_memory(options.memory, options.robot) if options.memory else None
    asked = {name: asdict(options)[name] for name in ("envs", "steps", "memory", "robot")}
    report = document(
        "bench_isaacgym",
        command_line("bench isaacgym", asked),
        **asked,
        cores=os.cpu_count(),
        decimation=DECIMATION,
        asked_for=BARS,
        **{name: asdict(each) for name, each in figures.items()},
        peak_memory=asdict(memory) | {"simulation": memory.simulation} if memory else None,
    )
    _show(options.envs, figures, memory)
    write_json(options.json, report)
    return 0


def measure(envs: int, steps: int, spec: RobotSpec = DEFAULT_ROBOT) -> dict[str, Figures]:
    """Return the figures under zero and under random actions, by name."""
    torch.manual_seed(0)
    np.random.seed(0)  # the terrain's generators draw from NumPy's global state, as Isaac Gym's
    actions: dict[str, Draw] = {
        "zero": lambda: torch.zeros(envs, 12),
        "random": lambda: ACTION_STD * torch.randn(envs, 12),
    }
    tasks = [RecordedTask(envs, ground, actions["zero"], spec) for ground in get_args(Ground)]
    bares = [BareRollout(task.engine.physics.models, DECIMATION) for task in tasks]
    try:
        return {name: _compare(tasks, bares, draw, steps) for name, draw in actions.items()}
    finally:
        for bare in bares:
            bare.close()
        for task in tasks:
            task.close()


def _compare(
    tasks: list[RecordedTask], bares: list[BareRollout], draw: Draw, steps: int
) -> Figures:
    """Let both tasks and bare rollout of each take turns under one kind of action."""
    contestants = []
    for task, bare in zip(tasks, bares, strict=True):
        task.draw = draw
        for _ in range(WARM_UP_STEPS):
            task.make()
        pair = Pair(task.make, bare)
        contestants += [pair.ours, pair.rollout]
    plane, bare_plane, field, bare_field = take_turns(steps, contestants)
    robots = tasks[0].envs
    return Figures(
        plane=speed_of(robots, plane, bare_plane),
        field=speed_of(robots, field, bare_field),
        field_to_plane=ratio_of(plane, field),
    )


def _show(envs: int, figures: dict[str, Figures], memory: Memory | None) -> None:
    """Print what was measured beside what is asked."""
    table = Table(f"{envs} robots", "env steps/s", "bare rollout", "ratio [least, greatest]")
    for name, each in figures.items():
        for ground, speed in (("plane", each.plane), ("height field", each.field)):
            steps = (f"{speed.policy_steps:.0f}", f"{speed.rollout_steps:.0f}", str(speed.ratio))
            table.add_row(f"{ground}, {name} actions", *steps)
        table.add_row(f"height field to plane, {name} actions", "", "", str(each.field_to_plane))
    console = Console()
    console.print(table)
    if memory:
        console.print(
            f"peak memory, {memory.envs} robots, height field: {memory.peak / 1e9:.2f} GB, of "
            f"which {memory.imported / 1e9:.2f} GB before the simulation is made"
        )
    console.print(
        f"asked: plane to bare rollout at 1024 robots at least {BARS['speed']}; height field to "
        f"plane at least {BARS['field']}; memory at 4096 robots at most {BARS['memory'] / 1e9:g} GB"
    )
