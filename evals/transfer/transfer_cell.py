"""One cell of the transfer matrix: one controller in one body, N episodes side by side."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from canter.control.adaptation.adapter import GainAdapter
from canter.control.adaptation.controller_presets import make_adapter, make_locomotion
from canter.control.robot import DEFAULT_ROBOT, JOINT_NAMES, RobotSpec
from canter.control.types import RobotState
from canter.evals.locomotion.locomotion_suite import MAX_TILT, MIN_HEIGHT, cycle_average
from canter.evals.transfer.transfer_episode import Episode
from canter.sim.locomotion.locomotion_commands import CommandRanges, command_fields, sample_commands
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.physics.bodies import BODIES, Body, Start
from canter.sim.physics.body_worlds import World, make_world
from canter.sim.physics.gain_error import MisSet
from canter.sim.physics.ground import Ground
from canter.sim.robots.options import ROBOT
from canter.sim.robots.registry import robot

Float = NDArray[np.floating]
Flags = NDArray[np.bool_]

EPISODE_S, SETTLE_S = 10.0, 2.0
"""Length of an episode, and how much of its beginning the errors leave out, s."""
PUSH_EVERY_S = 2.0
STEPS, SETTLE_STEPS, PUSH_STEPS = (
    round(seconds / CONTROL_PERIOD) for seconds in (EPISODE_S, SETTLE_S, PUSH_EVERY_S)
)
DIVERGED = "the physics diverged"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one process measures.

    Attributes:
        body: name in `canter.sim.physics.bodies.BODIES`.
        controller: name in `canter.control.adaptation.controller_presets.CONTROLLER_PRESETS`.
        episodes: how many; the same seed draws the same ones for every body and controller.
        seed: of commands, headings, joint angles, weak legs, loads' places and pushes.
        robot: its name, or the path of its robot.yaml.
    """

    body: str
    controller: str
    episodes: int
    seed: int
    robot: str = ROBOT


