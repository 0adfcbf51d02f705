"""Seeds of ``canter eval adaptation``: robots side by side, each with a start and a command."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from canter.control.adaptation.adapter import GainAdapter
from canter.control.adaptation.controller_presets import Locomotion
from canter.control.robot import DEFAULT_ROBOT, JOINT_NAMES, RobotSpec
from canter.control.types import GAIT_LAYOUT
from canter.evals.locomotion.locomotion_suite import MAX_TILT, MIN_HEIGHT, cycle_average
from canter.sim.locomotion.locomotion_commands import (
    CommandRanges,
    command_fields,
    default_commands,
)
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.physics.bodies import BODIES, Start
from canter.sim.physics.body_worlds import World, make_world

Float = NDArray[np.floating]

ROBOTS = 12
"""Robots of one seed; each draws its own start and its own velocities."""
STAND_S, SETTLE_S, EPISODE_S = 1.0, 3.0, 8.0
"""When the robots begin to walk, when the errors begin to count, and the end, s."""
STAND, SETTLE, STEPS = (round(s / CONTROL_PERIOD) for s in (STAND_S, SETTLE_S, EPISODE_S))


@dataclass(frozen=True, slots=True)
class Trial:
    """One robot; the errors are of cycle-averaged velocities after settling.

    Attributes:
        planar: mean error of the planar velocity, m/s; after a fall the robot counts as at rest.
        yaw: mean error of the yaw rate, rad/s; likewise.
        fell: whether it fell.
    """

    planar: float
    yaw: float
    fell: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        """Return the trial of these fields."""
        return cls(**fields)


def drawn(seed: int) -> tuple[Start, NDArray[np.float32]]:
    """Return starts and commands of a seed, (ROBOTS, 12); velocities uniform over the ranges."""
    rng = np.random.default_rng(seed)
    start = Start.draw(ROBOTS, len(JOINT_NAMES), rng)
    commands, ranges = default_commands(ROBOTS), CommandRanges()
    for name, bounds in (("vx", ranges.vx), ("vy", ranges.vy), ("wz", ranges.wz)):
        commands[:, GAIT_LAYOUT[name]] = rng.uniform(*bounds, (ROBOTS, 1))
    return start, commands


def run_seeds(
    body: str,
    seeds: Sequence[int],
    locomotion: Locomotion,
    adapter: GainAdapter | None,
    robot: RobotSpec = DEFAULT_ROBOT,
) -> list[list[Trial]]:
    """Run the robots of some seeds side by side, on one thread; return them by seed.

    Args:
        body: name in `canter.sim.physics.bodies.BODIES`.
        seeds: of starts and commands.
        locomotion: what walks ROBOTS robots for each seed, at rest.
        adapter: what adapts them, freshly reset.
        robot: the robot.
    """
    starts, orders = zip(*(drawn(seed) for seed in seeds), strict=True)
    commands, standing = np.concatenate(orders), default_commands(ROBOTS * len(seeds))
    fallen = np.zeros(len(commands), bool)
    rows = []
    with make_world(BODIES[body], _together(starts), robot) as world:
        for step in range(STEPS):
            told = commands if step >= STAND else standing
            world.step_adapted(locomotion.step(world.measured(), told), adapter)
            velocity, down = _seen(world)
            fallen |= down
            world.active[:] = ~fallen
            rows.append(np.where(fallen[:, None], 0.0, velocity))
    found = _trials(np.stack(rows[SETTLE:]), commands, fallen)
    return [found[i : i + ROBOTS] for i in range(0, len(found), ROBOTS)]


def _together(starts: Sequence[Start]) -> Start:
    """Return the starts one after another."""
    return Start(
        **{f.name: np.concatenate([getattr(s, f.name) for s in starts]) for f in fields(Start)}
    )


def _seen(world: World) -> tuple[Float, NDArray[np.bool_]]:
    """Return velocity ahead, to the left and yaw rate, (N, 3), and who lies, (N,)."""
    state, truth = world.measured(), world.truth()
    velocity = np.concatenate([truth.base_lin_vel_yaw()[:, :2], state.gyro[:, -1:]], axis=-1)
    down = state.projected_gravity()[:, -1] > -np.cos(MAX_TILT)
    return velocity, down | (truth.base_pos_w[:, -1] < MIN_HEIGHT)


def _trials(
    velocity: Float, commands: NDArray[np.float32], fallen: NDArray[np.bool_]
) -> list[Trial]:
    """Return the errors of velocities, (T, N, 3), against commands, (N, 12)."""
    f = command_fields(commands)
    cycle = round(1 / float(f["step_freq_hz"][0]) / CONTROL_PERIOD)
    error = cycle_average(velocity, cycle) - np.stack([f["vx"], f["vy"], f["wz"]], axis=-1)
    planar = np.linalg.norm(error[..., :2], axis=-1).mean(axis=0)
    yaw = np.abs(error[..., 2]).mean(axis=0)
    return [
        Trial(float(p), float(y), bool(fell))
        for p, y, fell in zip(planar, yaw, fallen, strict=True)
    ]
