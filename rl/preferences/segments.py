"""Pairs of gait segments: one robot, one command, one start, walked twice in two styles.

A style is the start policy with its last layer disturbed at random, the same for the whole walk:
noise on actions step by step would be shaken off by the body, and teach nothing that lasts.
Parameter noise after arXiv:1706.01905; twins with the same random numbers are our own choice.
"""

from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from canter.control.robot import RobotSpec
from canter.rl.locomotion.presets import WHOLE_COMMAND
from canter.rl.preferences.exported_gait import TunableGait
from canter.sim.locomotion.gait_style import GaitStyle, StyleMeter
from canter.sim.locomotion_config import LocomotionConfig
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.physics.ranges import TerrainRanges

NEVER_S = 1e9
QUIET = replace(
    WHOLE_COMMAND,
    terrain=TerrainRanges(),
    push_speed=0.0,
    episode_s=NEVER_S,
    resample_s=NEVER_S,
)
"""Random bodies and commands on level ground, and nothing happens in between."""
PROBE_STEPS = 50
"""Control steps of the start policy by which the noise is scaled."""


@dataclass(frozen=True, slots=True)
class Walk:
    """N robots over the T control steps of a segment.

    Attributes:
        observation: what the policy saw, (N, T, size), float32.
        action: what it did, (N, T, outputs), float32.
        qpos: base pose and joint angles, to draw it, (N, T, nq), float32.
        style: how it felt.
        command: that was in force, (N, 12).
        fallen: who fell, before the segment or in it, (N,).
    """

    observation: NDArray[np.float32]
    action: NDArray[np.float32]
    qpos: NDArray[np.float32]
    style: GaitStyle
    command: NDArray[np.float32]
    fallen: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SegmentLengths:
    """How long robots walk.

    Attributes:
        settle_s: Before the segment, from standing, s.
        segment_s: In it, s.
    """

    settle_s: float = 1.0
    segment_s: float = 1.0

    @property
    def steps(self) -> tuple[int, int]:
        """Control steps before and in the segment."""
        return round(self.settle_s / CONTROL_PERIOD), round(self.segment_s / CONTROL_PERIOD)


def walk(
    network: TunableGait,
    layers: Tensor,
    lengths: SegmentLengths,
    robot: RobotSpec,
    seed: int,
    config: LocomotionConfig = QUIET,
) -> Walk:
    """Let N robots walk, each by its own last layer; one seed, one world for each of them.

    Args:
        network: the policy.
        layers: (N, outputs, features).
        lengths: how long.
        robot: the robot.
        seed: of bodies, commands, starts and sensor noise.
        config: what they walk in.
    """
    settle, count = lengths.steps
    fallen = np.zeros(len(layers), bool)
    rows: dict[str, list[NDArray[np.float32]]] = {"observation": [], "action": [], "qpos": []}
    with closing(LocomotionEnv(len(layers), config, seed=seed, robot=robot)) as env:
        size = env.layout.widths["actor"]
        seen, commands = env.observe()[:, :size], env.commands.copy()
        meter = StyleMeter(env.sim, env.terrain, commands)
        for step in range(settle + count):
            if step == settle:
                meter = StyleMeter(env.sim, env.terrain, commands)
            action = network.act(network.features(torch.from_numpy(seen)), layers).numpy()
            if step >= settle:
                qpos = env.sim.qpos.astype(np.float32)
                for name, value in (("observation", seen), ("action", action), ("qpos", qpos)):
                    rows[name].append(value.copy())
            result = env.step(action)
            fallen |= result.fallen
            if step >= settle:
                meter.watch(env.phase)
            seen = result.observation[:, :size]
    series = {name: np.stack(values, axis=1) for name, values in rows.items()}
    return Walk(**series, style=meter.style(), command=commands, fallen=fallen)


def noise_scale(network: TunableGait, noise: float, robot: RobotSpec, seed: int) -> float:
    """Return the deviation of weights that moves actions by so much, root mean square.

    Args:
        network: the policy.
        noise: deviation of an action, in units of action.
        robot: the robot.
        seed: of the walk on which it is measured.
    """
    layers = network.layer.expand(32, -1, -1)
    lengths = SegmentLengths(0.0, PROBE_STEPS * CONTROL_PERIOD)
    probe = walk(network, layers, lengths, robot, seed)
    features = network.features(torch.from_numpy(probe.observation))
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randn((len(layers), *network.layer.shape), generator=generator)
    moved = network.act(features, drawn[:, None])
    return noise / float(moved.square().mean().sqrt())


def disturbed(network: TunableGait, scale: float, n: int, seed: int) -> Tensor:
    """Return last layers with Gaussian noise on every weight, (n, outputs, features)."""
    generator = torch.Generator().manual_seed(seed)
    layer = network.layer
    return layer + scale * torch.randn((n, *layer.shape), generator=generator)
