"""The unit of ``canter eval mpc``: one way to walk, one body, one seed, all commands together."""

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from canter.control.adaptation.controller_presets import Locomotion, make_adapter, make_locomotion
from canter.control.mpc.locomotion import MpcLocomotion
from canter.control.mpc.over import PolicyOverMpc
from canter.control.mpc.solver import QpSolver
from canter.control.robot import DEFAULT_ROBOT, JOINT_NAMES, RobotSpec
from canter.control.types import GaitCommand
from canter.evals.locomotion.locomotion_suite import MAX_TILT, MIN_HEIGHT, cycle_average
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.physics.bodies import BODIES, Start
from canter.sim.physics.body_worlds import World, make_world

Float = NDArray[np.floating]
Flags = NDArray[np.bool_]

SETTLE_S, EPISODE_S, PUSH_EVERY_S = 2.0, 6.0, 2.0
SETTLE, STEPS, PUSH = (round(s / CONTROL_PERIOD) for s in (SETTLE_S, EPISODE_S, PUSH_EVERY_S))
COMMANDS: tuple[GaitCommand, ...] = (
    GaitCommand(vx=0.5),
    GaitCommand(vx=1.0),
    GaitCommand(vy=0.3),
    GaitCommand(vx=0.4, vy=0.2, wz=0.5),
)
"""What every seed is told, one robot for each."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One robot under one command; the errors are of cycle-averaged velocities after settling.

    Attributes:
        seed: of the start and the pushes.
        planar: mean error of the planar velocity, m/s; after a fall the robot counts as at rest.
        yaw: mean error of the yaw rate, rad/s; likewise.
        fell: whether it fell.
        solve_ms: median and 99th percentile of the time of a quadratic programme, ms; None where
            none was solved.
    """

    seed: int
    planar: float
    yaw: float
    fell: bool
    solve_ms: tuple[float, float] | None

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        """Return the trial of these fields."""
        return cls(**fields)


def run_seed(body: str, name: str, seed: int, robot: RobotSpec = DEFAULT_ROBOT) -> list[Trial]:
    """Run all commands from one start side by side, on one thread.

    Args:
        body: name in `canter.sim.physics.bodies.BODIES`.
        name: who walks, as `canter.control.adaptation.controller_presets.make_locomotion` knows it.
        seed: of the start and the pushes, which the commands share.
        robot: the robot.
    """
    commands = np.stack([command.to_array() for command in COMMANDS])
    robots = len(commands)
    rng = np.random.default_rng(seed)
    start = _shared(Start.draw(1, len(JOINT_NAMES), rng), robots)
    angles = rng.uniform(-np.pi, np.pi, STEPS // PUSH)
    walker, adapter = make_locomotion(name, robot, robots), make_adapter(name, robot, robots)
    fallen = np.zeros(robots, bool)
    rows = []
    with make_world(BODIES[body], start, robot) as world:
        for step in range(STEPS):
            world.step_adapted(walker.step(world.measured(), commands), adapter)
            fallen |= _down(world)
            if step % PUSH == PUSH - 1:
                angle = angles[step // PUSH]
                push = BODIES[body].push_speed * np.array([np.cos(angle), np.sin(angle), 0.0])
                world.push(np.tile(push, (robots, 1)))
            rows.append(np.where(fallen[:, None], 0.0, _velocity(world)))
    error = np.abs(_averaged(np.stack(rows[SETTLE:])) - _wanted())
    planar, yaw = np.linalg.norm(error[..., :2], axis=-1).mean(0), error[..., 2].mean(0)
    times = _solve_times(walker, robots)
    return [
        Trial(seed, float(planar[i]), float(yaw[i]), bool(fallen[i]), times[i])
        for i in range(robots)
    ]


def _shared(start: Start, robots: int) -> Start:
    """Return one start for all robots."""
    return Start(
        yaw=np.repeat(start.yaw, robots),
        spread=np.repeat(start.spread, robots, axis=0),
        leg=np.repeat(start.leg, robots),
        side=np.repeat(start.side, robots, axis=0),
    )


def _down(world: World) -> Flags:
    tilted = world.measured().projected_gravity()[:, -1] > -np.cos(MAX_TILT)
    return np.asarray(tilted | (world.truth().base_pos_w[:, -1] < MIN_HEIGHT))


def _velocity(world: World) -> Float:
    """Return velocity ahead and to the left, and yaw rate, (N, 3)."""
    planar = world.truth().base_lin_vel_yaw()[:, :2]
    return np.concatenate([planar, world.measured().gyro[:, -1:]], axis=-1)


def _wanted() -> Float:
    """Return the commanded velocities, (N, 3)."""
    return np.array([[c.vx, c.vy, c.wz] for c in COMMANDS])


def _averaged(series: Float) -> Float:
    """Return the average over one gait cycle, (T, N, 3)."""
    return cycle_average(series, round(1 / COMMANDS[0].step_freq_hz / CONTROL_PERIOD))


def _solve_times(walker: Locomotion, robots: int) -> list[tuple[float, float] | None]:
    """Return median and 99th percentile of each robot's solver, ms."""
    mpc = walker.mpc if isinstance(walker, PolicyOverMpc) else walker
    if not isinstance(mpc, MpcLocomotion):
        return [None] * robots
    return [_percentiles(solver) for solver in mpc.solvers]


def _percentiles(solver: QpSolver) -> tuple[float, float]:
    median, late = np.percentile(solver.seconds, [50, 99]) * 1e3
    return float(median), float(late)
