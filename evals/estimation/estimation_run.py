"""Robots that walk while a filter estimates how they move, with the truth beside it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from canter.control.adaptation.controller_presets import FIXED, make_locomotion
from canter.control.estimation.base_filter import BaseFilter
from canter.control.robot import RobotSpec
from canter.control.types import JointCommand, RobotState
from canter.evals.safety.safety_sensors import NoisySensors
from canter.evals.transfer.transfer_cell import SETTLE_S, STEPS, Draw, Run, directions
from canter.sim.physics.batched_sim import GroundTruth
from canter.sim.physics.bodies import BODIES
from canter.sim.physics.body_worlds import World, make_world
from canter.sim.physics.ground import Ground

Float = NDArray[np.floating]
NOISE_BLOCK = 500
"""Ticks for which noise is drawn at a time."""


@dataclass(frozen=True, slots=True)
class Walk:
    """How well one robot knew how it moved.

    Attributes:
        velocity: root mean square of the error of its velocity after settling, m/s.
        height: likewise of the height over the ground under its feet, m.
        way: covered in the plane, m.
        drift: error of its place in the plane at the end, m.
        climb: error of its place along the vertical at the end, m.
        velocity_ratio: root mean square of the velocity's errors over their standard deviations.
        place_ratio: likewise of the place in the plane at the end.
        fell: it fell, and was measured until then.
    """

    velocity: float
    height: float
    way: float
    drift: float
    climb: float
    velocity_ratio: float
    place_ratio: float
    fell: bool


class Witness:
    """Reads the sensors at every tick, and changes nothing: a GainAdapter for `step_adapted`.

    Args:
        world: whose truth is told.
        filter_: of as many robots.
        radius: of the feet, m.
        every: physics steps from one reading to the next.
        sensors: add noise; None where the sensors are perfect.
    """

    def __init__(
        self,
        world: World,
        filter_: BaseFilter,
        radius: float,
        every: int,
        sensors: NoisySensors | None,
    ) -> None:
        self._world, self._filter, self._radius = world, filter_, radius
        self._every, self._sensors, self._ticks = every, sensors, 0
        n = world.n
        self._begin: tuple[Float, Float] = (np.zeros((n, 3)), np.zeros((n, 3)))
        self._last = np.zeros((n, 3))
        self._sums = {name: np.zeros(n) for name in ("velocity", "ratio", "height", "way")}
        self._count, self._heights = np.zeros(n), np.zeros(n)
        self._error, self._std = np.zeros((n, 3)), np.ones(n)

    def reset(self, mask: NDArray[np.bool_] | None = None) -> None:
        """Do nothing: one is made for each walk."""

    def adapt(self, state: RobotState, command: JointCommand, dt: float) -> JointCommand:
        """Return the command as it is."""
        if self._ticks % self._every == 0:
            reading = state if self._sensors is None else self._sensors.read(state)
            self._filter.update(reading, self._every * dt)
            self._compare(self._world.truth(), settled=self._ticks * dt >= SETTLE_S)
        self._ticks += 1
        return command

    def _compare(self, truth: GroundTruth, *, settled: bool) -> None:
        found, place, sums = self._filter.estimate(), truth.base_pos_w, self._sums
        if self._ticks == 0:
            self._begin, self._last = (found.position, place), place
        walks = self._world.active
        sums["way"] += walks * np.linalg.norm((place - self._last)[:, :2], axis=-1)
        self._last = place
        error = (found.position - self._begin[0]) - (place - self._begin[1])
        self._error[walks], self._std[walks] = error[walks], found.position_std[walks]
        if not settled:
            return
        wrong = ((found.velocity - truth.base_lin_vel_w) ** 2).sum(axis=-1)
        sums["velocity"] += walks * wrong
        sums["ratio"] += walks * wrong / (3 * found.velocity_std**2)
        self._count += walks
        stands = truth.foot_force > 0
        count = stands.sum(axis=-1)
        known = walks & (count > 0)
        under = (truth.foot_pos_w[..., 2] * stands).sum(axis=-1) / np.maximum(count, 1)
        height = place[:, 2] - under + self._radius
        sums["height"] += known * (found.height - height) ** 2
        self._heights += known

    def walks(self) -> list[Walk]:
        """Return how each robot's walk went."""
        count, sums = np.maximum(self._count, 1), self._sums
        planar = np.linalg.norm(self._error[:, :2], axis=-1)
        velocity, ratio = (np.sqrt(sums[name] / count) for name in ("velocity", "ratio"))
        height = np.sqrt(sums["height"] / np.maximum(self._heights, 1))
        return [
            Walk(
                velocity=float(velocity[i]),
                height=float(height[i]),
                way=float(sums["way"][i]),
                drift=float(planar[i]),
                climb=abs(float(self._error[i, 2])),
                velocity_ratio=float(ratio[i]),
                place_ratio=float(planar[i] / (np.sqrt(2) * self._std[i])),
                fell=not self._world.active[i],
            )
            for i in range(self._world.n)
        ]


@dataclass(frozen=True, slots=True)
class Setting:
    """What one process measures.

    Attributes:
        ground: name of a body and its world in `canter.sim.physics.bodies.BODIES`.
        robots: how many.
        seed: of commands, headings, pushes and noise.
        rate_hz: readings a second.
        noise: whether the sensors have any.
        torques: contacts are told from joint torques, not from the feet.
    """

    ground: str
    robots: int
    seed: int
    rate_hz: int
    noise: bool
    torques: bool


def walk(setting: Setting, spec: RobotSpec) -> list[Walk]:
    """Let robots walk for `EPISODE_S` side by side on one thread."""
    body, draw = BODIES[setting.ground], Draw.of(setting.robots, setting.seed)
    felt = replace(spec, foot_sensors=False) if setting.torques else spec
    locomotion = make_locomotion(FIXED, spec, setting.robots)
    seeds = [setting.seed + i for i in range(setting.robots)]
    with make_world(body, draw.start, spec) as world:
        run = Run(world, Ground.of(body), body.push_speed * directions(draw.push_angle))
        every = round(1 / (setting.rate_hz * body.timestep))
        sensors = NoisySensors(seeds, NOISE_BLOCK) if setting.noise else None
        witness = Witness(world, BaseFilter(felt, setting.robots), spec.foot_radius, every, sensors)
        for step in range(STEPS):
            command = locomotion.step(world.measured(), draw.commands)
            world.step_adapted(command, witness)
            run.after(step)
        return witness.walks()