@dataclass(frozen=True, slots=True)
class Draw:
    """What differs from episode to episode, N of them.

    Attributes:
        start: how the robots begin.
        commands: one for each episode, (N, 12).
        push_angle: direction of each push in the world, rad, (pushes, N).
    """

    start: Start
    commands: NDArray[np.float32]
    push_angle: Float

    @classmethod
    def of(cls, episodes: int, seed: int) -> Self:
        """Draw by the seed; the first episodes do not depend on how many follow."""
        one = [cls._single(np.random.SeedSequence([seed, i])) for i in range(episodes)]
        starts = [draw.start for draw in one]
        return cls(
            start=Start(
                yaw=np.concatenate([s.yaw for s in starts]),
                spread=np.concatenate([s.spread for s in starts]),
                leg=np.concatenate([s.leg for s in starts]),
                side=np.concatenate([s.side for s in starts]),
            ),
            commands=np.concatenate([draw.commands for draw in one]),
            push_angle=np.concatenate([draw.push_angle for draw in one], axis=-1),
        )

    @classmethod
    def _single(cls, seed: np.random.SeedSequence) -> Self:
        rng = np.random.default_rng(seed)
        return cls(
            start=Start.draw(1, len(JOINT_NAMES), rng),
            commands=sample_commands(CommandRanges(), 1, rng),
            push_angle=rng.uniform(-np.pi, np.pi, (STEPS // PUSH_STEPS, 1)),
        )


def run_cell(cell: Cell) -> list[Episode]:
    """Run the episodes of one cell side by side on one thread."""
    body, draw, spec = BODIES[cell.body], Draw.of(cell.episodes, cell.seed), robot(cell.robot)
    adapter = adapter_in(body, cell.controller, cell.episodes, spec)
    locomotion = make_locomotion(cell.controller, spec, cell.episodes)
    with make_world(body, draw.start, spec) as world:
        run = Run(world, Ground.of(body), body.push_speed * directions(draw.push_angle))
        for step in range(STEPS):
            if not world.active.any():
                break
            command = locomotion.step(world.measured(), draw.commands)
            world.step_adapted(command, adapter)
            run.after(step)
    return run.episodes(draw.commands, spec.mass + body.payload)


def adapter_in(
    body: Body, name: str, robots: int, robot: RobotSpec = DEFAULT_ROBOT
) -> GainAdapter | None:
    """Return the controller's adapter as it acts on this body's motors."""
    inner = make_adapter(name, robot, robots)
    if body.kp_factor == 1.0 and body.kd_factor == 1.0:
        return inner
    return MisSet(inner, body.kp_factor, body.kd_factor)


def directions(angle: Float) -> Float:
    """Return horizontal unit vectors, (..., 3)."""
    return np.stack([np.cos(angle), np.sin(angle), np.zeros_like(angle)], axis=-1)


class Run:
    """Watches N robots, pushes them, and stops those that have fallen.

    Args:
        world: the robots.
        ground: under them.
        pushes: velocity that each push adds, world frame, m/s, (pushes, N, 3).
    """

    def __init__(self, world: World, ground: Ground, pushes: Float) -> None:
        self._world, self._ground, self._pushes = world, ground, pushes
        self._fell_at = np.full(world.n, np.nan)
        self._diverged: Flags = np.zeros(world.n, bool)
        self._velocity: list[Float] = []
        self._yaw_rate: list[Float] = []
        self._power: list[Float] = []

    def after(self, step: int) -> None:
        """Take in a control step that was made, and push where it is time to."""
        world, time = self._world, (step + 1) * CONTROL_PERIOD
        state, truth = world.measured(), world.truth()
        sound = np.isfinite(state.q).all(-1) & np.isfinite(state.qd).all(-1)
        sound &= np.abs(world.times() - time) < CONTROL_PERIOD / 2  # MuJoCo resets what diverged
        fallen = has_fallen(state, self._ground.clearance(truth.base_pos_w))
        self._diverged |= world.active & ~sound
        self._fell_at[world.active & sound & fallen] = time
        world.active &= sound & ~fallen
        self._velocity.append(self._ground.velocity(truth))
        self._yaw_rate.append(state.gyro[:, -1])
        self._power.append(np.maximum(state.tau * state.qd, 0.0).sum(axis=-1))
        if (step + 1) % PUSH_STEPS == 0 and step + 1 < STEPS:
            world.push(self._pushes[(step + 1) // PUSH_STEPS - 1] * world.active[:, None])

    def episodes(self, commands: NDArray[np.float32], mass: float) -> list[Episode]:
        """Return how the episodes went under these commands, (N, 12)."""
        whole = self._figures(commands) if len(self._velocity) == STEPS else {}
        found = []
        for i, fell_at in enumerate(self._fell_at):
            error = DIVERGED if self._diverged[i] else ""
            lasted = not error and bool(np.isnan(fell_at))
            figures = {name: float(values[i]) if lasted else None for name, values in whole.items()}
            found.append(
                Episode(
                    fell_at=None if np.isnan(fell_at) else float(fell_at),
                    planar=figures.get("planar"),
                    yaw=figures.get("yaw"),
                    energy=figures.get("energy"),
                    distance=figures.get("distance"),
                    mass=mass,
                    error=error,
                )
            )
        return found

    def _figures(self, commands: NDArray[np.float32]) -> dict[str, Float]:
        """Return errors, energy and distance after settling of those that lasted, each (N,)."""
        f = command_fields(commands)
        cycle = round(1 / float(f["step_freq_hz"][0]) / CONTROL_PERIOD)
        velocity = cycle_average(np.stack(self._velocity[SETTLE_STEPS:]), cycle)
        yaw_rate = cycle_average(np.stack(self._yaw_rate[SETTLE_STEPS:]), cycle)
        wanted = np.stack([f["vx"], f["vy"]], axis=-1)
        seconds = EPISODE_S - SETTLE_S
        return {
            "planar": np.linalg.norm(velocity - wanted, axis=-1).mean(0),
            "yaw": np.abs(yaw_rate - f["wz"]).mean(0),
            "energy": np.stack(self._power[SETTLE_STEPS:]).mean(0) * seconds,
            "distance": np.linalg.norm(velocity, axis=-1).mean(0) * seconds,
        }


def has_fallen(state: RobotState, clearance: Float) -> Flags:
    """Tell which robots lie: tilted against gravity, or low over the ground, m, (N,)."""
    tilted = state.projected_gravity()[:, -1] > -np.cos(MAX_TILT)
    return np.asarray(tilted | (clearance < MIN_HEIGHT))
