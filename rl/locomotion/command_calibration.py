"""Commands that a trained gait misses by rule, mended by straight lines inside its graph.

A trained gait answers a commanded velocity v with nearly ``gain * v + offset`` over all gaits and
postures, and swings its feet too low. Where feet step, the actor is told ``(v - offset) / gain``
with the gain and the missing height mended in part. Own design.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from canter.control.gait.observation import VELOCITY_FIELDS, ObservationTerm, observation_layout
from canter.control.robot import RobotSpec
from canter.control.types import Array
from canter.rl.settings import CalibrationSettings
from canter.sim.locomotion.locomotion_commands import command_fields
from canter.sim.locomotion.reward_inputs import is_commanded_to_move, lowest_point
from canter.sim.locomotion_config import LocomotionConfig
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.physics.ranges import NOMINAL_DYNAMICS, TerrainRanges

SEED = 0xCA1
NEVER_S = 1e9
GAIN_SHARE, SWING_SHARE = 0.7, 0.3
"""How much of a gain (its logarithm) and of a missing swing height is mended. All of the gain made
the feet of pace and pronk miss one step in twenty; all of the height doubled the falls on steps."""
LEAST_GAIN = 0.5
"""A gait that answers a command by less is not mended further."""
FIELDS: tuple[str, ...] = (*VELOCITY_FIELDS, "swing_height")
"""Fields of a GaitCommand that are calibrated."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Lines by which commands are mended: the actor is told (v - offset) / gain.

    Attributes:
        gain: of each of FIELDS.
        offset: of each, m/s, rad/s, m.
    """

    gain: tuple[float, ...]
    offset: tuple[float, ...]


class CalibratedActor(nn.Module):
    """An actor that is told commands by which it reaches those that are asked.

    Args:
        actor: observation (N, size) to action (N, 12).
        terms: what it sees; the whole GaitCommand is among it.
        calibration: of the actor.
    """

    gain: torch.Tensor
    offset: torch.Tensor

    def __init__(
        self, actor: nn.Module, terms: Sequence[ObservationTerm], calibration: Calibration
    ) -> None:
        super().__init__()
        layout, scale = observation_layout(terms), {term.name: term.scale for term in terms}
        gain, offset = torch.ones(layout.size), torch.zeros(layout.size)
        lines = iter(zip(calibration.gain, calibration.offset, strict=True))
        for name in ("velocity_command", "swing_height_command"):
            for at in range(layout[name].start, layout[name].stop):
                gain[at], offset[at] = next(lines)
                offset[at] *= scale[name]
        self.actor = actor
        self._moving = layout["foot_clock"].stop - 1
        self.register_buffer("gain", gain)
        self.register_buffer("offset", offset)

    def forward(self, observation: torch.Tensor) -> torch.Tensor:
        """Return the action, (N, 12)."""
        action: torch.Tensor = self.actor(self.told(observation))
        return action

    def told(self, observation: torch.Tensor) -> torch.Tensor:
        """Return what the actor is told of an observation, (N, size)."""
        moving = observation[..., self._moving : self._moving + 1]
        told = (observation - self.offset) / self.gain
        return observation + moving * (told - observation)


def calm(config: LocomotionConfig) -> LocomotionConfig:
    """Return the environment on level ground, without noise, pushes and changes of command."""
    return replace(
        config,
        randomisation=NOMINAL_DYNAMICS,
        terrain=TerrainRanges(),
        noise=(0.0, 0.0, 0.0, 0.0),
        push_speed=0.0,
        episode_s=NEVER_S,
        resample_s=NEVER_S,
    )


def calibrate(
    actor: nn.Module, config: LocomotionConfig, settings: CalibrationSettings, robot: RobotSpec
) -> Calibration:
    """Return the calibration of an actor, by least squares over random commands to move.

    Robots that fall in this time do not count.
    """
    env = LocomotionEnv(settings.robots, calm(config), seed=SEED, robot=robot)
    size = env.layout.widths["actor"]
    observation, fallen = env.observe(), np.zeros(settings.robots, bool)
    commands = env.commands.copy()
    velocities, heights = [], []
    spans = (settings.settle_s, settings.measure_s)
    settle, measure = (round(s / CONTROL_PERIOD) for s in spans)
    for step in range(settle + measure):
        with torch.no_grad():
            action = actor(torch.from_numpy(observation[:, :size])).numpy()
        result = env.step(action)
        observation, fallen = result.observation, fallen | result.fallen
        if step >= settle:
            truth, gyro = env.sim.truth(), env.sim.measured().gyro
            planar = truth.base_lin_vel_yaw()[:, :2]
            velocities.append(np.concatenate([planar, gyro[:, -1:]], axis=-1))
            heights.append(lowest_point(truth.foot_pos_w, env.robot))
    env.close()
    frequency = command_fields(commands)["step_freq_hz"]
    swing = swing_heights(np.array(heights), frequency)
    reached = np.concatenate([np.mean(velocities, axis=0), swing[:, None]], axis=-1)
    return _line(commands, reached, is_commanded_to_move(commands) & ~fallen)


def swing_heights(heights: NDArray[np.floating], frequency: NDArray[np.floating]) -> Array:
    """Return the mean over cycles and feet of the highest clearance, m, (N,).

    Args:
        heights: of the feet over the ground, m, (T, N, 4).
        frequency: of stepping, Hz, (N,).
    """
    found = []
    for own, rate in zip(np.moveaxis(heights, 1, 0), frequency, strict=True):
        cycle = max(round(1 / (float(rate) * CONTROL_PERIOD)), 1)
        whole = own[: len(own) // cycle * cycle].reshape(-1, cycle, own.shape[-1])
        found.append(whole.max(axis=1).mean())
    return np.array(found)


def _line(
    commands: NDArray[np.floating], reached: NDArray[np.float64], chosen: NDArray[np.bool_]
) -> Calibration:
    """Return the lines of the chosen robots; commands (N, 12), reached (N, 4)."""
    fields = command_fields(commands)
    asked = [fields[name][chosen].astype(float) for name in FIELDS]
    *velocities, swing = (reached[chosen, i] for i in range(len(FIELDS)))
    fits = [np.polyfit(x, y, 1) for x, y in zip(asked, velocities, strict=False)]
    gains, offsets = np.transpose(fits).tolist()
    missing = float((swing - asked[-1]).mean())
    return Calibration(
        gain=(*(max(gain, LEAST_GAIN) ** GAIN_SHARE for gain in gains), 1.0),
        offset=(*offsets, SWING_SHARE * missing),
    )
